"""Time lines tied to landmarks."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.simulation.heart.time_lines import (
    QRST_PLACES_MS,
    QrstLandmarks,
    centre_of_p,
    centre_of_t,
    interpolated,
    qrst_times,
    resampled,
)


def bump(centre_ms, *, width_ms=20.0, n=800):
    return np.exp(-0.5 * ((np.arange(n) - centre_ms) / width_ms) ** 2)


def test_the_usual_beat_lies_where_the_places_say():
    assert qrst_times(QrstLandmarks(0.0, 100.0, 320.0)) == pytest.approx(QRST_PLACES_MS)


def test_qrs_is_stretched_between_its_landmarks_and_t_towards_its_centre():
    short, long = (qrst_times(QrstLandmarks(50.0, end, end + 220.0)) for end in (130.0, 190.0))
    assert (short[3], long[3]) == (50.0, 50.0)
    assert long[38] - short[38] == pytest.approx(60.0)
    assert (np.diff(short) > 0).all()


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_centre_of_t_is_that_of_a_symmetrical_t_wave_of_either_sign(sign):
    signal = sign * np.outer([1.0, 0.5], bump(330.0, width_ms=35.0))
    assert centre_of_t(signal, qrs_end_ms=110.0, rr_ms=860.0, step_ms=1.0) == pytest.approx(330.0, abs=2)


def test_a_flat_line_has_its_t_in_the_middle_of_where_it_is_looked_for():
    centre = centre_of_t(np.zeros((8, 800)), qrs_end_ms=100.0, rr_ms=860.0, step_ms=1.0)
    assert 300 < centre < 400


def test_the_centre_of_p_does_not_depend_on_level_or_sampling_rate():
    signal = 0.1 * bump(95.0) + 3.0
    fine = centre_of_p(signal[None], onset_ms=50.0, end_ms=140.0, step_ms=1.0)
    coarse = centre_of_p(signal[None, ::2], onset_ms=50.0, end_ms=140.0, step_ms=2.0)
    assert fine == pytest.approx(95.0, abs=1)
    assert coarse == pytest.approx(fine, abs=1)


def test_values_between_samples_lie_between_them_and_beyond_the_ends_at_them():
    signal = np.array([[0.0, 2.0, 4.0]])
    assert interpolated(signal, np.array([-5.0, 1.0, 3.0, 9.0]), step_ms=2.0)[0] == pytest.approx(
        [0, 1, 3, 4], abs=0.01
    )


def test_resampling_goes_back_to_whole_milliseconds():
    first, values = resampled(np.array([[1.0, 2.0, 4.0]]), np.array([2.5, 3.5, 5.5]), n_samples=5)
    assert first == 3
    assert values[0].tolist() == [1.5, 2.5]
