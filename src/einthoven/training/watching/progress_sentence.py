"""One sentence on how a pretraining goes."""

from __future__ import annotations

from einthoven.training.step_report import StepReport
from einthoven.training.training_progress import phrase_of
from einthoven.training.watching.probe import Probed

__all__ = ["progress_sentence"]


def progress_sentence(
    report: StepReport,
    found: Probed | None,
    *,
    total_steps: int,
    samples_per_s: float,
    utilisation: float | None,
    left_s: float,
) -> str:
    """Return step, loss, what the last look found, speed and time left.

    Parameters
    ----------
    report : StepReport
    found : Probed, optional
        The look after this step, where there was one.
    total_steps : int
    samples_per_s : float
    utilisation : float, optional
    left_s : float
    """
    words = [f"step {report.step:,} of {total_steps:,}: loss {report.terms['loss']:.4g}"]
    if found is not None and found.linear_auroc is not None and found.neighbour_auroc is not None:
        words.append(
            f"macro AUROC of the linear probe {found.linear_auroc:.3f}, of neighbours {found.neighbour_auroc:.3f}"
        )
    share = "" if utilisation is None else f" ({utilisation:.0%} of the matrix rate)"
    words += [f"{samples_per_s:,.0f} windows/s{share}", phrase_of(left_s)]
    return "; ".join(words)
