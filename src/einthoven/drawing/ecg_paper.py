"""An ECG on standard paper: 25 mm/s, 10 mm/mV, 1 mm squares with every fifth line bold (AHA/ACC 2007,
doi:10.1161/CIRCULATIONAHA.106.180200).

One unit of the drawing is one millimetre on paper both ways: squares are square, a printed page measures right. Each
trace is moved to its row by its median, which an AC-coupled ECG doesn't define anyway; nothing else is changed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as DrawnPath
from numpy.typing import NDArray

from einthoven.drawing.paper_layout import Layout, Paper, columns_start_together, settled_paper, strips_of
from einthoven.drawing.paper_traces import PEN_STOP_MV, Trace, row_depths, trace_of
from einthoven.drawing.paper_words import footer_lines, measured_words, subtitle_words
from einthoven.drawing.printable import printable, shortened
from einthoven.drawing.wave_bands import Box, band_boxes, checked_overlay, draw_boxes, draw_legend
from einthoven.ecg.overlay import Overlay
from einthoven.ecg.record import Record
from einthoven.errors import UnitError

__all__ = ["draw_ecg"]

PAPER, FINE, BOLD, TRACE, TEXT, FAINT = "#fffdfc", "#fadad7", "#efaaa4", "#16181d", "#22252b", "#8a8f98"
MM_PER_INCH = 25.4
MARGIN_MM, HEADER_MM, FOOTER_MM, FOOTER_LINE_MM = 5.0, 13.0, 7.0, 3.6
PULSE_S, PULSE_MARGIN_MM = 0.2, 2.5
AFTER_MM = 5.0
BAND_MARGIN_MM = 1.2
LEGEND_LETTER_MM = 1.9  # of its 8 pt capitals


def draw_ecg(
    record: Record,
    *,
    layout: Layout = "3x4",
    speed_mm_s: float = 25.0,
    gain_mm_mv: float = 10.0,
    start_s: float = 0.0,
    title: str | None = None,
    filter_name: str = "",
    overlay: Overlay | None = None,
) -> Figure:
    """Return a figure of ten seconds of the record on ECG paper, in true size.

    Parameters
    ----------
    record : Record
        In mV, of any number of leads and any length. NaN leaves a gap in the trace.
    layout : ``3x4`` or ``12x1``
        Three rows of four leads, 2.5 s each, over a rhythm strip of 10 s; or every lead in a row of 250 mm (10 s at 25
        mm/s, 5 s at 50 mm/s). Records of four leads or fewer are drawn in rows; a ``3x4`` leaves out columns of which
        no lead was recorded, and names single leads that lack. In records too short for four columns one after the
        other all columns start together, and the footer says so.
    speed_mm_s, gain_mm_mv : float
    start_s : float
        Where in a longer record the drawing begins.
    title : str, optional
        By default the record's id.
    filter_name : str
        What the footer says of filtering, for example ``0.67-40 Hz``.
    overlay : Overlay, optional
        Of kind ``beats`` or ``mask``: shaded behind the traces, with a legend.

    Raises
    ------
    UnitError
        For a record in arbitrary units: paper promises millivolts. ``draw_traces`` draws those.
    SignalError
        When the record ends before ``start_s``, or the overlay is another record's.
    SpecificationError
        For an unknown layout, a speed or gain that isn't positive, or an attribution as overlay.

    Notes
    -----
    Rows move apart as far as their traces need. A trace that leaves its baseline by more than 8 mV is cut there, and
    the footer names it.
    """
    if record.unit != "mV":
        raise UnitError(
            f"ECG paper needs millivolts, record {record.record_id} is in arbitrary units; use draw_traces instead"
        )
    paper = settled_paper(record, layout=layout, speed_mm_s=speed_mm_s, gain_mm_mv=gain_mm_mv, start_s=start_s)
    traces = _traces(record, paper)
    depths = row_depths(traces, paper)
    left = PULSE_S * speed_mm_s + 2 * PULSE_MARGIN_MM
    width, height = left + paper.shown_s * speed_mm_s + AFTER_MM, depths[-1]
    remarks = _remarks(traces, together=columns_start_together(record, paper))
    footer = footer_lines(record, paper, filter_name=filter_name, remarks=remarks, width_mm=width)
    figure, axes = _sheet(width, height, footer_mm=FOOTER_MM + FOOTER_LINE_MM * (len(footer) - 1))
    _draw_grid(axes, width, height)
    baselines = [height - depth for depth in depths[:-1]]
    for baseline in baselines:
        _draw_calibration(axes, baseline, paper)
    for trace in traces:
        _draw_strip(axes, trace, baselines[trace.strip.row], left=left)
    if overlay is not None:
        _draw_bands(axes, checked_overlay(overlay, record), traces, baselines=baselines, left=left, paper=paper)
        draw_legend(axes, overlay, right=width, middle=height + 3.2, letter=LEGEND_LETTER_MM, square=(2.6, 2.6))
    _draw_header(axes, record, title=title or record.record_id, width=width, height=height)
    _draw_footer(axes, footer)
    return figure


def _traces(record: Record, paper: Paper) -> list[Trace]:
    rate = record.sampling_rate_hz
    shown = record.signal[:, round(paper.start_s * rate) : round((paper.start_s + paper.shown_s) * rate)]
    centres = {lead: _median(row) for lead, row in zip(record.leads, shown, strict=True)}
    return [
        trace_of(record, strip, paper=paper, centre_mv=centres.get(strip.lead, 0.0))
        for strip in strips_of(record, paper)
    ]


def _median(signal: NDArray[np.float32]) -> float:
    finite = signal[np.isfinite(signal)]
    return float(np.median(finite)) if finite.size else 0.0


def _remarks(traces: Sequence[Trace], *, together: bool) -> list[str]:
    cut = ", ".join(dict.fromkeys(trace.strip.lead for trace in traces if trace.cut))
    return [
        *(["short record: all columns start at the same time"] if together else []),
        *([f"cut at {PEN_STOP_MV:g} mV from the baseline: {cut}"] if cut else []),
    ]


def _sheet(width: float, height: float, *, footer_mm: float) -> tuple[Figure, Axes]:
    """Figure in true size whose only axes count millimetres from the lower left corner of the grid."""
    full = (width + 2 * MARGIN_MM, height + HEADER_MM + footer_mm)
    figure = Figure(figsize=(full[0] / MM_PER_INCH, full[1] / MM_PER_INCH), facecolor=PAPER)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(-MARGIN_MM, width + MARGIN_MM)
    axes.set_ylim(-footer_mm, height + HEADER_MM)
    return figure, axes


def _draw_grid(axes: Axes, width: float, height: float) -> None:
    for colour, step, line_mm in ((FINE, 1, 0.10), (BOLD, 5, 0.18)):
        fine = step == 1
        xs = [x for x in range(0, int(width) + 1, step) if not fine or x % 5]
        ys = [y for y in range(0, int(height) + 1, step) if not fine or y % 5]
        vertices = [point for x in xs for point in ((float(x), 0.0), (float(x), height))]
        vertices += [point for y in ys for point in ((0.0, float(y)), (width, float(y)))]
        path = DrawnPath(vertices, [DrawnPath.MOVETO, DrawnPath.LINETO] * (len(vertices) // 2))
        axes.add_patch(PathPatch(path, fill=False, edgecolor=colour, linewidth=_points(line_mm), zorder=1))


def _draw_calibration(axes: Axes, baseline: float, paper: Paper) -> None:
    """One millivolt for 0.2 s, before each row."""
    rise = PULSE_MARGIN_MM - 0.5
    fall = rise + PULSE_S * paper.speed_mm_s
    x = [rise - 1.0, rise, rise, fall, fall, fall + 1.0]
    y = [0.0, 0.0, paper.gain_mm_mv, paper.gain_mm_mv, 0.0, 0.0]
    _line(axes, x, [baseline + value for value in y])


def _draw_strip(axes: Axes, trace: Trace, baseline: float, *, left: float) -> None:
    x, lead = trace.x + left, trace.strip.lead
    if not trace.y.size:
        axes.plot(x[[0, -1]], [baseline, baseline], color=FAINT, linewidth=0.5, dashes=(2, 4), zorder=2)
        axes.text(x[0] + 1.5, baseline + 4.0, f"{lead} not recorded", color=FAINT, fontsize=7.5, zorder=4)
        return
    _line(axes, x, baseline + trace.y)
    axes.text(x[0] + 1.5, baseline + trace.label_y, lead, color=TEXT, fontsize=9, fontweight="bold", zorder=4)
    if trace.strip.at_s > 0:  # where one lead ends and the next begins
        _line(axes, [x[0], x[0]], [baseline - 2.5, baseline + 2.5])


def _draw_bands(
    axes: Axes, overlay: Overlay, traces: Sequence[Trace], *, baselines: Sequence[float], left: float, paper: Paper
) -> None:
    boxes: list[Box] = []
    for trace in (trace for trace in traces if trace.y.size):
        strip, rate = trace.strip, overlay.sampling_rate_hz
        first, last = round(strip.from_s * rate), round((strip.from_s + strip.length_s) * rate)
        values = overlay.values[overlay.leads.index(strip.lead), first : last + 1]
        seconds = (first + np.arange(values.size)) / rate - strip.from_s + strip.at_s
        x = np.minimum(seconds, strip.at_s + strip.length_s) * paper.speed_mm_s + left
        y = trace.y + baselines[strip.row]
        boxes += band_boxes(values, x, trace_x=trace.x + left, trace_y=y, margin=BAND_MARGIN_MM)
    draw_boxes(axes, boxes, kind=overlay.kind)


def _line(axes: Axes, x: list[float] | NDArray[np.float64], y: list[float] | NDArray[np.float64]) -> None:
    axes.plot(x, y, color=TRACE, linewidth=_points(0.28), solid_joinstyle="round", solid_capstyle="round", zorder=3)


def _draw_header(axes: Axes, record: Record, *, title: str, width: float, height: float) -> None:
    measured = measured_words(record)
    name = shortened(printable(title), at_most=50 if measured else 105)
    axes.text(0.0, height + 7.6, name, color=TEXT, fontsize=10.5, fontweight="bold", va="center", parse_math=False)
    axes.text(width, height + 7.6, measured, color=TEXT, fontsize=8, ha="right", va="center", parse_math=False)
    axes.text(0.0, height + 3.2, subtitle_words(record), color=TEXT, fontsize=8, va="center", parse_math=False)


def _draw_footer(axes: Axes, lines: Sequence[str]) -> None:
    for number, line in enumerate(lines):
        y = -3.6 - number * FOOTER_LINE_MM
        axes.text(0.0, y, line, color=TEXT, fontsize=7.5, va="center", parse_math=False)


def _points(millimetres: float) -> float:
    return millimetres / MM_PER_INCH * 72.0
