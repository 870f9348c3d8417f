from __future__ import annotations

import numpy as np

MARKS_MS = np.array([-200.0, -160, -100, -40, 0, 40, 150, 250, 350])
"""Onset, peak and end of P, QRS and T from the fiducial."""


def test_a_beat_begins_at_its_qrs_and_is_zero_before_it(script):
    beats = script("aligned_beats")
    time_ms = (np.arange(500) - 150) * 2.0
    ramp = np.stack([0.3 + np.where(time_ms > -40, time_ms + 40, 0)] * 8)
    found = beats.qrst_of(ramp, 150, onset_ms=-40.0)
    assert found.shape == (8, beats.QRST_TIMES_MS.size)
    np.testing.assert_allclose(found[0], np.maximum(beats.QRST_TIMES_MS, 0), atol=1e-9)


def test_a_beat_without_an_onset_is_not_a_number(script):
    assert np.isnan(script("aligned_beats").qrst_of(np.zeros((8, 500)), 150, onset_ms=np.nan)).all()


def test_qrs_is_not_taken_for_p(script):
    beats = script("aligned_beats")
    time_ms = (np.arange(500) - 150) * 2.0
    signal = np.stack([np.where(time_ms >= -40, 5.0, 0.0)] * 8)
    marks = MARKS_MS.copy()
    marks[:3] = -145, -120, -60
    np.testing.assert_array_equal(beats.p_of(signal, 150, marks=marks), 0)


def test_a_p_wave_close_to_qrs_is_left_out(script):
    marks = MARKS_MS.copy()
    marks[0] = -139
    assert script("aligned_beats").p_of(np.zeros((8, 500)), 150, marks=marks) is None
    assert script("aligned_beats").p_of(np.zeros((8, 500)), 150, marks=np.full(9, np.nan)) is None


def test_simulated_beats_have_the_times_of_real_ones(script):
    beats, simulated = script("aligned_beats"), script("simulated_beats")
    average = script("heart_population").packaged().mean
    assert simulated.simulated_qrst(average, rr_ms=900.0).shape == (8, beats.QRST_TIMES_MS.size)
    assert simulated.simulated_p(average).shape == (8, beats.P_TIMES_MS.size)
