"""Observed share of positives against predicted probability, with the distribution of the predictions underneath."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from einthoven.evaluation.estimate import Curve
from einthoven.report.figures.theme import FONT_PT, MUTED, RULE, SERIES, new_axes, style_axes, title_axes

__all__ = ["calibration_figure"]

TICKS = (0.0, 0.5, 1.0)
BINS = 40


def calibration_figure(
    label: str, curve: Curve, *, predicted: NDArray[np.float64] | None = None, note: str = ""
) -> Figure:
    """Return a small panel.

    Parameters
    ----------
    label : str
        Title of the panel.
    curve : Curve
        Mean prediction and observed share of each bin; the band becomes error bars.
    predicted : float64 (record,), optional
        Probabilities in [0, 1], shown as a histogram.
    note : str
        One or two lines under the title.
    """
    if predicted is not None and not predicted.size:
        predicted = None
    floor = 0.40 if predicted is None else 0.76
    figure, axes = new_axes(2.05, 2.08 + floor, box=(0.42, floor, 0.08, 0.5))
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xticks=TICKS, yticks=TICKS)
    axes.set_yticklabels(["0", "0.5", "1"])
    axes.set_ylabel("Observed share", labelpad=1)
    title_axes(axes, label, pad=24)
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.6, dashes=(3, 3), zorder=1)
    if curve.low is not None and curve.high is not None:
        axes.vlines(curve.x, curve.low, curve.high, color=SERIES[0], linewidth=0.9, zorder=2)
    axes.plot(curve.x, curve.y, color=SERIES[0], linewidth=0.9, marker="o", markersize=3.2, zorder=3)
    axes.annotate(note, (0, 1), xytext=(0, 3), xycoords="axes fraction", textcoords="offset points", color=MUTED,
                  fontsize=FONT_PT - 0.8, va="bottom", linespacing=1.3)  # fmt: skip
    if predicted is None:
        _name_probabilities(axes)
    else:
        axes.set_xticklabels([])
        _draw_distribution(figure, predicted)
    return figure


def _draw_distribution(figure: Figure, predicted: NDArray[np.float64]) -> None:
    width, height = figure.get_size_inches()
    axes = figure.add_axes((0.42 / width, 0.40 / height, 1 - 0.50 / width, 0.28 / height))
    style_axes(axes)
    axes.spines["left"].set_visible(False)
    axes.set(xlim=(-0.02, 1.02), xticks=TICKS, yticks=[])
    _name_probabilities(axes)
    counts, edges = np.histogram(predicted, bins=BINS, range=(0.0, 1.0))
    heights = np.sqrt(counts)  # rare labels crowd at zero: the root keeps the few high predictions visible
    axes.stairs(heights, edges, fill=True, facecolor=RULE, edgecolor=RULE, linewidth=0)
    axes.set_ylim(0, heights.max() * 1.05)


def _name_probabilities(axes: Axes) -> None:
    axes.set_xticklabels(["0", "0.5", "1"])
    axes.set_xlabel("Predicted probability", labelpad=1)
