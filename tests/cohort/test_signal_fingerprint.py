"""One recording has one fingerprint, however it was filtered, scaled or cut; another patient has another."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.cohort.near_duplicates import RADIUS
from einthoven.cohort.signal_fingerprint import DIMENSIONS, fingerprint
from einthoven.errors import CohortError
from fakes.distinct_ecgs import distinct_ecg, refiltered

ECG = distinct_ecg(1)
AT_500_HZ = np.repeat(ECG, 2, axis=1)
VARIANTS = {
    "gain": 1000 * ECG,
    "inverted": -ECG,
    "refiltered": refiltered(ECG, 250),
    "shifted": ECG[:, 125:],
    "half": ECG[:, 1000:2250],
    "leads standardised": (ECG - ECG.mean(axis=1, keepdims=True)) / ECG.std(axis=1, keepdims=True),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_variants_lie_close_and_other_patients_do_not(name):
    """Well within the radius of candidates, and others well without."""
    own = fingerprint(ECG, 250)
    assert np.linalg.norm(own - fingerprint(VARIANTS[name], 250)) < RADIUS / 2
    others = [np.linalg.norm(own - fingerprint(distinct_ecg(patient), 250)) for patient in range(2, 12)]
    assert min(others) > 2 * RADIUS


def test_gain_and_polarity_change_nothing():
    """To the rounding of single precision."""
    assert np.allclose(fingerprint(ECG, 250), fingerprint(-0.001 * ECG, 250), atol=1e-5)


def test_gains_of_single_leads_change_nothing():
    """An archive that keeps z-scores of each lead has lost what leads are to each other."""
    gains = np.linspace(0.3, 4, len(ECG), dtype=np.float32)[:, np.newaxis]
    assert np.allclose(fingerprint(ECG, 250), fingerprint(gains * ECG, 250), atol=1e-5)


def test_rate_hardly_matters():
    """Held samples add frequencies above the bands alone."""
    assert np.linalg.norm(fingerprint(ECG, 250) - fingerprint(AT_500_HZ, 500)) < RADIUS / 10


def test_shape_and_length_are_stated():
    """64 numbers of length 1."""
    found = fingerprint(ECG, 250)
    assert (found.shape, found.dtype) == ((DIMENSIONS,), np.float32)
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    "signal", [np.zeros((8, 2500)), ECG[:, :100], ECG[:3], np.vstack([ECG[:3], np.zeros((5, 2500))]), ECG[:, :1]]
)
def test_too_little_to_tell_ecgs_apart_has_no_fingerprint(signal):
    """Silence, a fraction of a second, or fewer than four leads."""
    assert not fingerprint(signal.astype(np.float32), 250).any()


def test_absent_leads_are_left_out():
    """Zeros add nothing and divide by nothing."""
    signal = ECG.copy()
    signal[5] = 0
    assert np.linalg.norm(fingerprint(signal, 250) - fingerprint(signal[:, 250:], 250)) < RADIUS / 2


def test_rate_below_twice_the_highest_band_is_refused():
    """Names the least rate."""
    with pytest.raises(CohortError, match="at least 44 Hz, got 40"):
        fingerprint(ECG, 40)
