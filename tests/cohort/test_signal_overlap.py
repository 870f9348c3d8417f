"""The lag at which two ECGs agree is found; another recording of the same patient agrees at none."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.cohort.signal_overlap import best_overlap, spectral_signal
from fakes.distinct_ecgs import distinct_ecg, refiltered

ECG = distinct_ecg(1)


def overlap(first: np.ndarray, second: np.ndarray, *, rate_hz: float = 250.0, other_hz: float = 250.0):
    """Compare two signals."""
    return best_overlap(spectral_signal(first, rate_hz), spectral_signal(second, other_hz))


def test_piece_is_found_where_it_was_cut():
    """Five seconds, from the third on, in other units."""
    found = overlap(ECG, 1000 * ECG[:, 750:2000])
    assert found.lag_s == pytest.approx(3.0, abs=0.005)
    assert found.gain == pytest.approx(1000, rel=0.02)
    assert found.correlation > 0.99
    assert 4 <= found.overlap_s <= 5


def test_order_of_the_two_turns_lag_and_gain_round():
    """The earlier one begins later by less than nothing."""
    found = overlap(2 * ECG[:, 125:], ECG)
    assert found.lag_s == pytest.approx(-0.5, abs=0.005)
    assert found.gain == pytest.approx(0.5, rel=0.02)


def test_both_may_hold_what_the_other_has_not():
    """Two overlapping pieces of one recording."""
    found = overlap(ECG[:, :1875], ECG[:, 625:])
    assert found.lag_s == pytest.approx(2.5, abs=0.005)
    assert found.overlap_s == pytest.approx(5, abs=0.7)


def test_inverted_refiltered_and_resampled_recordings_agree():
    """Upside down the correlation is negative."""
    assert overlap(ECG, -ECG).correlation == pytest.approx(-1, abs=1e-4)
    assert overlap(ECG, refiltered(ECG, 250)).correlation > 0.95
    assert overlap(ECG, np.repeat(ECG, 2, axis=1), other_hz=500).correlation > 0.97


def test_another_recording_of_the_patient_does_not_agree():
    """The same beats at other times."""
    assert all(overlap(ECG, distinct_ecg(1, recording=number)) is None for number in range(1, 6))
    assert overlap(ECG, distinct_ecg(2)) is None


def test_one_lead_upside_down_is_forgiven_and_half_of_them_are_not():
    """Three quarters of the leads must agree, with one sign."""
    swapped = ECG.copy()
    swapped[0] *= -1
    assert overlap(ECG, swapped) is not None
    swapped[:4] = -ECG[:4]
    assert overlap(ECG, swapped) is None


@pytest.mark.parametrize("other", [ECG[:, :900], ECG[:7], np.zeros_like(ECG)])
def test_too_short_silent_or_other_leads_are_not_compared(other):
    """Fewer than four seconds hold too few beats."""
    assert overlap(ECG, other) is None
