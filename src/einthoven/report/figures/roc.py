"""ROC curves of one label, one line per arm, with the area and its interval written in the line's colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from einthoven.evaluation.estimate import Curve, Estimate
from einthoven.report.figures.theme import FONT_PT, INK, MUTED, SERIES, new_axes, title_axes
from einthoven.report.notation import value

__all__ = ["RocLine", "roc_figure"]

TICKS = (0.0, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class RocLine:
    """A curve and its area."""

    curve: Curve
    area: Estimate | None


def roc_figure(label: str, lines: Sequence[RocLine]) -> Figure:
    """Return a small square panel.

    Parameters
    ----------
    label : str
        Title of the panel.
    lines : sequence of RocLine
        At most six are told apart by colour.
    """
    figure, axes = new_axes(2.05, 2.25, box=(0.42, 0.40, 0.08, 0.24))
    axes.set(xlim=(-0.02, 1.0), ylim=(0.0, 1.02), xticks=TICKS, yticks=TICKS, aspect="equal")
    axes.set_xticklabels(["0", "0.5", "1"])
    axes.set_yticklabels(["0", "0.5", "1"])
    axes.set_xlabel("1 \N{MINUS SIGN} specificity", labelpad=1)
    axes.set_ylabel("Sensitivity", labelpad=1)
    title_axes(axes, label, pad=4)
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.6, dashes=(3, 3))
    single = len(lines) == 1
    for i, line in enumerate(lines):
        colour = SERIES[i % len(SERIES)]
        axes.plot(line.curve.x, line.curve.y, color=colour, linewidth=1.3, drawstyle="steps-post", zorder=4 - 0.01 * i)
        height = 0.05 + 0.105 * (len(lines) - 1 - i)
        words = value(line.area) if line.area else ""
        axes.text(0.99, height, words, color=INK if single else colour, fontsize=FONT_PT - 0.8, ha="right", va="bottom")
    return figure
