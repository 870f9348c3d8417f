"""How the heart beats: rate, intervals, regularity, and the evidence for atrial fibrillation.

Statistics of RR after the Task Force of the European Society of Cardiology and NASPE (1996,
doi:10.1161/01.CIR.93.5.1043): all intervals make the ventricular rate and the SD; RMSSD is that of normal intervals,
between beats of which neither is premature or of another focus.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from einthoven.ecg.atrial_fibrillation import atrial_fibrillation_score
from einthoven.ecg.beats import BeatKind, Beats
from einthoven.ecg.delineation import Delineation, Mark

__all__ = ["Rhythm", "assess_rhythm"]

REGULAR = 0.1
"""Share of the median interval by which one may differ and be as usual; sinus arrhythmia exceeds it."""

FIBRILLATION_SCORE = 0.5
"""More likely atrial fibrillation than not."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The rhythm of one record; None where it holds too few beats.

    Attributes
    ----------
    n_beats : int
        All of them; by kind ``n_dominant``, ``n_premature_wide``, ``n_premature_narrow``, ``n_paced``, ``n_other``.
    heart_rate_bpm : float, optional
        60,000 over the mean interval.
    rr_mean_ms, rr_sd_ms, rr_min_ms, rr_max_ms : float, optional
        Of all intervals without a gap; SD with n - 1.
    rmssd_ms : float, optional
        Root mean square of the differences of successive normal intervals.
    regularity : float in [0, 1], optional
        Share of intervals within 10 % of the median interval.
    atrial_rate_bpm : float, optional
        60,000 over the median interval between P waves, conducted or not, or over the cycle of flutter; None where
        both are absent.
    af_score : float in [0, 1], optional
        Evidence for atrial fibrillation from RR and P alone.
    atrial_fibrillation : bool
        ``af_score`` of 0.5 or more, most beats not paced, and no flutter waves in step with QRS.
    """

    n_beats: int
    n_dominant: int
    n_premature_wide: int
    n_premature_narrow: int
    n_paced: int
    n_other: int
    heart_rate_bpm: float | None
    rr_mean_ms: float | None
    rr_sd_ms: float | None
    rr_min_ms: float | None
    rr_max_ms: float | None
    rmssd_ms: float | None
    regularity: float | None
    atrial_rate_bpm: float | None
    af_score: float | None
    atrial_fibrillation: bool


def assess_rhythm(beats: Beats, delineation: Delineation) -> Rhythm:
    """Return the rhythm of a record.

    Parameters
    ----------
    beats : Beats
    delineation : Delineation
        Of the same record.
    """
    known = beats.rr_ms[~np.isnan(beats.rr_ms)]
    mean = float(known.mean()) if known.size else None
    median = float(np.median(known)) if known.size else math.nan
    p_likeness = float(delineation.confidence[0, 0]) if len(delineation.confidence) else 0.0
    af_score = atrial_fibrillation_score(beats.rr_ms, p_likeness=p_likeness)
    explained = delineation.flutter_cycle_ms is not None or 2 * beats.kind.count(BeatKind.PACED) > len(beats.kind)
    return Rhythm(
        n_beats=len(beats.kind),
        n_dominant=beats.kind.count(BeatKind.DOMINANT),
        n_premature_wide=beats.kind.count(BeatKind.PREMATURE_WIDE),
        n_premature_narrow=beats.kind.count(BeatKind.PREMATURE_NARROW),
        n_paced=beats.kind.count(BeatKind.PACED),
        n_other=beats.kind.count(BeatKind.OTHER),
        heart_rate_bpm=60_000 / mean if mean else None,
        rr_mean_ms=mean,
        rr_sd_ms=float(known.std(ddof=1)) if known.size > 1 else None,
        rr_min_ms=float(known.min()) if known.size else None,
        rr_max_ms=float(known.max()) if known.size else None,
        rmssd_ms=_rmssd(beats),
        regularity=float((np.abs(known - median) <= REGULAR * median).mean()) if known.size > 1 else None,
        atrial_rate_bpm=_atrial_rate(delineation),
        af_score=af_score,
        atrial_fibrillation=af_score is not None and af_score >= FIBRILLATION_SCORE and not explained,
    )


def _rmssd(beats: Beats) -> float | None:
    normal = np.array([kind in (BeatKind.DOMINANT, BeatKind.PACED) for kind in beats.kind], dtype=np.bool_)
    if normal.size < 3:
        return None
    steps = np.diff(np.where(normal[1:] & normal[:-1], beats.rr_ms, np.nan))
    steps = steps[~np.isnan(steps)]
    return math.sqrt(float((steps * steps).mean())) if steps.size else None


def _atrial_rate(delineation: Delineation) -> float | None:
    if delineation.flutter_cycle_ms is not None:
        return 60_000 / delineation.flutter_cycle_ms
    peaks = np.concatenate([delineation.beat_marks[:, :, Mark.P_PEAK], delineation.free_p[:, :, 1]])
    there = np.isfinite(peaks)
    n_leads = there.sum(axis=1)
    waves = np.flatnonzero(n_leads)
    if waves.size < 2:
        return None
    peak_s = np.where(there, peaks, 0).sum(axis=1)[waves] / n_leads[waves]
    steps_s = np.diff(np.sort(peak_s))
    # where no QRS follows P, QRS and T hide many: the shortest step is the one that misses none
    conducted = there[: len(delineation.beat_marks)].any()
    return 60 / float(np.median(steps_s) if conducted else steps_s.min())
