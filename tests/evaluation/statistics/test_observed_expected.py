from __future__ import annotations

import math

import numpy as np
import pytest

from einthoven.errors import InvalidScoreError
from einthoven.evaluation.statistics.kaplan_meier import survival_at
from einthoven.evaluation.statistics.observed_expected import observed_expected
from fakes.survival_reference import survival_reference

R = survival_reference()
RISK = 1 / (1 + np.exp(-R.score))


def test_value_is_incidence_over_mean_risk():
    """Kaplan-Meier's incidence where nothing competes."""
    expected = (1 - survival_at(R.time, R.event, horizon=365).value) / RISK.mean()
    assert observed_expected(RISK, R.time, R.event, horizon=365).value == pytest.approx(expected, abs=1e-14)


def test_error_is_that_of_leaving_patients_out():
    """On the log scale."""
    found = observed_expected(RISK, R.time, R.cause, horizon=365, clusters=R.patient)
    left = [
        math.log(observed_expected(RISK[k], R.time[k], R.cause[k], horizon=365).value)
        for k in (R.patient != p for p in np.unique(R.patient))
    ]
    error = np.sqrt(np.sum((np.array(left) - np.mean(left)) ** 2))
    assert math.log(found.high / found.value) / 1.96 == pytest.approx(error, rel=0.02)


def test_without_events_or_follow_up_it_is_undefined():
    """With the reason."""
    assert "nobody has the event" in observed_expected(RISK, R.time, R.event, horizon=1).reason
    assert "single patient" in observed_expected(RISK[:2], [5, 9], [1, 0], horizon=6, clusters=[1, 1]).reason
    assert "followed up" in observed_expected(RISK[:2], [5, 9], [1, 0], horizon=365).reason


def test_a_risk_outside_its_range_is_refused():
    """Named with its position."""
    with pytest.raises(InvalidScoreError, match=r"got 1\.5 at position 1"):
        observed_expected([0.5, 1.5], [5, 9], [1, 0], horizon=6)
