"""How training went: losses over the epochs, so that a reader sees whether it had settled or ran into overfitting."""

from __future__ import annotations

from einthoven.report.blocks import FigureBlock, Panel, Section
from einthoven.report.evidence import Evidence
from einthoven.report.figures.learning import LOSSES, learning_figure
from einthoven.report.figures.theme import panel

__all__ = ["section"]


def section(evidence: Evidence) -> Section | None:
    """Return one panel per arm; None when no history was kept."""
    panels = [drawn for i, arm in enumerate(evidence.arms) if (drawn := _panel(evidence, arm, key=f"learning-{i}"))]
    if not panels:
        return None
    caption = (
        "Loss over the epochs of training, one line per seed. The training loss is of disturbed windows and counts "
        "auxiliary labels; the validation loss does neither, so the two are not to be compared with each other."
    )
    figure = FigureBlock(caption, tuple(panels), names=tuple(name.capitalize() for name in LOSSES.values()))
    return Section("training", "Training", (figure,))


def _panel(evidence: Evidence, arm: str, *, key: str) -> Panel | None:
    histories = [(seed, history) for seed, history in evidence.histories(arm) if history.get("epoch")]
    if not histories:
        return None
    last = "; ".join(
        f"seed {seed}: {len(history['epoch'])} epochs"
        + (f", last validation loss {history['validation_loss'][-1]:.4g}" if "validation_loss" in history else "")
        for seed, history in histories
    )
    figure = learning_figure(arm, [history for _, history in histories])
    return panel(figure, key=key, alt=f"Loss over the epochs of {arm}. {last}.")
