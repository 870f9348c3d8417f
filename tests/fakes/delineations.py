"""Waves written down by hand: regular beats with the same borders in every lead."""

from __future__ import annotations

import numpy as np

from einthoven.ecg.beats import BeatKind, Beats
from einthoven.ecg.delineation import Delineation, Mark
from einthoven.ecg.representative_beat import RepresentativeBeat

MARKS_MS = (-180.0, -140.0, -100.0, -40.0, 0.0, 50.0, 180.0, 260.0, 340.0)


def fake_delineation(leads, *, beats_s=(1.0, 2.0, 3.0), absent=(), free_p_s=()) -> Delineation:
    """Return waves of beats at the given seconds; marks in ``absent`` are NaN everywhere."""
    marks = np.array(MARKS_MS)
    marks[[int(mark) for mark in absent]] = np.nan
    n, times = len(leads), np.array(beats_s, dtype=np.float64)
    by_lead = np.tile(marks, (1, n, 1))
    free_p = np.array(free_p_s, dtype=np.float64)[:, None, None] + np.array([-0.04, 0.0, 0.04])
    template = np.zeros(times.size, dtype=np.int64)
    beats = Beats(times * 500, template, (BeatKind.DOMINANT,) * times.size, 1000 * np.diff(times), np.empty(0))
    return Delineation(
        leads=tuple(leads),
        beats=beats,
        representatives=(_beat(n, times.size),),
        lead_marks=by_lead,
        marks=marks[None],
        confidence=np.where(np.isfinite(marks[[Mark.P_PEAK, Mark.QRS_PEAK, Mark.T_PEAK]]), 1.0, 0.0)[None],
        beat_marks=times[:, None, None] + by_lead / 1000,
        free_p=np.broadcast_to(free_p, (len(free_p_s), n, 3)).copy(),
    )


def _beat(n_leads: int, n_beats: int) -> RepresentativeBeat:
    time_ms = 2.0 * np.arange(400) - 300
    shape = sum(
        height * np.exp(-0.5 * ((time_ms - centre) / width) ** 2)
        for centre, width, height in ((-140, 18, 0.12), (0, 14, 1.2), (30, 8, -0.3), (260, 32, 0.3))
    )
    signal = np.linspace(1, -0.4, n_leads)[:, None] * shape
    return RepresentativeBeat(
        signal.astype(np.float32), 150, np.arange(n_beats), np.full(n_leads, 0.01, dtype=np.float32)
    )
