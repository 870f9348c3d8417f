from __future__ import annotations

import math

import numpy as np
import pytest

from einthoven.evaluation.statistics.cox_hazard_ratio import cox_hazard_ratio, cox_hazard_ratios_of_groups
from fakes.survival_reference import survival_reference

R = survival_reference()


@pytest.mark.parametrize(("kind", "clusters"), [("score", None), ("clustered", R.patient)])
def test_ratio_per_standard_deviation_is_that_of_r(kind, clusters):
    """``exp(beta * sd)`` with Wald's interval."""
    beta, error = (R.numbers["cox"][kind][name] * R.score.std(ddof=1) for name in ("beta", "se"))
    found = cox_hazard_ratio(R.score, R.time, R.event, clusters=clusters).ratios[0]
    limits = [math.exp(beta + by * error) for by in (-1.959963984540054, 0, 1.959963984540054)]
    assert [found.low, found.value, found.high] == pytest.approx(limits, rel=1e-8)
    assert ("robust" in found.method) is (clusters is not None)


def test_ratios_of_groups_are_those_of_r():
    """Against the first."""
    expected = np.exp(R.numbers["cox"]["group"]["beta"])
    found = cox_hazard_ratios_of_groups(R.group, R.time, R.event, groups=3)
    assert [one.value for one in found.ratios] == pytest.approx(expected, rel=1e-8)
    assert found.proportional_hazards_p == pytest.approx(R.numbers["cox"]["group"]["zph"][-1], abs=1e-8)


def test_a_group_without_events_or_records_leaves_the_others():
    """Its own ratio says why there is none."""
    event = np.where(R.group == 1, 0, R.event)
    found = cox_hazard_ratios_of_groups(R.group, R.time, event, groups=4)
    assert found.ratios[0].reason == "group 1 has no event"
    assert found.ratios[2].reason == "group 3 has no event"
    kept = R.group != 1
    alone = cox_hazard_ratios_of_groups(R.group[kept] // 2, R.time[kept], R.event[kept], groups=2)
    assert found.ratios[1].value == pytest.approx(alone.ratios[0].value, rel=1e-10)


def test_without_events_in_the_first_group_nothing_can_be_compared():
    """Said of each."""
    found = cox_hazard_ratios_of_groups(R.group, R.time, np.where(R.group == 0, 0, R.event), groups=3)
    assert {one.reason for one in found.ratios} == {"the first group has no event to compare with"}
    assert math.isnan(found.proportional_hazards_p)


def test_scores_without_a_hazard_ratio_are_undefined_with_the_reason():
    """One score for all, no event, and events in the very order of the scores."""
    time = np.arange(1.0, 21)
    for score, event, told in (
        (np.ones(20), np.ones(20), "the same in all records"),
        (time, np.zeros(20), "no event"),
        (-time, np.ones(20), "no maximum"),
    ):
        found = cox_hazard_ratio(score, time, event)
        assert told in found.ratios[0].reason
        assert math.isnan(found.ratios[0].value)


def test_weights_are_records_repeated():
    """In the ratio; ties of copies are Efron's, so only times without ties are equal to first order."""
    found = cox_hazard_ratio(R.score, R.time, R.event, weights=np.full(240, 2.0)).ratios[0]
    assert found == cox_hazard_ratio(R.score, R.time, R.event).ratios[0]
