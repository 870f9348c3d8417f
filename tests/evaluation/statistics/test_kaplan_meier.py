from __future__ import annotations

import math

import numpy as np
import pytest

from einthoven.errors import StatisticsError
from einthoven.evaluation.statistics.kaplan_meier import kaplan_meier, survival_at
from fakes.survival_reference import survival_reference

REFERENCE = survival_reference()


@pytest.mark.parametrize("kind", ["plain", "clustered", "weighted"])
def test_survival_and_interval_equal_those_of_r(kind):
    """``survfit(conf.type = "log-log")``: Greenwood, and robust by patient or with weights."""
    expected = REFERENCE.numbers["kaplan_meier"][kind]
    for place, horizon in enumerate(REFERENCE.numbers["horizons"]):
        found = survival_at(REFERENCE.time, REFERENCE.event, horizon=horizon, **REFERENCE.options(kind))
        assert (found.value, found.low, found.high) == pytest.approx(
            [expected[name][place] for name in ("value", "low", "high")], abs=1e-12
        )


def test_curve_holds_the_estimates_at_its_times():
    """It starts at 1 and has each time of an event and the end of the follow-up."""
    curve = kaplan_meier(REFERENCE.time, REFERENCE.event, clusters=REFERENCE.patient)
    assert (curve.x[0], curve.y[0]) == (0, 1)
    events = np.unique(REFERENCE.time[REFERENCE.event == 1])
    assert set(curve.x) == {0, *events, REFERENCE.time.max()}
    for place in (3, 10):
        one = survival_at(REFERENCE.time, REFERENCE.event, horizon=curve.x[place], clusters=REFERENCE.patient)
        assert (curve.y[place], curve.low[place], curve.high[place]) == (one.value, one.low, one.high)


def test_long_curves_are_thinned():
    """200 of 5,000 times, the last included."""
    time = np.random.default_rng(0).exponential(100, 5000)
    curve = kaplan_meier(time, np.ones(5000))
    assert curve.x.size == 201
    assert curve.x[-1] == time.max()


def test_without_events_the_interval_is_the_exact_one_of_those_at_risk():
    """All censored later than the horizon, and clusters of several records count once."""
    found = survival_at([400.0] * 30, [0] * 30, horizon=365)
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(0.025 ** (1 / 30), abs=1e-12)
    assert survival_at([400.0] * 30, [0] * 30, horizon=365, clusters=np.arange(30) // 3).low == pytest.approx(
        0.025**0.1
    )


def test_where_all_had_the_event_nothing_is_left():
    """Survival 0 with a width, at any later horizon."""
    found = survival_at([1, 2, 3, 4], [1, 1, 1, 1], horizon=10)
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(1 - 0.025)


def test_beyond_the_follow_up_nothing_is_said():
    """The reason names the end of the follow-up."""
    found = survival_at([10, 20], [1, 0], horizon=365)
    assert math.isnan(found.value)
    assert found.reason == "nobody is followed up to 365 days; the last record ends at 20 days"


def test_weights_are_records_repeated():
    """In value; and weights that are all equal are none."""
    times = np.random.default_rng(1).integers(1, 4, REFERENCE.time.size)
    one = survival_at(REFERENCE.time, REFERENCE.event, horizon=365, weights=times)
    copied = survival_at(np.repeat(REFERENCE.time, times), np.repeat(REFERENCE.event, times), horizon=365)
    assert one.value == pytest.approx(copied.value, abs=1e-14)
    assert survival_at(REFERENCE.time, REFERENCE.event, horizon=365, weights=np.full(240, 3.0)) == survival_at(
        REFERENCE.time, REFERENCE.event, horizon=365
    )


def test_a_single_patient_has_no_interval():
    """From 0 to 1, and it is said."""
    found = survival_at([3, 5, 8], [1, 0, 1], horizon=6, clusters=["a"] * 3)
    assert (found.low, found.high) == (0.0, 1.0)
    assert "single patient" in found.method


def test_competing_events_are_refused():
    """They are no censoring."""
    with pytest.raises(StatisticsError, match="got 2 at position 1"):
        survival_at([10, 20], [1, 2], horizon=15)
