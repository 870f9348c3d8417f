"""The flow of ECGs and patients from the source tables to the analysed sets, after STARD (doi:10.1136/bmj.h5527)."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from einthoven.cohort.flow import FlowStep
from einthoven.report.figures.theme import FONT_PT, INK, MUTED, SURFACE
from einthoven.report.notation import count

__all__ = ["flow_figure"]

WIDTH = 4.6  # everything in inches; narrow enough to be read on a phone
MAIN = (0.02, 2.05)  # left edge and width of the boxes that go on
SIDE = (2.42, 2.16)  # of those that leave
LINE, PAD, GAP = 0.155, 0.09, 0.2
MAIN_CHARACTERS, SIDE_CHARACTERS, PART_CHARACTERS = 30, 32, 14


def flow_figure(steps: Sequence[FlowStep], *, parts: Sequence[FlowStep] = ()) -> Figure:
    """Return the chart.

    Parameters
    ----------
    steps : sequence of FlowStep
        From top to bottom; excluded ones stand at the side, an arrow leads there.
    parts : sequence of FlowStep
        The sets at the end, side by side.
    """
    before = [None, *steps]
    boxes = [
        _box(step, SIDE_CHARACTERS if step.excluded else MAIN_CHARACTERS, last)
        for step, last in zip(steps, before, strict=False)
    ]
    ends = [_box(part, PART_CHARACTERS) for part in parts]
    end_height = max((box.height for box in ends), default=0.0)
    total = sum(box.height for box in boxes) + GAP * max(len(boxes) - 1, 0) + 0.1
    total += end_height + 2 * GAP if ends else 0.0
    figure = Figure(figsize=(WIDTH, total))
    figure.patch.set_visible(False)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set(xlim=(0.0, WIDTH), ylim=(0.0, total))
    bottom = _draw_steps(axes, boxes, top=total - 0.05)
    if ends:
        is_one = not any(box.begins for box in boxes)
        _draw_ends(axes, ends, top=bottom - 2 * GAP, height=end_height, from_y=bottom if is_one else None)
    return figure


@dataclass(frozen=True, slots=True)
class _Box:
    """A step's lines: the label's, set bold, then the counts'; no arrow leads to a box that begins anew."""

    label: list[str]
    counts: list[str]
    excluded: bool
    begins: bool

    @property
    def height(self) -> float:
        return (len(self.label) + len(self.counts)) * LINE + 2 * PAD


def _box(step: FlowStep, characters: int, before: FlowStep | None = None) -> _Box:
    label = textwrap.wrap(step.words[:1].upper() + step.words[1:], characters) or [""]
    records, patients = abs(step.records), abs(step.patients)
    counted = step.counted if records != 1 else step.counted.removesuffix("s")
    parts = [f"{count(records)} {counted}", f"{count(patients)} patient{_plural(patients)}"]
    counts = [", ".join(parts)]
    if len(counts[0]) > characters:
        counts = parts
    return _Box(label, counts, step.excluded, before is not None and step.begins_after(before))


def _plural(amount: int) -> str:
    return "" if amount == 1 else "s"


def _draw_steps(axes: Axes, boxes: list[_Box], *, top: float) -> float:
    """Draw from the top; return where the last box that goes on, or the stem beside the last exclusion, ends."""
    x_stem = MAIN[0] + MAIN[1] / 2
    y, stem_from = top, top
    for i, box in enumerate(boxes):
        if box.excluded:
            _draw_box(axes, SIDE, y, box.height, box)
            _arrow(axes, (x_stem, y - box.height / 2), (SIDE[0], y - box.height / 2))
        else:
            if i and not box.begins:
                _arrow(axes, (x_stem, stem_from), (x_stem, y))
            _draw_box(axes, MAIN, y, box.height, box)
            stem_from = y - box.height
        y -= box.height + GAP
    end = y + GAP
    if boxes and boxes[-1].excluded:
        axes.plot([x_stem, x_stem], [stem_from, end], color=MUTED, linewidth=0.8)
    return end


def _draw_ends(axes: Axes, ends: list[_Box], *, top: float, height: float, from_y: float | None) -> None:
    """Draw the sets; the stem that divides into them begins at ``from_y``, where one chain of boxes ends there."""
    gap = 0.1
    width = min((WIDTH - 0.04 - gap * (len(ends) - 1)) / len(ends), MAIN[1])
    x_stem, y_bar = MAIN[0] + MAIN[1] / 2, top + GAP
    centres = [MAIN[0] + i * (width + gap) + width / 2 for i in range(len(ends))]
    for centre, box in zip(centres, ends, strict=True):
        _draw_box(axes, (centre - width / 2, width), top, height, box)
        if from_y is not None:
            _arrow(axes, (centre, y_bar), (centre, top))
    if from_y is None:
        return
    axes.plot([x_stem, x_stem], [from_y, y_bar], color=MUTED, linewidth=0.8)
    axes.plot([min([*centres, x_stem]), max([*centres, x_stem])], [y_bar, y_bar], color=MUTED, linewidth=0.8)


def _draw_box(axes: Axes, place: tuple[float, float], top: float, height: float, box: _Box) -> None:
    left, width = place
    axes.add_patch(
        Rectangle((left, top - height), width, height, facecolor=SURFACE, edgecolor=MUTED, linewidth=0.8, zorder=3)
    )
    for i, line in enumerate([*box.label, *box.counts]):
        y = top - PAD - (i + 0.5) * LINE
        weight = "bold" if i < len(box.label) else "normal"
        axes.text(left + 0.09, y, line, fontsize=FONT_PT, fontweight=weight, color=INK, va="center", zorder=4,
                  parse_math=False)  # fmt: skip


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    style = {"arrowstyle": "-|>,head_length=0.35,head_width=0.16", "color": MUTED, "linewidth": 0.8}
    axes.annotate("", xy=end, xytext=start, arrowprops=style | {"shrinkA": 0, "shrinkB": 0})
