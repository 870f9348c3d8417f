"""Limb leads that a representative beat lacks."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.derived_measurement_leads import completed_beat
from einthoven.ecg.representative_beat import RepresentativeBeat


def completed(leads, *, usable=None, in_mv=True):
    signal = np.arange(3 * len(leads), dtype=np.float32).reshape(len(leads), 3) ** 2
    beat = RepresentativeBeat(signal, 1, np.arange(5), np.full(len(leads), 0.3, dtype=np.float32))
    known = np.ones(len(leads), dtype=bool) if usable is None else np.array(usable)
    return completed_beat(beat, np.zeros((len(leads), 9)), tuple(leads), known, in_mv=in_mv), signal


def test_missing_limb_leads_follow_from_two_and_stand_behind_the_others():
    found, signal = completed(("I", "II", "V1"))
    assert found.leads == ("I", "II", "V1", "III", "aVR", "aVL", "aVF")
    assert found.n_derived == 4
    np.testing.assert_array_equal(found.beat.signal[:3], signal)
    one, two = signal[:2]
    np.testing.assert_allclose(found.beat.signal[3:], [two - one, -(one + two) / 2, one - two / 2, two - one / 2])


def test_the_noise_of_a_derived_lead_is_that_of_a_sum():
    found, _ = completed(("I", "II"))
    assert found.beat.noise[2] == pytest.approx(0.3 * np.sqrt(2))
    assert found.beat.noise[3] == pytest.approx(0.3 * np.sqrt(0.5))


def test_a_derived_lead_has_no_borders_of_its_own():
    found, _ = completed(("II", "III"))
    assert np.isfinite(found.lead_marks_ms[:2]).all()
    assert np.isnan(found.lead_marks_ms[2:]).all()
    assert found.usable.all()


@pytest.mark.parametrize(
    ("leads", "options"),
    [
        (("I", "V1"), {}),
        (("I", "II"), {"in_mv": False}),
        (("I", "II"), {"usable": (True, False)}),
        (("I", "II", "III", "aVR", "aVL", "aVF"), {}),
    ],
)
def test_nothing_is_derived_from_one_lead_without_unit_or_when_all_are_there(leads, options):
    found, _ = completed(leads, **options)
    assert (found.leads, found.n_derived) == (leads, 0)
