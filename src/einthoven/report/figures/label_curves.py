"""AUROC against the number of labelled ECGs, one line per arm with its interval: what pretraining saves in labels.

Lines that a colour-blind reader can't tell apart by colour differ in their marks, too; a name stands at the end of its
line as well as the room allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from einthoven.evaluation.estimate import Curve
from einthoven.report.figures.theme import FONT_PT, SERIES, new_axes, title_axes

__all__ = ["LabelCurve", "label_curves_figure"]

MARKS = ("o", "s", "^", "D", "v", "P")
# of a name's letters, on average and with some room
LETTER_IN = 0.058
# of the height of the axes, between the names of two lines
LEAST_DISTANCE = 0.075
# of the distance between two sizes on the axis; bars of several arms at one size stand beside each other
SPREAD = 0.03


@dataclass(frozen=True, slots=True)
class LabelCurve:
    """A learning curve with its name.

    Attributes
    ----------
    name : str
    curve : Curve
        ``x`` ascending numbers of labels, ``low`` and ``high`` its interval.
    colour : int
        Place in the theme's series; arms of one architecture may share it.
    reference : bool
        Whether the arm is the one that the others are compared with: drawn dashed.
    """

    name: str
    curve: Curve
    colour: int
    reference: bool = False


def label_curves_figure(title: str, curves: Sequence[LabelCurve], *, width_in: float = 6.3) -> Figure:
    """Return a panel with labels on a logarithmic axis.

    Parameters
    ----------
    title : str
    curves : sequence of LabelCurve
        The axes are named as the first curve's.
    width_in : float
    """
    room_in = 0.35 + LETTER_IN * max(len(line.name) for line in curves)
    figure, axes = new_axes(width_in, 3.3, box=(0.55, 0.42, room_in, 0.3))
    title_axes(axes, title, pad=5)
    sizes = np.unique(np.concatenate([line.curve.x for line in curves]))
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(sizes.tolist()))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([f"{size:,.0f}" for size in sizes])
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6))
    step = np.log(sizes[-1] / sizes[0]) / max(1, sizes.size - 1) if sizes.size > 1 else 0.5
    axes.set_xlim(sizes[0] * np.exp(-0.3 * step), sizes[-1] * np.exp(0.3 * step))
    x_name, y_name = curves[0].curve.names
    axes.set_xlabel(x_name[:1].upper() + x_name[1:], labelpad=1)
    axes.set_ylabel(y_name[:1].upper() + y_name[1:], labelpad=1)
    for place, line in enumerate(curves):
        aside = SPREAD * step * (place - (len(curves) - 1) / 2)
        _draw(axes, line, aside=float(np.exp(aside)), mark=MARKS[place % len(MARKS)])
    _name(axes, curves)
    return figure


def _draw(axes: Axes, line: LabelCurve, *, aside: float, mark: str) -> None:
    curve, colour = line.curve, SERIES[line.colour % len(SERIES)]
    x = curve.x * aside
    axes.plot(
        x, curve.y, color=colour, linewidth=1.2, linestyle="--" if line.reference else "-", marker=mark, markersize=4,
        markerfacecolor="none" if line.reference else colour, markeredgewidth=0.9, zorder=4,
    )  # fmt: skip
    if curve.low is None or curve.high is None:
        return
    axes.fill_between(x, curve.low, curve.high, color=colour, alpha=0.08 if line.reference else 0.14, linewidth=0)
    axes.vlines(x, curve.low, curve.high, color=colour, linewidth=0.7, alpha=0.8, zorder=3)


def _name(axes: Axes, curves: Sequence[LabelCurve]) -> None:
    """Write each name to the right of its line, moved apart where lines end close together."""
    bottom, top = axes.get_ylim()
    ends = np.array([(line.curve.y[-1] - bottom) / (top - bottom) for line in curves])
    order = np.argsort(ends)
    heights = ends[order].copy()
    for at in range(1, heights.size):
        heights[at] = max(heights[at], heights[at - 1] + LEAST_DISTANCE)
    heights -= max(0.0, heights[-1] - 1)
    for at in range(heights.size - 2, -1, -1):
        heights[at] = min(heights[at], heights[at + 1] - LEAST_DISTANCE)
    for height, index in zip(heights, order.tolist(), strict=True):
        line, colour = curves[index], SERIES[curves[index].colour % len(SERIES)]
        axes.plot(
            1.025, height, marker=MARKS[index % len(MARKS)], markersize=4, color=colour, clip_on=False,
            markerfacecolor="none" if line.reference else colour, markeredgewidth=0.9, transform=axes.transAxes,
        )  # fmt: skip
        axes.text(
            1.05, height, line.name, color=colour, fontsize=FONT_PT - 0.5, transform=axes.transAxes, va="center",
            parse_math=False,
        )  # fmt: skip
