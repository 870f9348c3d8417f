"""A forest plot: one number with its interval per subgroup, against the value in all records."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from einthoven.evaluation.estimate import Estimate
from einthoven.report.figures.theme import FAINT, FONT_PT, INK, MUTED, RULE, SERIES, new_axes, title_axes
from einthoven.report.notation import count, value

__all__ = ["ForestRow", "forest_figure"]

ROW_IN = 0.19


@dataclass(frozen=True, slots=True)
class ForestRow:
    """A line of the plot; grey where the estimate carries a reason."""

    name: str
    estimate: Estimate


def forest_figure(title: str, rows: Sequence[ForestRow], *, whole: Estimate | None, metric: str) -> Figure:
    """Return a wide panel with names to the left and numbers to the right.

    Parameters
    ----------
    title : str
    rows : sequence of ForestRow
        Those without a value are left out.
    whole : Estimate, optional
        Of all records; a vertical line.
    metric : str
        Name of the x axis.
    """
    shown = [row for row in rows if not math.isnan(row.estimate.value)]
    height = 0.75 + ROW_IN * max(len(shown), 1)
    figure, axes = new_axes(6.6, height, box=(2.0, 0.42, 2.0, 0.3))
    title_axes(axes, title, pad=5)
    axes.spines["left"].set_visible(False)
    axes.set(ylim=(len(shown) - 0.4, -0.6), yticks=range(len(shown)))
    axes.tick_params(axis="y", length=0)
    axes.set_yticklabels([row.name for row in shown], color=INK, parse_math=False)
    axes.set_xlabel(metric, labelpad=1)
    if whole is not None and not math.isnan(whole.value):
        axes.axvline(whole.value, color=RULE, linewidth=0.8, zorder=1)
    for place, row in enumerate(shown):
        one, colour = row.estimate, MUTED if row.estimate.reason else SERIES[0]
        axes.axhline(place + 0.5, color=FAINT, linewidth=0.4, zorder=0)
        if not math.isnan(one.low):
            axes.hlines(place, one.low, one.high, color=colour, linewidth=1.0, zorder=2)
        axes.plot(one.value, place, color=colour, marker="s", markersize=3.4, zorder=3)
        words = f"{value(one)}   {count(one.events)}/{count(one.n)}"
        axes.annotate(words, (1, place), xytext=(6, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
                      color=colour if row.estimate.reason else INK, fontsize=FONT_PT - 0.8, va="center")  # fmt: skip
    return figure
