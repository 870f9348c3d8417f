"""The flow of ECGs and patients from the source tables to the analysed sets, after CONSORT and STARD (doi:10.1136/bmj.h5527)."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from einthoven.cohort.flow import FlowStep
from einthoven.report.figures.theme import FONT_PT, INK, MUTED, SURFACE
from einthoven.report.notation import count

__all__ = ["flow_figure"]

WIDTH = 5.4  # everything in inches
MAIN = (0.05, 2.45)  # left edge and width of the boxes that go on
SIDE = (3.0, 2.35)  # of those that leave
LINE, PAD, GAP = 0.155, 0.09, 0.22
MAIN_CHARACTERS, SIDE_CHARACTERS = 38, 36
PARTS_PER_ROW = 4


def flow_figure(steps: Sequence[FlowStep], *, parts: Sequence[FlowStep] = ()) -> Figure:
    """Return the chart.

    Parameters
    ----------
    steps : sequence of FlowStep
        From top to bottom; excluded ones stand at the side, an arrow leads there.
    parts : sequence of FlowStep
        The sets at the end, side by side.
    """
    boxes = [(step, _lines(step, SIDE_CHARACTERS if step.excluded else MAIN_CHARACTERS)) for step in steps]
    heights = [len(lines) * LINE + 2 * PAD for _, lines in boxes]
    part_lines = [_lines(part, 16) for part in parts]
    part_height = max((len(lines) for lines in part_lines), default=0) * LINE + 2 * PAD
    total = sum(heights) + GAP * max(len(heights) - 1, 0) + (part_height + 2 * GAP if parts else 0) + 0.1
    figure = Figure(figsize=(WIDTH, total))
    figure.patch.set_visible(False)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set(xlim=(0.0, WIDTH), ylim=(0.0, total))
    bottom = _draw_steps(axes, boxes, heights, top=total - 0.05)
    if parts:
        _draw_parts(axes, part_lines, top=bottom - 2 * GAP, height=part_height, from_y=bottom)
    return figure


def _lines(step: FlowStep, characters: int) -> list[str]:
    """Label, wrapped, then the counts; the first line is set bold."""
    sign = "excluded: " if step.excluded else ""
    records, patients = abs(step.records), abs(step.patients)
    label = textwrap.wrap(step.label[:1].upper() + step.label[1:], characters) or [""]
    counts = f"{sign}{count(records)} ECG{_plural(records)}, {count(patients)} patient{_plural(patients)}"
    return [*label, *textwrap.wrap(counts, characters)]


def _plural(amount: int) -> str:
    return "" if amount == 1 else "s"


def _draw_steps(
    axes: Axes, boxes: list[tuple[FlowStep, list[str]]], heights: list[float], *, top: float
) -> float:
    """Draw from the top; return where the last box that goes on, or the stem beside the last exclusion, ends."""
    x_stem = MAIN[0] + MAIN[1] / 2
    y, stem_from = top, top
    for i, ((step, lines), height) in enumerate(zip(boxes, heights, strict=True)):
        if step.excluded:
            _draw_box(axes, SIDE, y, height, lines)
            _arrow(axes, (x_stem, y - height / 2), (SIDE[0], y - height / 2))
        else:
            if i:
                _arrow(axes, (x_stem, stem_from), (x_stem, y))
            _draw_box(axes, MAIN, y, height, lines)
            stem_from = y - height
        y -= height + GAP
    end = y + GAP
    if boxes and boxes[-1][0].excluded:
        axes.plot([x_stem, x_stem], [stem_from, end], color=MUTED, linewidth=0.8)
    return end


def _draw_parts(axes: Axes, parts: list[list[str]], *, top: float, height: float, from_y: float) -> None:
    gap = 0.12
    width = min((WIDTH - 0.1 - gap * (len(parts) - 1)) / len(parts), MAIN[1])
    x_stem, y_bar = MAIN[0] + MAIN[1] / 2, from_y - GAP
    centres = []
    for i, lines in enumerate(parts):
        left = MAIN[0] + i * (width + gap)
        centres.append(left + width / 2)
        _draw_box(axes, (left, width), top, height, lines)
        _arrow(axes, (centres[-1], y_bar), (centres[-1], top))
    axes.plot([x_stem, x_stem], [from_y, y_bar], color=MUTED, linewidth=0.8)
    axes.plot([min([*centres, x_stem]), max([*centres, x_stem])], [y_bar, y_bar], color=MUTED, linewidth=0.8)


def _draw_box(axes: Axes, place: tuple[float, float], top: float, height: float, lines: list[str]) -> None:
    left, width = place
    axes.add_patch(
        Rectangle((left, top - height), width, height, facecolor=SURFACE, edgecolor=MUTED, linewidth=0.8, zorder=3)
    )
    for i, line in enumerate(lines):
        y = top - PAD - (i + 0.5) * LINE
        weight = "bold" if i == 0 else "normal"
        axes.text(left + 0.1, y, line, fontsize=FONT_PT, fontweight=weight, color=INK, va="center", zorder=4)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    style = {"arrowstyle": "-|>,head_length=0.35,head_width=0.16", "color": MUTED, "linewidth": 0.8}
    axes.annotate("", xy=end, xytext=start, arrowprops=style | {"shrinkA": 0, "shrinkB": 0})
