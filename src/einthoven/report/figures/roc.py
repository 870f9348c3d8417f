"""ROC curves of one label, one line per arm, with the area and its interval in the line's colour; readers as points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from einthoven.evaluation.estimate import Curve, Estimate
from einthoven.report.figures.theme import FONT_PT, INK, MUTED, SERIES, new_axes, title_axes
from einthoven.report.notation import value

__all__ = ["READER_MARKS", "ReaderPoint", "RocLine", "roc_figure"]

TICKS = (0.0, 0.5, 1.0)
# matplotlib's marker of each reader, and the sign that stands for it in a caption
READER_MARKS = (("o", "●"), ("s", "■"), ("^", "▲"), ("D", "◆"), ("v", "▼"), ("P", "✚"))


@dataclass(frozen=True, slots=True)
class RocLine:
    """A curve and its area."""

    curve: Curve
    area: Estimate | None


@dataclass(frozen=True, slots=True)
class ReaderPoint:
    """Where a reader's answers lie; ``index`` is the reader's place among all readers."""

    index: int
    sensitivity: float
    specificity: float


def roc_figure(label: str, lines: Sequence[RocLine], readers: Sequence[ReaderPoint] = ()) -> Figure:
    """Return a small square panel.

    Parameters
    ----------
    label : str
        Title of the panel.
    lines : sequence of RocLine
        At most six are told apart by colour.
    readers : sequence of ReaderPoint
        At most six are told apart by their marks.
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
        # straight from corner to corner, so that the area under the drawing counts tied scores half
        axes.plot(line.curve.x, line.curve.y, color=colour, linewidth=1.3, zorder=4 - 0.01 * i)
        height = 0.05 + 0.105 * (len(lines) - 1 - i)
        words = value(line.area) if line.area else ""
        axes.text(0.99, height, words, color=INK if single else colour, fontsize=FONT_PT - 0.8, ha="right", va="bottom")
    for reader in readers:
        mark = READER_MARKS[reader.index % len(READER_MARKS)][0]
        axes.plot(1 - reader.specificity, reader.sensitivity, marker=mark, markersize=3.4, color=INK, zorder=5,
                  markerfacecolor="none", markeredgewidth=0.8, linestyle="none")  # fmt: skip
    return figure
