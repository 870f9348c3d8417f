"""The signal on which beats and waves are looked for: one rate, one band, gaps closed, leads in canonical order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.calibration_pulse import calibration_samples
from einthoven.ecg.input_spec import FilterSpec, IngestSpec
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Record, Unit
from einthoven.ecg.resample import filter_and_resample
from einthoven.errors import SignalError

__all__ = ["RATE_HZ", "SAMPLE_MS", "AnalysisSignal", "analysis_signal"]

RATE_HZ = 500
"""Two milliseconds a sample: what diagnostic recorders store (Kligfield et al. 2007,
doi:10.1161/CIRCULATIONAHA.106.180200)."""

SAMPLE_MS = 1000 / RATE_HZ
"""What a sample lasts."""

LOWEST_RATE_HZ = 80.0
"""Below, QRS borders are a guess: its spectrum reaches to about 40 Hz."""

LOW_HZ, HIGH_HZ = 0.5, 100.0
"""Zero phase, so that ST stays level (0.67 Hz is allowed then, Kligfield et al. 2007); 250 Hz can hold 100 Hz."""

SHARE_OF_RATE = 0.4
"""The upper corner of a record that was sampled more slowly."""

FLAT_S = 1.5
"""A line that stays exactly where it is for so long is no ECG; smoothed ones have shorter lines between T and P."""

SMALLEST, LARGEST = 1e-9, 1e9
"""Of amplitudes in any unit: beyond, a damaged file rather than a heart, and single precision ends."""

LARGEST_LOST_SHARE = 0.5
"""Of a lead that is still used."""


@dataclass(frozen=True, slots=True, eq=False)
class AnalysisSignal:
    """A record made ready for beats and waves.

    Attributes
    ----------
    signal : float32 (lead, sample) at ``RATE_HZ``, mV, or without unit when ``unit`` is ``arbitrary``
        Zero-phase band-pass 0.5 to 100 Hz (lower where the record's rate is). Sample k lies at ``k / RATE_HZ`` from the
        start. Gaps are closed by straight lines; a lead that is not usable is zero.
    leads : tuple of str
        Those of the 12 in canonical order, then others by name.
    lost : bool (lead, sample)
        True where the recorder had nothing, or a line that does not move.
    usable : bool (lead,)
        False for a lead that is lost for most of the time.
    unit : ``mV`` or ``arbitrary``
    """

    signal: NDArray[np.float32]
    leads: tuple[str, ...]
    lost: NDArray[np.bool_]
    usable: NDArray[np.bool_]
    unit: Unit


def analysis_signal(record: Record) -> AnalysisSignal:
    """Return a record's signal at 500 Hz and 0.5 to 100 Hz, whatever its own rate, order of leads and gaps.

    A calibration pulse at the end counts as lost.

    Raises
    ------
    SignalError
        When the record was sampled below 80 Hz.

    Examples
    --------
    >>> flat = Record(np.zeros((2, 250), dtype=np.float32), ("II", "I"), 250.0, "r1")
    >>> prepared = analysis_signal(flat)
    >>> prepared.leads, prepared.signal.shape, prepared.usable.tolist()
    (('I', 'II'), (2, 500), [False, False])
    """
    rate_hz = record.sampling_rate_hz
    if rate_hz < LOWEST_RATE_HZ:
        raise SignalError(
            f"record {record.record_id} is sampled at {rate_hz:g} Hz: "
            f"beats and waves need {LOWEST_RATE_HZ:g} Hz or more"
        )
    order = _canonical_order(record.leads)
    raw = record.signal[list(order)]
    lost = _lost(raw, rate_hz=rate_hz)
    if record.unit == "mV":
        with np.errstate(invalid="ignore"):
            pulse = calibration_samples(raw, sampling_rate_hz=rate_hz)
        lost[:, raw.shape[1] - pulse :] = True
    usable = lost.mean(axis=1) <= LARGEST_LOST_SHARE
    filtered = filter_and_resample(_closed(raw, lost, usable), rate_hz, _spec(rate_hz))
    silent = np.abs(filtered).max(axis=1) < SMALLEST
    usable &= ~silent
    filtered[silent] = 0
    return AnalysisSignal(
        filtered,
        tuple(record.leads[row] for row in order),
        _at_samples(lost, rate_hz=rate_hz, n_samples=filtered.shape[1]),
        usable,
        record.unit,
    )


@lru_cache(maxsize=64)
def _canonical_order(leads: tuple[str, ...]) -> tuple[int, ...]:
    rank = {lead: place for place, lead in enumerate(STANDARD_LEADS)}
    return tuple(sorted(range(len(leads)), key=lambda row: (rank.get(leads[row], len(rank)), leads[row])))


@lru_cache(maxsize=64)
def _spec(rate_hz: float) -> IngestSpec:
    band = FilterSpec(low_hz=LOW_HZ, high_hz=min(HIGH_HZ, SHARE_OF_RATE * rate_hz), order=2)
    return IngestSpec(rate_hz=float(RATE_HZ), filter=band)


def _lost(raw: NDArray[np.float32], *, rate_hz: float) -> NDArray[np.bool_]:
    """Return where a sample isn't finite, is beyond measure, or belongs to a line of ``FLAT_S`` that does not move."""
    lost = ~(np.abs(raw) <= LARGEST)
    run = max(2, round(FLAT_S * rate_hz))
    if raw.shape[1] <= run:
        lost |= np.ptp(np.where(lost, 0, raw), axis=1, keepdims=True) == 0
        return lost
    same = np.zeros(raw.shape, dtype=np.int32)
    with np.errstate(invalid="ignore"):
        np.cumsum(raw[:, 1:] == raw[:, :-1], axis=1, out=same[:, 1:])
    still = same[:, run - 1 :] - same[:, : 1 - run] == run - 1  # of the run that starts here all steps are zero
    for row in np.flatnonzero(still.any(axis=1)).tolist():
        edges = np.zeros(raw.shape[1] + 1, dtype=np.int32)
        starts = np.flatnonzero(still[row])
        edges[starts] += 1
        edges[starts + run] -= 1
        lost[row] |= np.cumsum(edges[:-1]) > 0
    return lost


def _closed(raw: NDArray[np.float32], lost: NDArray[np.bool_], usable: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the signal with straight lines over gaps and zero in leads that are not usable."""
    rows = np.flatnonzero(lost.any(axis=1))
    if rows.size == 0:
        return raw
    closed = raw.copy()
    samples = np.arange(raw.shape[1])
    for row in rows.tolist():
        there = ~lost[row]
        closed[row] = np.interp(samples, samples[there], raw[row, there]) if usable[row] else 0
    return closed


def _at_samples(lost: NDArray[np.bool_], *, rate_hz: float, n_samples: int) -> NDArray[np.bool_]:
    """Return the same at ``RATE_HZ``."""
    if rate_hz == RATE_HZ:
        return lost
    nearest = np.minimum((np.arange(n_samples) * (rate_hz / RATE_HZ) + 0.5).astype(np.int64), lost.shape[1] - 1)
    resampled: NDArray[np.bool_] = lost[:, nearest]
    return resampled
