"""Several curves of one kind in one panel, each with its band: decision curves, survival, smooth calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from einthoven.evaluation.estimate import Curve
from einthoven.report.figures.theme import FONT_PT, MUTED, SERIES, new_axes, title_axes

__all__ = ["Line", "line_figure"]

# bands of more lines than these hide each other
MOST_BANDS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A curve with its name; ``quiet`` ones are references, drawn grey and dashed."""

    name: str
    curve: Curve
    quiet: bool = False


def line_figure(
    label: str,
    lines: Sequence[Line],
    *,
    steps: bool = False,
    diagonal: bool = False,
    points: bool = False,
    y_from: float | None = None,
) -> Figure:
    """Return a panel.

    Parameters
    ----------
    label : str
        Title of the panel.
    lines : sequence of Line
        Names of the axes are the first curve's.
    steps : bool
        Whether the curves are constant between their points, as survival is.
    diagonal : bool
        Whether to draw the line of identity.
    points : bool
        Whether the curves are clouds of points.
    y_from : float, optional
        Lower end of the y axis; a decision curve that falls to minus infinity would hide the others.
    """
    figure, axes = new_axes(3.0, 2.55, box=(0.6, 0.42, 0.1, 0.28))
    title_axes(axes, label, pad=5)
    x_name, y_name = lines[0].curve.names
    axes.set_xlabel(x_name[:1].upper() + x_name[1:], labelpad=1)
    axes.set_ylabel(y_name[:1].upper() + y_name[1:], labelpad=1)
    if diagonal:
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.6, dashes=(3, 3), zorder=1)
    colours = iter(SERIES * (1 + len(lines) // len(SERIES)))
    banded = sum(not line.quiet for line in lines) <= MOST_BANDS
    for line in lines:
        curve, colour = line.curve, MUTED if line.quiet else next(colours)
        drawn = axes.step if steps else axes.plot
        where: dict[str, Any] = {"where": "post"} if steps else {}
        dashes = "none" if points else "--" if line.quiet else "-"
        mark: dict[str, Any] = {"marker": "o", "markersize": 1.6, "alpha": 0.5} if points else {}
        drawn(curve.x, curve.y, color=colour, linewidth=1.1, label=line.name, linestyle=dashes, **where, **mark)
        if banded and curve.low is not None and curve.high is not None and not line.quiet:
            axes.fill_between(
                curve.x, curve.low, curve.high, color=colour, alpha=0.15, linewidth=0, step="post" if steps else None
            )
    if y_from is not None:
        top = max(float(np.nanmax(_finite(line.curve.y))) for line in lines)
        axes.set_ylim(y_from, top * 1.1 if top > 0 else 1.0)
    if len(lines) > 1:
        axes.legend(frameon=False, fontsize=FONT_PT - 1, labelcolor="linecolor", handlelength=1.2, borderpad=0.1)
    return figure


def _finite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    kept = values[np.isfinite(values)]
    return kept if kept.size else np.zeros(1)
