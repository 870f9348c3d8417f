"""The borders of representative beats carried to each beat of the record, and P waves that no QRS follows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.analysis_signal import RATE_HZ
from einthoven.ecg.small_arrays import between_samples, middle, quantile
from einthoven.ecg.wave_likeness import STEP, Likeness, likeness, thinned

__all__ = ["PPattern", "carried_marks", "cut_at_next_beat", "free_p_waves", "quiet_pauses"]

ALIKE = 0.5
"""Correlation from which a P wave is there at its usual distance from QRS; this and what follows was chosen on LUDB (1
to 80) and on single leads of PTB-XL."""

FEW_LEADS, MANY_LEADS = 1, 8
ALIKE_ELSEWHERE = 0.97, 0.8
SMALLEST_ELSEWHERE = 0.7, 0.4
"""Correlation and size (as a share of the usual one) from which a P wave is there anywhere else, with one and with many
independent leads: noise of one lead is soon like a P wave, that of eight never."""

LARGEST_ELSEWHERE = 2.5

USUAL_STEPS = 6
"""48 ms: how far PR varies from beat to beat while it counts as usual."""

OVERLAP = round(0.05 * RATE_HZ)
"""By so much more than usual P may begin within the T wave before."""

AFTER_T = round(0.02 * RATE_HZ)
BEFORE_QRS = round(0.02 * RATE_HZ)
"""Room between a P wave that is looked for and its neighbours."""


@dataclass(frozen=True, slots=True, eq=False)
class PPattern:
    """The P wave of the dominant template and where the record is like it.

    Attributes
    ----------
    start : float
        Sample at which the pattern begins, from the fiducial.
    length : int
    alike : Likeness
        Of the stretch that begins at each step of the record.
    marks : float64 (lead, 3)
        Onset, peak and end in samples from the fiducial.
    n_independent : int
        Leads that aren't sums of others: of the limb leads two count.
    """

    start: float
    length: int
    alike: Likeness
    marks: NDArray[np.float64]
    n_independent: int

    @classmethod
    def of(
        cls,
        signal: NDArray[np.float32],
        beat: NDArray[np.float32],
        *,
        fiducial: int,
        marks: NDArray[np.float64],
        weights: NDArray[np.float32],
        n_independent: int,
    ) -> PPattern:
        """Return the pattern of a representative beat (lead, sample) in a record (lead, sample)."""
        low = max(0, int(marks[:, 0].min()) + fiducial)
        high = min(beat.shape[1], int(marks[:, 2].max()) + fiducial + 1)
        wave = thinned(beat[:, low:high]) * weights[:, None]
        alike = likeness(thinned(signal) * weights[:, None], wave)
        return cls(float(low - fiducial), high - low, alike, marks, n_independent)


def carried_marks(
    fiducials: NDArray[np.float64],
    templates: NDArray[np.int64],
    lead_marks: NDArray[np.float64],
    pattern: PPattern | None,
) -> NDArray[np.float64]:
    """Return float64 (beat, lead, 9), samples of the record: the marks of each beat's template where the beat is.

    P is looked for beat by beat, so that it is absent in a beat that has none and moves with PR.

    Parameters
    ----------
    fiducials : float64 (beat,)
    templates : int64 (beat,)
        -1: no marks.
    lead_marks : float64 (template, lead, 9), samples from the fiducial
    pattern : PPattern, optional
        None: the record has no P waves.
    """
    marks = np.full((fiducials.size, *lead_marks.shape[1:]), np.nan)
    known = np.flatnonzero(templates >= 0)
    marks[known] = lead_marks[templates[known]] + fiducials[known, None, None]
    marks[:, :, :3] = np.nan
    if pattern is None:
        return marks
    ends = np.concatenate([[-np.inf], last_ends(marks)[:-1]])  # of the beat before
    latest = first_onsets(marks) - BEFORE_QRS - pattern.length
    expected = fiducials + pattern.start
    within_t = _usual_overlap(ends - expected, of_dominant=templates == 0)
    for beat in known.tolist():
        start = None
        if templates[beat] == 0:  # QRS of another shape keeps another distance to P
            start = _usual_start(pattern, expected[beat], earliest=ends[beat] - within_t)
        if start is None:
            start = _other_start(pattern, earliest=max(ends[beat] + AFTER_T, 0.0), latest=latest[beat])
        if start is not None:
            marks[beat, :, :3] = pattern.marks + (start - pattern.start)
    return marks


def _usual_overlap(overlap: NDArray[np.float64], *, of_dominant: NDArray[np.bool_]) -> float:
    """Return by how much P may begin before the end of T: as usual in this record, and ``OVERLAP`` more."""
    usual = overlap[of_dominant & np.isfinite(overlap)]
    return OVERLAP + (max(0.0, quantile(usual, 0.5)) if usual.size else 0.0)


def cut_at_next_beat(marks: NDArray[np.float64]) -> None:
    """End each T wave where the next beat begins, or take it away where its peak would lie beyond; in place.

    Parameters
    ----------
    marks : float64 (beat, lead, 9), samples of the record
    """
    own = marks[1:]
    begins = np.where(np.isfinite(own[:, :, 0]), own[:, :, 0], own[:, :, 3])
    marks[:-1, :, 5] = np.fmin(marks[:-1, :, 5], np.where(np.isnan(marks[:-1, :, 5]), np.nan, own[:, :, 3]))
    t = marks[:-1, :, 6:]
    t[t[:, :, 1] >= begins] = np.nan
    t[:, :, 2] = np.fmin(t[:, :, 2], np.where(np.isnan(t[:, :, 2]), np.nan, begins))


def free_p_waves(marks: NDArray[np.float64], pattern: PPattern) -> NDArray[np.float64]:
    """Return float64 (wave, lead, 3), samples of the record: P waves between a T wave and the next beat's own P.

    Parameters
    ----------
    marks : float64 (beat, lead, 9), samples of the record
    pattern : PPattern
    """
    ends, onsets = last_ends(marks), first_onsets(marks)
    found: list[float] = []
    for end, onset in zip(ends[:-1].tolist(), onsets[1:].tolist(), strict=True):
        found += _all_starts(pattern, earliest=end + AFTER_T, latest=onset - BEFORE_QRS - pattern.length)
    starts = np.array(found)
    return pattern.marks[None] + (starts - pattern.start)[:, None, None]


def quiet_pauses(marks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64 (beat - 1, 2), samples: from the end of T to the next onset, with room on both sides.

    Parameters
    ----------
    marks : float64 (beat, lead, 9), samples of the record
    """
    return np.stack([last_ends(marks)[:-1] + AFTER_T, first_onsets(marks)[1:] - BEFORE_QRS], axis=1)


def last_ends(marks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64 (beat,): the median end of T over the leads, or of QRS where T is absent; NaN without marks."""
    return middle(np.where(np.isfinite(marks[:, :, 8]), marks[:, :, 8], marks[:, :, 5]).T)


def first_onsets(marks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64 (beat,): the earliest onset of P, or of QRS where P is absent; NaN without marks."""
    first: NDArray[np.float64] = np.where(np.isfinite(marks[:, :, 0]), marks[:, :, 0], marks[:, :, 3]).min(axis=1)
    return first


def _usual_start(pattern: PPattern, expected: float, *, earliest: float) -> float | None:
    """Return where the pattern begins within 48 ms of its usual place; None where it isn't, or would lie in T."""
    alike, usual = pattern.alike, round(expected / STEP)
    at = _highest(alike, usual - USUAL_STEPS, usual + USUAL_STEPS)
    if at is None or alike.correlation[at] < ALIKE or at * STEP < earliest:
        return None
    return STEP * between_samples(alike.correlation, at)


def _other_start(pattern: PPattern, *, earliest: float, latest: float) -> float | None:
    """Return where the pattern begins between two places, if anywhere."""
    if not earliest <= latest:  # also where one is NaN
        return None
    at = _highest(pattern.alike, int(earliest // STEP), int(latest // STEP))
    return STEP * between_samples(pattern.alike.correlation, at) if at is not None and _is_p(pattern, at) else None


def _all_starts(pattern: PPattern, *, earliest: float, latest: float) -> list[float]:
    """Return where the pattern begins, several times if it does, the likeliest first."""
    if not earliest <= latest:
        return []
    at = _highest(pattern.alike, int(earliest // STEP), int(latest // STEP))
    if at is None or not _is_p(pattern, at):
        return []
    start = STEP * between_samples(pattern.alike.correlation, at)
    before = _all_starts(pattern, earliest=earliest, latest=start - pattern.length)
    behind = _all_starts(pattern, earliest=start + pattern.length, latest=latest)
    return [*before, start, *behind]


def _highest(alike: Likeness, low: int, high: int) -> int | None:
    low, high = max(0, low), min(alike.correlation.size - 1, high)
    return low + int(alike.correlation[low : high + 1].argmax()) if low <= high else None


def _is_p(pattern: PPattern, at: int) -> bool:
    """Return whether what begins at a step is a P wave by its shape and size alone."""
    many = (pattern.n_independent - FEW_LEADS) / (MANY_LEADS - FEW_LEADS)
    correlation = np.interp(many, (0, 1), ALIKE_ELSEWHERE)
    smallest = np.interp(many, (0, 1), SMALLEST_ELSEWHERE)
    alike = pattern.alike
    return bool(alike.correlation[at] >= correlation and smallest <= alike.size[at] <= LARGEST_ELSEWHERE)
