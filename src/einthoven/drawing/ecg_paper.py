"""An ECG on standard paper: 25 mm/s, 10 mm/mV, 1 mm squares with every fifth line bold (AHA/ACC 2007,
doi:10.1161/CIRCULATIONAHA.106.180200).

One unit of the drawing is one millimetre on paper both ways: squares are square, a printed page measures right. Each
trace is moved to its row by its median, which an AC-coupled ECG doesn't define anyway; nothing else is changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as DrawnPath
from numpy.typing import NDArray

from einthoven.drawing.paper_layout import Strip, strips_of
from einthoven.drawing.simplify import simplify
from einthoven.ecg.record import Record
from einthoven.errors import UnitError

__all__ = ["draw_ecg"]

PAPER, FINE, BOLD, TRACE, TEXT, FAINT = "#fffdfc", "#fadad7", "#efaaa4", "#16181d", "#22252b", "#8a8f98"
MM_PER_INCH = 25.4
MARGIN_MM, HEADER_MM, FOOTER_MM = 5.0, 13.0, 7.0
CALIBRATION_MM = 10.0
SHOWN_S = 10.0
PITCH_MM = {"3x4": (30.0, 50.0), "12x1": (15.0, 35.0)}  # least and greatest distance of two rows
PEN_TOLERANCE_MM = 0.05  # a fifth of the pen's width, 5 uV at 10 mm/mV


@dataclass(frozen=True, slots=True)
class _Trace:
    """One strip in millimetres: x from the start of the paper's time axis, y from its row's baseline."""

    strip: Strip
    x: NDArray[np.float64]
    y: NDArray[np.float64]


def draw_ecg(
    record: Record,
    *,
    layout: Literal["3x4", "12x1"] = "3x4",
    speed_mm_s: float = 25.0,
    gain_mm_mv: float = 10.0,
    start_s: float = 0.0,
    title: str | None = None,
    filter_name: str = "",
) -> Figure:
    """Return a figure of the record's first 10 s on ECG paper, in true size.

    Parameters
    ----------
    record : Record
        In mV. Leads that it lacks are left out and named; NaN leaves a gap in the trace.
    layout : ``3x4`` or ``12x1``
        Three rows of four leads, 2.5 s each, over a rhythm strip; or every lead in a row of its own.
    speed_mm_s, gain_mm_mv : float
    start_s : float
        Where in a longer record the 10 s begin.
    title : str, optional
        By default the record's id.
    filter_name : str
        What the footer says of filtering, for example ``0.67-40 Hz``.

    Raises
    ------
    UnitError
        For a record in arbitrary units: paper promises millivolts. ``draw_traces`` draws those.
    """
    if record.unit != "mV":
        raise UnitError(
            f"ECG paper needs millivolts, record {record.record_id} is in arbitrary units; use draw_traces instead"
        )
    strips = strips_of(record, layout=layout, start_s=start_s, shown_s=SHOWN_S)
    traces = [_trace(record, strip, speed_mm_s=speed_mm_s, gain_mm_mv=gain_mm_mv, start_s=start_s) for strip in strips]
    rows = 1 + max(strip.row for strip in strips)
    depths = _depths(traces, rows=rows, limits=PITCH_MM[layout])
    width, height = CALIBRATION_MM + SHOWN_S * speed_mm_s + 5.0, depths[-1]
    figure, axes = _sheet(width, height)
    _draw_grid(axes, width, height)
    baselines = [height - depth for depth in depths[:-1]]
    for baseline in baselines:
        _draw_calibration(axes, baseline, gain_mm_mv)
    for trace in traces:
        _draw_strip(axes, trace, baselines[trace.strip.row])
    footer = _footer(record, speed_mm_s=speed_mm_s, gain_mm_mv=gain_mm_mv, start_s=start_s, filter_name=filter_name)
    _draw_words(axes, height, title=title or record.record_id, subtitle=_subtitle(record), footer=footer)
    return figure


def _trace(record: Record, strip: Strip, *, speed_mm_s: float, gain_mm_mv: float, start_s: float) -> _Trace:
    rate = record.sampling_rate_hz
    if strip.lead not in record.leads:
        return _Trace(strip, np.array([strip.start_s, strip.start_s + strip.length_s]) * speed_mm_s, np.empty(0))
    signal = record.signal[record.leads.index(strip.lead)].astype(np.float64)
    first, last = round((start_s + strip.start_s) * rate), round((start_s + strip.start_s + strip.length_s) * rate)
    part = signal[first : last + 1]
    shown = signal[round(start_s * rate) : round((start_s + SHOWN_S) * rate)]
    centre = float(np.nanmedian(shown)) if np.isfinite(shown).any() else 0.0
    x = (strip.start_s + np.arange(part.size) / rate) * speed_mm_s
    return _Trace(strip, *simplify(x, (part - centre) * gain_mm_mv, tolerance=PEN_TOLERANCE_MM))


def _depths(traces: list[_Trace], *, rows: int, limits: tuple[float, float]) -> list[float]:
    """Return how far below the grid's upper edge each row's baseline and the lower edge lie, in whole bold squares."""
    up, down = np.full(rows, 12.0), np.full(rows, 3.0)  # a calibration pulse always fits
    for trace in traces:
        finite = trace.y[np.isfinite(trace.y)]
        if finite.size:
            row = trace.strip.row
            up[row] = max(up[row], finite.max() + 3.0)
            down[row] = max(down[row], -finite.min() + 1.0)
    depths = [min(_whole_squares(up[0] + 3.0), limits[1])]
    for row in range(1, rows):
        depths.append(depths[-1] + float(np.clip(_whole_squares(down[row - 1] + up[row]), *limits)))
    return [*depths, depths[-1] + min(_whole_squares(down[-1] + 2.0), limits[1])]


def _whole_squares(length_mm: float) -> float:
    return 5.0 * float(np.ceil(length_mm / 5.0))


def _sheet(width: float, height: float) -> tuple[Figure, Axes]:
    """Figure in true size whose only axes count millimetres from the lower left corner of the grid."""
    full = (width + 2 * MARGIN_MM, height + HEADER_MM + FOOTER_MM)
    figure = Figure(figsize=(full[0] / MM_PER_INCH, full[1] / MM_PER_INCH), facecolor=PAPER)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(-MARGIN_MM, width + MARGIN_MM)
    axes.set_ylim(-FOOTER_MM, height + HEADER_MM)
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


def _draw_calibration(axes: Axes, baseline: float, gain_mm_mv: float) -> None:
    """One millivolt for 5 mm (0.2 s at 25 mm/s), before each row."""
    x = [1.0, 2.0, 2.0, 7.0, 7.0, 8.0]
    y = [0.0, 0.0, gain_mm_mv, gain_mm_mv, 0.0, 0.0]
    _line(axes, x, [baseline + value for value in y])


def _draw_strip(axes: Axes, trace: _Trace, baseline: float) -> None:
    x = trace.x + CALIBRATION_MM
    if not np.isfinite(trace.y).any():
        axes.plot(x[[0, -1]], [baseline, baseline], color=FAINT, linewidth=0.5, dashes=(2, 4), zorder=2)
        words = f"{trace.strip.lead} not recorded"
        axes.text(x[0] + 1.5, baseline + 4.0, words, color=FAINT, fontsize=7.5, zorder=4)
        return
    _line(axes, x, baseline + trace.y)
    near = trace.y[(x >= x[0]) & (x <= x[0] + 8.0)]
    near = near[np.isfinite(near)]
    lift = float(np.clip(near.max() + 1.0, 5.0, 28.0)) if near.size else 5.0
    axes.text(
        x[0] + 1.5, baseline + lift, trace.strip.lead, color=TEXT, fontsize=9, fontweight="bold", va="bottom", zorder=4
    )
    if trace.strip.start_s > 0:  # where one lead ends and the next begins
        _line(axes, [x[0], x[0]], [baseline - 2.5, baseline + 2.5])


def _line(axes: Axes, x: list[float] | NDArray[np.float64], y: list[float] | NDArray[np.float64]) -> None:
    axes.plot(x, y, color=TRACE, linewidth=_points(0.28), solid_joinstyle="round", solid_capstyle="round", zorder=3)


def _draw_words(axes: Axes, height: float, *, title: str, subtitle: str, footer: str) -> None:
    axes.text(0.0, height + 7.6, title, color=TEXT, fontsize=10.5, fontweight="bold", va="center", parse_math=False)
    axes.text(0.0, height + 3.2, subtitle, color=TEXT, fontsize=8, va="center", parse_math=False)
    axes.text(0.0, -3.6, footer, color=TEXT, fontsize=7.5, va="center")


def _subtitle(record: Record) -> str:
    sex = {"F": "female", "M": "male", "U": ""}[record.sex]
    age = f"{record.age_years:.0f} years" if record.age_years is not None and np.isfinite(record.age_years) else ""
    time = record.time.strftime("%Y-%m-%d %H:%M") if record.time else ""
    return " · ".join(part for part in (age, sex, time, record.device or "") if part)


def _footer(record: Record, *, speed_mm_s: float, gain_mm_mv: float, start_s: float, filter_name: str) -> str:
    parts = [f"{speed_mm_s:g} mm/s", f"{gain_mm_mv:g} mm/mV", f"filter: {filter_name or 'none applied'}"]
    parts.append(f"{record.sampling_rate_hz:g} Hz")
    if start_s > 0 or record.duration_s > SHOWN_S + 0.05:
        parts.append(f"{start_s:g} to {min(start_s + SHOWN_S, record.duration_s):g} s of {record.duration_s:.0f} s")
    if record.provenance.leads_derived:
        parts.append(f"derived: {', '.join(record.provenance.leads_derived)}")
    return " · ".join(parts)


def _points(millimetres: float) -> float:
    return millimetres / MM_PER_INCH * 72.0
