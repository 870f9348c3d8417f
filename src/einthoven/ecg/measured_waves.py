"""Waves and numbers of one record together, for whoever shows or keeps both: each step runs once."""

from __future__ import annotations

from dataclasses import dataclass

from einthoven.ecg.analysis_signal import analysis_signal
from einthoven.ecg.beats import find_beats
from einthoven.ecg.delineation import Delineation, delineate
from einthoven.ecg.measurements import Measurements, measurements_of
from einthoven.ecg.record import Record
from einthoven.ecg.rhythm import Rhythm, assess_rhythm

__all__ = ["MeasuredWaves", "measured_waves"]


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredWaves:
    """What was found in one record, from the beats to the numbers."""

    delineation: Delineation
    rhythm: Rhythm
    measurements: Measurements


def measured_waves(record: Record) -> MeasuredWaves:
    """Return the waves of a raw record, its rhythm, and the numbers; ``measure`` returns the last alone.

    Parameters
    ----------
    record : Record
        Of any leads, rate and length.
    """
    analysis = analysis_signal(record)
    beats = find_beats(analysis)
    delineation = delineate(analysis, beats)
    rhythm = assess_rhythm(beats, delineation)
    measurements = measurements_of(delineation, rhythm, analysis=analysis, sex=record.sex)
    return MeasuredWaves(delineation, rhythm, measurements)
