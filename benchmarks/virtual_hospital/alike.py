"""Real and simulated ECGs through one door: the same leads, the same steps, one ``prepare``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.input_spec import InputSpec
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.measurements import MeasuredWaves
from einthoven.ecg.prepare import prepare
from einthoven.ecg.record import Record

__all__ = ["BEAT_RATE_HZ", "BEAT_SAMPLES", "BEFORE", "SPEC", "alike", "median_beat"]

SPEC = InputSpec()
"""The project's default: 250 Hz, 0.67 to 40 Hz, mV."""

STORED = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")
"""What both keep; the other limb leads are derived, so that no rounding between them tells real from simulated."""

STEP_MV = 0.005
"""Coarser than what PTB-XL, LUDB and the simulated device store."""

SECONDS = 10.0
BEAT_RATE_HZ = 250
BEFORE, AFTER = 80, 120
"""Samples around the fiducial of QRS: 0.32 s before, 0.48 s behind."""

BEAT_SAMPLES = BEFORE + AFTER


def alike(record: Record, *, white_noise_mv: float = 0.0, random: np.random.Generator | None = None) -> Record:
    """Return a record's first ten seconds as the default input specification prepares them.

    Parameters
    ----------
    record : Record
        In mV.
    white_noise_mv : float
        SD of noise that is added to each of the eight stored leads before anything else; needs ``random``.
    random : Generator, optional
    """
    samples = round(SECONDS * record.sampling_rate_hz)
    signal = record.signal[[record.leads.index(lead) for lead in STORED], :samples]
    if white_noise_mv:
        assert random is not None
        signal = signal + white_noise_mv * random.standard_normal(signal.shape, dtype=np.float32)
    rounded = (np.rint(signal / STEP_MV) * STEP_MV).astype(np.float32)
    stored = Record(rounded, STORED, record.sampling_rate_hz, record.record_id, sex="U")
    prepared = prepare(stored, SPEC.ingest)
    return Record(prepared.signal(), prepared.leads, prepared.rate_hz, record.record_id)


def median_beat(waves: MeasuredWaves) -> NDArray[np.float32]:
    """Return the representative beat of the dominant morphology, float32 (12, 200), mV at 250 Hz.

    Zero throughout where the record has no whole beat.

    Parameters
    ----------
    waves : MeasuredWaves
        Of a record as ``alike`` returns it.
    """
    if not waves.delineation.representatives:
        return np.zeros((len(STANDARD_LEADS), BEAT_SAMPLES), dtype=np.float32)
    beat = waves.delineation.representatives[0]
    rows = [waves.delineation.leads.index(lead) for lead in STANDARD_LEADS]
    # representative beats have 500 Hz; the record was filtered to 40 Hz before, so that every second sample is enough
    start = beat.fiducial - 2 * BEFORE
    return np.ascontiguousarray(beat.signal[rows, start : start + 2 * BEAT_SAMPLES : 2])
