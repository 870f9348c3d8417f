"""Bands behind the traces of an ECG: where P, QRS and T lie, or where a mask holds.

Hues of Okabe and Ito (Color Universal Design, 2008), which people with any common colour blindness tell apart; light
enough that the grid shows through.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as DrawnPath
from numpy.typing import NDArray

from einthoven.ecg.overlay import Overlay, OverlayValues, Wave
from einthoven.ecg.record import Record
from einthoven.errors import SpecificationError

__all__ = ["MASKED", "WAVE_COLOURS", "Box", "band_boxes", "checked_overlay", "draw_boxes", "draw_legend"]

WAVE_COLOURS = {Wave.P: "#0072b2", Wave.QRS: "#e69f00", Wave.T: "#009e73"}
MASKED = "#8a8f98"
OPACITY = 0.30
BEHIND_TRACES = 2.0  # z-order: over the grid, under the pen


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle around one wave, in the unit of the axes; ``value`` is the overlay's."""

    value: int
    left: float
    right: float
    bottom: float
    top: float


def checked_overlay(overlay: Overlay, record: Record) -> Overlay:
    """Return the overlay, if bands can show it and it is the record's.

    Raises
    ------
    SpecificationError
        For an attribution, which has shades and no borders.
    SignalError
        For the overlay of another record.
    """
    if overlay.kind == "attribution":
        raise SpecificationError("bands show an overlay of kind beats or mask, got attribution")
    overlay.check_fits(record)
    return overlay


def band_boxes(
    values: OverlayValues,
    sample_x: NDArray[np.float64],
    *,
    trace_x: NDArray[np.float64],
    trace_y: NDArray[np.float64],
    margin: float,
) -> list[Box]:
    """Return a box around each run of one value, as high as the trace in it and ``margin`` more either way.

    Parameters
    ----------
    values : int8 or bool (sample,)
        A lead of an overlay; 0 is nothing.
    sample_x : float64 (sample,)
        Where each sample stands.
    trace_x, trace_y : float64 (point,)
        The trace as it is drawn, x ascending; NaN interrupts it. A run where nothing is drawn gets no box.
    margin : float
    """
    boxes = []
    for value, first, last in _runs(values):
        left, right = float(sample_x[first]), float(sample_x[last])
        inside = trace_y[(trace_x >= left) & (trace_x <= right)]
        edges = np.interp([left, right], trace_x, trace_y)
        reached = np.concatenate([inside, edges])
        reached = reached[np.isfinite(reached)]
        if reached.size:
            boxes.append(Box(value, left, right, float(reached.min()) - margin, float(reached.max()) + margin))
    return boxes


def _runs(values: OverlayValues) -> Iterator[tuple[int, int, int]]:
    """Yield value, first and last index of each run that isn't 0."""
    whole = values.astype(np.int8)
    starts = np.flatnonzero(np.diff(whole, prepend=np.int8(0)))
    ends = np.append(starts, whole.size)[1:]
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if whole[start]:
            yield int(whole[start]), start, end - 1


def draw_boxes(axes: Axes, boxes: Sequence[Box], *, kind: str) -> None:
    """Fill the boxes, one shape per colour."""
    for value, colour in _colours(kind).items():
        chosen = [box for box in boxes if box.value == value]
        if not chosen:
            continue
        vertices = [
            corner
            for box in chosen
            for corner in (
                (box.left, box.bottom),
                (box.right, box.bottom),
                (box.right, box.top),
                (box.left, box.top),
                (box.left, box.bottom),
            )
        ]
        codes = [DrawnPath.MOVETO, *[DrawnPath.LINETO] * 3, DrawnPath.CLOSEPOLY] * len(chosen)
        path = DrawnPath(vertices, codes)
        axes.add_patch(PathPatch(path, facecolor=colour, edgecolor="none", alpha=OPACITY, zorder=BEHIND_TRACES))


def draw_legend(
    axes: Axes, overlay: Overlay, *, right: float, middle: float, letter: float, square: tuple[float, float]
) -> None:
    """Write what each colour means, from ``right`` leftwards around the height ``middle``.

    ``letter`` is the width that a letter is given, ``square`` width and height of a sample of the colour; all in the
    unit of the axes.
    """
    names = {int(wave): wave.name for wave in WAVE_COLOURS} if overlay.kind == "beats" else {1: overlay.name or "mask"}
    x = right
    for value, name in reversed(names.items()):
        axes.text(x, middle, name, color="#22252b", fontsize=8, ha="right", va="center", parse_math=False)
        x -= letter * len(name) + 1.5 * square[0]
        corner = (x, middle - square[1] / 2)
        colour = _colours(overlay.kind)[value]
        axes.add_patch(Rectangle(corner, *square, facecolor=colour, alpha=0.5, linewidth=0, clip_on=False))
        x -= square[0]


def _colours(kind: str) -> dict[int, str]:
    return {int(wave): colour for wave, colour in WAVE_COLOURS.items()} if kind == "beats" else {1: MASKED}
