"""Stacked traces of a record without millivolts: shape can be read, voltages can't, and it says so."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from einthoven.drawing.printable import printable, shortened
from einthoven.drawing.simplify import simplify
from einthoven.drawing.wave_bands import Box, band_boxes, checked_overlay, draw_boxes, draw_legend
from einthoven.ecg.overlay import Overlay
from einthoven.ecg.record import Record
from einthoven.errors import SignalError

__all__ = ["draw_traces"]

TRACE, TEXT, RULE, PAPER = "#16181d", "#22252b", "#d9dce1", "#ffffff"
SHOWN_S = 10.0
ROW_IN, WIDTH_IN = 0.55, 10.0
LEGEND_IN, LEGEND_SQUARE_IN = 0.36, 0.1
REACH = 0.95  # of half a row, for the largest deflection
TOLERANCE = 0.004  # of half a row, left out when drawn


def draw_traces(
    record: Record, *, start_s: float = 0.0, title: str | None = None, overlay: Overlay | None = None
) -> Figure:
    """Return a figure of every lead below the other, each scaled by its own largest deflection.

    Parameters
    ----------
    record : Record
        Of any unit; meant for ``arbitrary``.
    start_s : float
        Where in a longer record the 10 s begin.
    title : str, optional
        By default the record's id.
    overlay : Overlay, optional
        Of kind ``beats`` or ``mask``: shaded behind the traces, with a legend.

    Raises
    ------
    SignalError
        When the record ends before ``start_s``, or the overlay is another record's.
    SpecificationError
        For an attribution as overlay.
    """
    if not 0 <= start_s < record.duration_s:
        raise SignalError(
            f"start_s must lie within the record, got {start_s:g} for {record.duration_s:g} s of {record.record_id}"
        )
    rows = len(record.leads)
    height = rows * ROW_IN + 1.0
    figure = Figure(figsize=(WIDTH_IN, height), facecolor=PAPER)
    axes = figure.add_axes((0.06, 0.5 / height, 0.92, rows * ROW_IN / height))
    length_s = min(SHOWN_S, record.duration_s - start_s)
    boxes: list[Box] = []
    if overlay is not None:
        checked_overlay(overlay, record)
        below = -2.0 * rows + 1.0 - LEGEND_IN / (ROW_IN / 2)
        square = (LEGEND_SQUARE_IN / (0.92 * WIDTH_IN) * length_s, LEGEND_SQUARE_IN / (ROW_IN / 2))
        draw_legend(axes, overlay, right=length_s, middle=below, letter=0.75 * square[0], square=square)
    for row, lead in enumerate(record.leads):
        trace = _draw_row(axes, _part(record, row, start_s), record.sampling_rate_hz, baseline=-2.0 * row, lead=lead)
        if overlay is not None and trace is not None:
            boxes += _bands(overlay, trace, row=row, start_s=start_s)
    if overlay is not None:
        draw_boxes(axes, boxes, kind=overlay.kind)
    _style(axes, rows, length_s)
    figure.text(
        0.06,
        1 - 0.22 / height,
        shortened(printable(title or record.record_id), at_most=45),
        color=TEXT,
        fontsize=10.5,
        fontweight="bold",
        parse_math=False,
    )
    note = f"relative units, each lead scaled on its own: voltages can't be read · {record.sampling_rate_hz:g} Hz"
    figure.text(0.98, 1 - 0.22 / height, note, color=TEXT, fontsize=8, ha="right")
    return figure


def _part(record: Record, row: int, start_s: float) -> NDArray[np.float64]:
    rate = record.sampling_rate_hz
    return record.signal[row, round(start_s * rate) : round((start_s + SHOWN_S) * rate)].astype(np.float64)


def _draw_row(
    axes: Axes, signal: NDArray[np.float64], rate_hz: float, *, baseline: float, lead: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Draw one lead and return the points of its trace; None when it was not recorded."""
    axes.text(-0.012, baseline, lead, transform=axes.get_yaxis_transform(), color=TEXT, fontsize=9,
              fontweight="bold", ha="right", va="center")  # fmt: skip
    if not np.isfinite(signal).any():
        axes.text(0.0, baseline, "not recorded", color=TEXT, fontsize=8, va="center")
        return None
    centred = signal - np.nanmedian(signal)
    peak = float(np.nanmax(np.abs(centred))) or 1.0
    x, y = simplify(np.arange(signal.size) / rate_hz, centred / peak * REACH, tolerance=TOLERANCE)
    axes.plot(x, baseline + y, color=TRACE, linewidth=0.8, solid_joinstyle="round", zorder=3)
    return x, baseline + y


def _bands(
    overlay: Overlay, trace: tuple[NDArray[np.float64], NDArray[np.float64]], *, row: int, start_s: float
) -> list[Box]:
    rate = overlay.sampling_rate_hz
    values = overlay.values[row, round(start_s * rate) : round((start_s + SHOWN_S) * rate)]
    return band_boxes(values, np.arange(values.size) / rate, trace_x=trace[0], trace_y=trace[1], margin=0.1)


def _style(axes: Axes, rows: int, length_s: float) -> None:
    axes.set_xlim(0.0, length_s)
    axes.set_ylim(-2.0 * rows + 1.0, 1.0)
    axes.set_yticks([])
    axes.set_xticks(np.arange(0.0, length_s + 1e-9, 1.0))
    axes.tick_params(colors=TEXT, labelsize=8, length=0)
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel("time, s", color=TEXT, fontsize=8)
    for spine in axes.spines.values():
        spine.set_visible(False)
