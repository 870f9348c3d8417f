"""The representative beat under an ECG: all leads on one level, the borders over them, and what was measured beside it.

Superimposed leads show what the global borders mean: the earliest onset and the latest end in any lead (CSE Working
Party 1985). One unit of the panel is one millimetre, as on the paper above it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from einthoven.drawing.simplify import simplify
from einthoven.drawing.wave_bands import OPACITY, WAVE_COLOURS
from einthoven.ecg.analysis_signal import RATE_HZ
from einthoven.ecg.delineation import Delineation, Mark
from einthoven.ecg.overlay import Wave
from einthoven.ecg.record import Unit

__all__ = ["ABSENT", "PANEL_MM", "draw_beat_panel"]

TRACE, TEXT, FAINT, RULE = "#16181d", "#22252b", "#8a8f98", "#efaaa4"
MM_PER_INCH = 25.4
ABSENT = "\N{EN DASH}"
PANEL_MM, MARGIN_MM = 64.0, 5.0
SPEED_MM_S, MOST_MM_MV = 100.0, 20.0
PLOT_MM, PLOT_HEIGHT_MM, PLOT_FOOT_MM = 95.0, 42.0, 10.0
LEAST_BEFORE_MS, MOST_BEFORE_MS, MARGIN_MS = 260.0, 460.0, 50.0
COLUMN_MM, NAME_MM, LINE_MM = 60.0, 26.0, 4.3
TOLERANCE_MM = 0.05
SPANS = {
    Wave.P: (Mark.P_ON, Mark.P_OFF),
    Wave.QRS: (Mark.QRS_ON, Mark.QRS_OFF),
    Wave.T: (Mark.T_ON, Mark.T_OFF),
}
INTERVALS = (("PR", Mark.P_ON, Mark.QRS_ON), ("QRS", Mark.QRS_ON, Mark.QRS_OFF), ("QT", Mark.QRS_ON, Mark.T_OFF))


def draw_beat_panel(figure: Figure, delineation: Delineation, *, unit: Unit, words: Sequence[tuple[str, str]]) -> Axes:
    """Make the figure higher by ``PANEL_MM`` and draw there the dominant beat; return the panel.

    Parameters
    ----------
    figure : Figure
        Of one ECG, in true size.
    delineation : Delineation
        Without representatives only the words are written.
    unit : ``mV`` or ``arbitrary``
        In arbitrary units each lead is scaled by its own height: the borders are what can be read.
    words : sequence of (name, value)
        Written beside the beat, from above, column by column; values that begin with ``ABSENT`` are faint.
    """
    axes = _appended(figure)
    if delineation.representatives:
        _draw_beat(axes, delineation, unit=unit)
    else:
        axes.text(0.0, PANEL_MM - 8.0, "no beat found", color=FAINT, fontsize=9, va="center")
    left = PLOT_MM + 12.0
    per_column = int((PANEL_MM - 9.0) // LINE_MM)
    for number, (name, value) in enumerate(words):
        column, line = divmod(number, per_column)
        x, y = left + column * COLUMN_MM, PANEL_MM - 5.0 - line * LINE_MM
        axes.text(x, y, name, color=FAINT, fontsize=7.5, va="center", parse_math=False)
        colour = FAINT if value.startswith(ABSENT) else TEXT
        axes.text(x + NAME_MM, y, value, color=colour, fontsize=8, va="center", parse_math=False)
    return axes


def _appended(figure: Figure) -> Axes:
    """Move all that is drawn up and return axes in millimetres for what is free below."""
    width, height = (MM_PER_INCH * side for side in figure.get_size_inches())
    whole = height + PANEL_MM
    for axes in figure.axes:
        x, y, wide, high = axes.get_position().bounds
        axes.set_position((x, (y * height + PANEL_MM) / whole, wide, high * height / whole))
    for text in figure.texts:
        text.set_y((text.get_position()[1] * height + PANEL_MM) / whole)
    figure.set_size_inches(width / MM_PER_INCH, whole / MM_PER_INCH)
    panel = figure.add_axes((0.0, 0.0, 1.0, PANEL_MM / whole))
    panel.set_axis_off()
    panel.set_xlim(-MARGIN_MM, width - MARGIN_MM)
    panel.set_ylim(0.0, PANEL_MM)
    return panel


def _draw_beat(axes: Axes, delineation: Delineation, *, unit: Unit) -> None:
    beat, marks = delineation.representatives[0], delineation.marks[0]
    ms = (np.arange(beat.signal.shape[1]) - beat.fiducial) * 1000.0 / RATE_HZ
    before_ms = _before_ms(marks)
    shown = (ms >= -before_ms) & (ms <= _end_ms(marks, before_ms=before_ms))
    x = (ms[shown] + before_ms) * SPEED_MM_S / 1000.0
    y, gain = _in_millimetres(beat.signal[:, shown], unit=unit)
    _draw_borders(axes, marks, before_ms=before_ms, right=float(x[-1]))
    level = PLOT_FOOT_MM + (PLOT_HEIGHT_MM - float(y.max()) - float(y.min())) / 2
    for row in y:
        kept_x, kept_y = simplify(x, row, tolerance=TOLERANCE_MM)
        axes.plot(kept_x, kept_y + level, color=TRACE, linewidth=0.5, alpha=0.8, zorder=3)
    leads = f"{len(y)} leads" if len(y) > 1 else delineation.leads[0]
    scale = f"{gain:g} mm/mV" if unit == "mV" else "each lead scaled on its own"
    words = f"representative beat of {beat.beats.size}, {leads} · {SPEED_MM_S:g} mm/s · {scale}"
    axes.text(0.0, 3.0, words, color=TEXT, fontsize=7.5, va="center")


def _before_ms(marks: NDArray[np.float64]) -> float:
    """Return how much of the beat is shown before its fiducial: all of P, where there is one."""
    wanted = MARGIN_MS - marks[Mark.P_ON] if np.isfinite(marks[Mark.P_ON]) else LEAST_BEFORE_MS
    return float(np.clip(wanted, LEAST_BEFORE_MS, MOST_BEFORE_MS))


def _end_ms(marks: NDArray[np.float64], *, before_ms: float) -> float:
    most = PLOT_MM / SPEED_MM_S * 1000.0 - before_ms
    last = marks[Mark.T_OFF] if np.isfinite(marks[Mark.T_OFF]) else marks[Mark.QRS_OFF] + 400.0
    return float(min(last + MARGIN_MS, most)) if np.isfinite(last) else most


def _in_millimetres(signal: NDArray[np.float32], *, unit: Unit) -> tuple[NDArray[np.float64], float]:
    """Return the leads and how many millimetres a millivolt is: half as many each time they don't fit."""
    finite = np.nan_to_num(signal).astype(np.float64)
    if unit != "mV":
        peak = np.abs(finite).max(axis=1, keepdims=True)
        return finite / np.where(peak > 0, peak, 1.0) * (PLOT_HEIGHT_MM / 2 - 1), 1.0
    gain = MOST_MM_MV
    while gain > 0.1 and float(np.ptp(finite)) * gain > PLOT_HEIGHT_MM:
        gain /= 2
    return finite * gain, gain


def _draw_borders(axes: Axes, marks: NDArray[np.float64], *, before_ms: float, right: float) -> None:
    """Shade the waves, rule a line at each border, and write the intervals above."""
    at = np.clip((marks + before_ms) * SPEED_MM_S / 1000.0, 0.0, right)
    top = PLOT_FOOT_MM + PLOT_HEIGHT_MM
    for wave, (on, off) in SPANS.items():
        if np.isfinite(at[[on, off]]).all():
            axes.add_patch(
                Rectangle(
                    (at[on], PLOT_FOOT_MM), at[off] - at[on], top - PLOT_FOOT_MM,
                    facecolor=WAVE_COLOURS[wave], alpha=OPACITY, linewidth=0, zorder=1,
                )
            )  # fmt: skip
            axes.plot([at[on]] * 2, [PLOT_FOOT_MM, top], color=TEXT, linewidth=0.4, zorder=2)
            axes.plot([at[off]] * 2, [PLOT_FOOT_MM, top], color=TEXT, linewidth=0.4, zorder=2)
            middle = (at[on] + at[off]) / 2
            axes.text(middle, PLOT_FOOT_MM - 2.2, wave.name, color=TEXT, fontsize=7.5, ha="center", va="center")
    for name, start, end in INTERVALS:
        if np.isfinite(at[[start, end]]).all():
            y = top + (6.6 if name == "QT" else 2.2)
            axes.annotate(
                "", (at[start], y), (at[end], y),
                arrowprops={"arrowstyle": "<->", "color": FAINT, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0},
            )  # fmt: skip
            words = f"{name} {marks[end] - marks[start]:.0f}"
            axes.text((at[start] + at[end]) / 2, y + 2.0, words, color=TEXT, fontsize=7, ha="center", va="center")
