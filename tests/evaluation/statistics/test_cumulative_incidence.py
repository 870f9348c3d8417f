from __future__ import annotations

import numpy as np
import pytest

from einthoven.evaluation.statistics.cumulative_incidence import (
    cumulative_incidence,
    cumulative_incidence_at,
    incidence_influence,
)
from einthoven.evaluation.statistics.kaplan_meier import survival_at
from einthoven.evaluation.statistics.survival_times import risk_table, survival_times
from fakes.survival_reference import survival_reference

REFERENCE = survival_reference()


def test_incidence_and_error_equal_those_of_r():
    """Values of cmprsk's ``cuminc`` and of survival's multi-state ``survfit``, errors of the latter."""
    expected = REFERENCE.numbers["incidence"]
    data = survival_times(REFERENCE.time, REFERENCE.cause)
    for place, horizon in enumerate(REFERENCE.numbers["horizons"]):
        value, influence = incidence_influence(data, risk_table(data), horizon=horizon)
        assert value == pytest.approx(expected["plain"]["value"][place], abs=1e-12)
        assert value == pytest.approx(expected["cuminc"][place], abs=1e-12)
        assert np.sqrt(influence @ influence) == pytest.approx(expected["plain"]["se"][place], abs=1e-12)


def test_error_by_patient_is_that_of_leaving_patients_out():
    """The jackknife over patients agrees to first order."""
    found = cumulative_incidence_at(REFERENCE.time, REFERENCE.cause, horizon=365, clusters=REFERENCE.patient)
    left = [
        cumulative_incidence_at(REFERENCE.time[kept], REFERENCE.cause[kept], horizon=365).value
        for kept in (patient != REFERENCE.patient for patient in np.unique(REFERENCE.patient))
    ]
    error = np.sqrt(np.sum((np.array(left) - np.mean(left)) ** 2))
    scale = (1 - found.value) * -np.log(1 - found.value)
    width = np.log(-np.log(1 - found.high)) - np.log(-np.log(1 - found.low))
    assert width / 2 / 1.96 * scale == pytest.approx(error, rel=0.02)


def test_without_competing_events_it_is_one_minus_survival():
    """With the same interval."""
    one = cumulative_incidence_at(REFERENCE.time, REFERENCE.event, horizon=365, clusters=REFERENCE.patient)
    other = survival_at(REFERENCE.time, REFERENCE.event, horizon=365, clusters=REFERENCE.patient)
    assert (one.value, one.low, one.high) == pytest.approx((1 - other.value, 1 - other.high, 1 - other.low))


def test_competing_events_lower_the_incidence():
    """Below that of censoring them."""
    censored = cumulative_incidence_at(REFERENCE.time, REFERENCE.event, horizon=730).value
    assert cumulative_incidence_at(REFERENCE.time, REFERENCE.cause, horizon=730).value < censored - 0.05


def test_causes_add_up_with_survival_to_one():
    """At the end of a curve, whichever cause comes first."""
    swapped = np.array([0, 2, 1])[REFERENCE.cause.astype(int)]
    ends = [cumulative_incidence(REFERENCE.time, c).y[-1] for c in (REFERENCE.cause, swapped)]
    free = survival_at(REFERENCE.time, REFERENCE.cause > 0, horizon=REFERENCE.time.max()).value
    assert sum(ends) + free == pytest.approx(1, abs=1e-12)


def test_order_of_records_does_not_matter():
    """Nor do clusters of one."""
    order = np.random.default_rng(0).permutation(240)
    one = cumulative_incidence(REFERENCE.time, REFERENCE.cause)
    other = cumulative_incidence(REFERENCE.time[order], REFERENCE.cause[order], clusters=np.arange(240))
    np.testing.assert_allclose(other.high, one.high, atol=1e-13)
    np.testing.assert_allclose(other.y, one.y, atol=1e-13)


def test_incidence_before_the_first_event_is_zero_with_a_width():
    """Also where only competing events were seen."""
    for cause in ([2, 0, 0, 1], [0, 0, 0, 1]):
        found = cumulative_incidence_at([5, 6, 50, 60], cause, horizon=20)
        assert (found.value, found.low) == (0.0, 0.0)
        assert found.high == pytest.approx(1 - 0.025**0.5)
