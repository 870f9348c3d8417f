from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import SpecificationError
from einthoven.evaluation.statistics.classification import npv, ppv
from einthoven.evaluation.statistics.grey_zone import grey_zone

SCORE = np.linspace(0, 1, 101)
TRUTH = np.random.default_rng(0).random(101) < SCORE


def test_parts_are_shares_with_their_exact_intervals():
    """The predictive values are those of calls at either border."""
    patient = np.arange(101) // 2
    zone = grey_zone(SCORE, TRUTH, low=0.25, high=0.75, clusters=patient)
    assert zone.share.value == pytest.approx(50 / 101)
    assert zone.npv_below == npv(SCORE >= 0.25, TRUTH, clusters=patient)
    assert zone.ppv_above == ppv(SCORE >= 0.75, TRUTH, clusters=patient)


def test_equal_borders_leave_nothing_undecided():
    """Every record is below or above."""
    assert grey_zone(SCORE, TRUTH, low=0.5, high=0.5).share.value == 0.0


def test_an_empty_side_is_undefined_with_a_reason():
    """Nobody lies below the lowest score."""
    zone = grey_zone(SCORE, TRUTH, low=0.0, high=2.0)
    assert zone.npv_below.reason == "no record lies below the lower border"
    assert zone.ppv_above.reason == "no record lies above the upper border"
    assert zone.share.value == 1.0


def test_borders_the_wrong_way_round_are_refused():
    """With both numbers."""
    with pytest.raises(SpecificationError, match=r"got 0\.7 > 0\.3"):
        grey_zone(SCORE, TRUTH, low=0.7, high=0.3)
