"""Pictures of real beside simulated ECGs for the documentation, one file per question."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from alike import BEAT_RATE_HZ, BEFORE, alike, median_beat
from distances import ANGLES, turned_together
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from measured_table import MeasuredTable
from numpy.typing import NDArray
from real_ecgs import RealEcg
from spectra import spectrum
from twins import Twin

from einthoven.drawing.svg import write_figure
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.measurements import measured_waves
from einthoven.ecg.record import Record
from einthoven.report.figures.theme import FAINT, INK, MUTED, SERIES, style_axes, title_axes

__all__ = ["draw_all"]

REAL, SIMULATED = SERIES[0], SERIES[1]
GROUPS = ("normal", "AF", "LBBB", "RBBB", "MI", "LVH")
DENSITIES = {
    "heart_rate_bpm": "heart rate, 1/min",
    "pr_ms": "PR, ms",
    "qrs_ms": "QRS, ms",
    "qtc_fridericia_ms": "QTc (Fridericia), ms",
    "p_axis_deg": "P axis, degrees from the real mean",
    "qrs_axis_deg": "QRS axis, degrees from the real mean",
    "t_axis_deg": "T axis, degrees from the real mean",
}
AMPLITUDES = {"p_mv": "P", "r_mv": "R", "s_mv": "S", "st_j60_mv": "ST (J + 60 ms)", "t_mv": "T"}
HIGHEST_HZ = 150.0
LEGEND_IN = 0.25


def draw_all(
    ecgs: Sequence[RealEcg],
    real: MeasuredTable,
    made: Sequence[Twin],
    simulated: MeasuredTable,
    *,
    folder: Path,
    ending: str = "svg",
) -> None:
    """Write ``densities``, ``spectra``, ``amplitudes_<group>`` and ``beats_<group>`` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    origin = np.array([twin.of for twin in made])
    members = {group: np.array([group in ecg.groups for ecg in ecgs]) for group in GROUPS}
    write_figure(_densities(real, simulated, members, origin), folder / f"densities.{ending}")
    first = np.unique(origin, return_index=True)[1]  # one twin each is enough for beats and spectra
    ours = [made[place].record for place in first]
    theirs = [ecg.record for ecg in ecgs]
    write_figure(_spectra(theirs, ours, members), folder / f"spectra.{ending}")
    real_beats, our_beats = _beats(theirs), _beats(ours)
    for group, which in members.items():
        name = group.lower()
        numbers = real.values[which], simulated.values[which[origin]]
        write_figure(_amplitudes(*numbers, names=real.names), folder / f"amplitudes_{name}.{ending}")
        write_figure(_beat_overlay(real_beats[which], our_beats[which]), folder / f"beats_{name}.{ending}")


def _densities(
    real: MeasuredTable, simulated: MeasuredTable, members: dict[str, NDArray[np.bool_]], origin: NDArray[np.int64]
) -> Figure:
    figure = Figure(figsize=(2.0 * len(DENSITIES), 1.15 * len(GROUPS)))
    grid = figure.subplots(len(GROUPS), len(DENSITIES), squeeze=False)
    for row, (group, which) in enumerate(members.items()):
        for column, (name, words) in enumerate(DENSITIES.items()):
            axes = grid[row, column]
            a, b = real.of(name)[which], simulated.of(name)[which[origin]]
            if name in ANGLES:
                a, b = turned_together(a, b)
            _histograms(axes, a, b)
            if column == 0:
                title_axes(axes, group, pad=2)
            if row == len(GROUPS) - 1:
                axes.set_xlabel(words, fontsize=7)
    _finish(figure)
    return figure


def _histograms(axes: Axes, real: NDArray[np.float64], simulated: NDArray[np.float64]) -> None:
    style_axes(axes)
    axes.set_yticks([])
    a, b = real[~np.isnan(real)], simulated[~np.isnan(simulated)]
    if not a.size or not b.size:
        axes.text(0.5, 0.5, "absent", transform=axes.transAxes, color=MUTED, ha="center", fontsize=7)
        return
    low, high = np.percentile(np.concatenate([a, b]), (0.5, 99.5))
    bins = int(np.clip(2 * np.sqrt(a.size), 8, 30))
    edges = np.linspace(low, high if high > low else low + 1, bins + 1)
    axes.hist(a, edges, density=True, color=REAL, alpha=0.35)
    axes.hist(b, edges, density=True, histtype="step", color=SIMULATED, linewidth=1.2)


def _amplitudes(real: NDArray[np.float64], simulated: NDArray[np.float64], *, names: Sequence[str]) -> Figure:
    """Return 5, 25, 50, 75 and 95 % of each amplitude in each lead."""
    figure = Figure(figsize=(9.0, 1.6 * len(AMPLITUDES)))
    for axes, (quantity, words) in zip(figure.subplots(len(AMPLITUDES), 1), AMPLITUDES.items(), strict=True):
        style_axes(axes)
        axes.axhline(0, color=FAINT, linewidth=0.8)
        for place, lead in enumerate(STANDARD_LEADS):
            column = names.index(f"{lead}.{quantity}")
            for values, colour, shift in ((real, REAL, -0.16), (simulated, SIMULATED, 0.16)):
                _quantile_box(axes, place + shift, values[:, column], colour)
        axes.set_xticks(range(len(STANDARD_LEADS)), STANDARD_LEADS)
        title_axes(axes, f"{words}, mV", pad=2)
    _finish(figure)
    return figure


def _quantile_box(axes: Axes, x: float, values: NDArray[np.float64], colour: str) -> None:
    known = values[~np.isnan(values)]
    if known.size:
        p5, p25, p50, p75, p95 = np.percentile(known, (5, 25, 50, 75, 95))
        axes.plot([x, x], [p5, p95], color=colour, linewidth=0.8)
        axes.plot([x, x], [p25, p75], color=colour, linewidth=4, solid_capstyle="butt", alpha=0.5)
        axes.plot([x], [p50], "o", color=colour, markersize=3)


def _beats(records: Sequence[Record]) -> NDArray[np.float32]:
    return np.stack([median_beat(measured_waves(alike(record))) for record in records])


def _beat_overlay(real: NDArray[np.float32], simulated: NDArray[np.float32]) -> Figure:
    """Return the median of the median beats and the band of 80 % of them, lead by lead."""
    figure = Figure(figsize=(11.0, 5.4))
    time_ms = (np.arange(real.shape[2]) - BEFORE) / BEAT_RATE_HZ * 1000
    order = (0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11)  # I aVR V1 V4, II aVL V2 V5, III aVF V3 V6
    for axes, lead in zip(figure.subplots(3, 4).ravel(), order, strict=True):
        style_axes(axes)
        for beats, colour in ((real, REAL), (simulated, SIMULATED)):
            low, middle, high = np.percentile(beats[:, lead], (10, 50, 90), axis=0)
            axes.fill_between(time_ms, low, high, color=colour, alpha=0.18, linewidth=0)
            axes.plot(time_ms, middle, color=colour, linewidth=1.1)
        title_axes(axes, STANDARD_LEADS[lead], pad=2)
    figure.supxlabel("ms from the middle of QRS; mV", fontsize=8, color=INK)
    _finish(figure)
    return figure


def _finish(figure: Figure) -> None:
    """Lay the axes out below a line that says which colour is which."""
    figure.tight_layout(pad=0.5, rect=(0, 0, 1, 1 - LEGEND_IN / figure.get_figheight()))
    top = 1 - 0.3 * LEGEND_IN / figure.get_figheight()
    figure.text(0.01, top, "real", color=REAL, fontsize=9, fontweight="bold", va="top")
    figure.text(
        0.01 + 0.5 / figure.get_figwidth(), top, "simulated", color=SIMULATED, fontsize=9, fontweight="bold", va="top"
    )


def _spectra(real: Sequence[Record], simulated: Sequence[Record], members: dict[str, NDArray[np.bool_]]) -> Figure:
    figure = Figure(figsize=(11.0, 5.0))
    for axes, (group, which) in zip(figure.subplots(2, 3).ravel(), members.items(), strict=True):
        style_axes(axes)
        for records, colour in ((real, REAL), (simulated, SIMULATED)):
            of = [spectrum(records[place]) for place in np.flatnonzero(which)]
            frequency = of[0][0]
            decibel = np.stack([10 * np.log10(np.median(density, axis=0) + 1e-12) for _, density in of])
            low, middle, high = np.percentile(decibel, (10, 50, 90), axis=0)
            seen = frequency <= HIGHEST_HZ
            axes.fill_between(frequency[seen], low[seen], high[seen], color=colour, alpha=0.18, linewidth=0)
            axes.plot(frequency[seen], middle[seen], color=colour, linewidth=0.9)
        title_axes(axes, group, pad=2)
    figure.supxlabel("Hz; dB of mV²/Hz, median over leads", fontsize=8, color=INK)
    _finish(figure)
    return figure
