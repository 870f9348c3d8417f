from __future__ import annotations

import numpy as np
import pytest

from einthoven.evaluation.statistics.brier import brier
from einthoven.evaluation.statistics.brier_parts import brier_parts
from fakes.calibration_reference import calibration_reference

NAMES = ("reliability", "resolution", "uncertainty")


@pytest.mark.parametrize(("corrected", "prefix"), [(True, "corrected_"), (False, "")])
def test_parts_are_those_of_r(corrected, prefix):
    """Murphy's, and with the correction of Ferro and Fricker."""
    data = calibration_reference()
    found = brier_parts(data.score, data.truth, corrected=corrected, resamples=20)
    for name in NAMES:
        assert getattr(found, name).value == pytest.approx(data.numbers["parts"][prefix + name], abs=1e-12)


def test_plain_parts_add_up_to_the_brier_score():
    """With what happens inside the bins; with one bin per score there is nothing inside."""
    data = calibration_reference()
    for score in (data.score, data.score.round(1)):
        found = brier_parts(score, data.truth, corrected=False, bins=300, resamples=2)
        total = found.reliability.value - found.resolution.value + found.uncertainty.value + found.within
        assert total == pytest.approx(brier(score, data.truth).value, abs=1e-12)
        assert found.within == pytest.approx(0, abs=1e-12)


def test_weights_are_repeated_records_in_plain_parts():
    """The correction counts patients, whose number is another."""
    data = calibration_reference()
    rows = np.repeat(np.arange(300), data.weight.astype(int))
    one = brier_parts(data.score, data.truth, weights=data.weight, corrected=False, resamples=2)
    other = brier_parts(data.score[rows], data.truth[rows], corrected=False, resamples=2)
    for name in NAMES:
        assert getattr(one, name).value == pytest.approx(getattr(other, name).value, abs=1e-12)


def test_copies_of_a_patient_change_nothing():
    """Neither values nor, much, the intervals, where patients are named."""
    data = calibration_reference()
    rows = np.repeat(np.arange(300), 3)
    one = brier_parts(data.score, data.truth, resamples=300)
    other = brier_parts(data.score[rows], data.truth[rows], clusters=rows, resamples=300)
    for name in NAMES:
        a, b = getattr(one, name), getattr(other, name)
        assert b.value == pytest.approx(a.value, abs=1e-12)
        assert b.high - b.low == pytest.approx(a.high - a.low, rel=0.2)


def test_a_bin_with_a_single_patient_has_no_correction():
    """Undefined with a reason; the plain parts are there."""
    found = brier_parts([0.1, 0.2, 0.8, 0.9], [0, 1, 0, 1], bins=4, resamples=20)
    assert "single patient" in found.reliability.reason
    assert brier_parts([0.1, 0.2, 0.8, 0.9], [0, 1, 0, 1], bins=4, corrected=False, resamples=20).within == 0
