"""Waves and numbers together are those that each step gives alone."""

from __future__ import annotations

import numpy as np

from einthoven.ecg.analysis_signal import analysis_signal
from einthoven.ecg.beats import find_beats
from einthoven.ecg.delineation import delineate
from einthoven.ecg.measured_waves import measured_waves
from einthoven.ecg.measurements import measure
from fakes.synthetic_ecg import synthetic_ecg


def test_waves_and_numbers_are_those_of_the_single_steps():
    record = synthetic_ecg(noise_mv=0.01, sex="F").record
    found = measured_waves(record)
    analysis = analysis_signal(record)
    np.testing.assert_array_equal(found.delineation.beat_marks, delineate(analysis, find_beats(analysis)).beat_marks)
    assert found.rhythm.n_beats == len(found.delineation.beats.kind)
    np.testing.assert_array_equal(found.measurements.values, measure(record).values)
