from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import SpecificationError
from einthoven.evaluation.statistics.proportion import proportion
from einthoven.evaluation.statistics.specificity_at_sensitivity import (
    sensitivity_at_specificity,
    specificity_at_sensitivity,
)
from fakes.compared_scores import compared_scores


def test_value_is_that_of_r_and_the_interval_holds_that_of_its_bootstrap():
    """The value exactly; the percentile interval of R's boot, which is too short, lies inside within a negative."""
    data = compared_scores()
    expected = data.expected["specificity_at_sensitivity"]
    estimate = specificity_at_sensitivity(data.a, data.truth, sensitivity=0.9)
    assert estimate.value == pytest.approx(expected["a"], rel=1e-12)
    assert 0.6 < estimate.low < expected["a_low"] + 1 / 152
    assert expected["a_high"] - 1 / 152 < estimate.high < 0.95
    assert specificity_at_sensitivity(data.b, data.truth).value == pytest.approx(expected["b"])


def test_the_interval_joins_that_of_the_cut_off_and_that_of_the_share():
    """By the root of the sum of squares, from the binomial limits by hand."""
    data = compared_scores()
    positive, negative = (np.sort(data.a[data.truth == value]) for value in (1, 0))
    fitting = [
        cut_off
        for cut_off in np.unique(positive)
        if proportion(positive >= cut_off, method="wilson").low <= 0.9
        and proportion(positive >= cut_off, method="wilson").high >= 0.9
    ]
    below = positive[positive < min(fitting)].max()
    estimate = specificity_at_sensitivity(data.a, data.truth)
    known = proportion(negative < np.quantile(positive, 0.1, method="inverted_cdf"), method="wilson")
    least, most = np.mean(negative <= below), np.mean(negative < max(fitting))
    value = estimate.value
    assert estimate.low == pytest.approx(value - np.hypot(value - least, value - known.low))
    assert estimate.high == pytest.approx(value + np.hypot(most - value, known.high - value))


def test_the_reverse_is_the_same_with_classes_exchanged():
    """Sensitivity at a specificity is specificity at a sensitivity of the negated score."""
    data = compared_scores()
    one = sensitivity_at_specificity(data.a, data.truth, specificity=0.8)
    other = specificity_at_sensitivity(-data.a, 1 - data.truth, sensitivity=0.8)
    assert (one.value, one.low, one.high) == (other.value, other.low, other.high)
    assert (one.events, other.events) == (88, 152)
    cut_off = min(c for c in np.unique(data.a) if np.mean(data.a[data.truth == 0] < c) >= 0.8)
    assert one.value == pytest.approx(np.mean(data.a[data.truth == 1] >= cut_off))


def test_perfect_separation_keeps_a_width():
    """With 20 positives the cut-off may lie below all of them; with 60 it may not."""
    few, many = (specificity_at_sensitivity(np.arange(2 * n), np.arange(2 * n) >= n) for n in (20, 60))
    assert (few.value, few.low, few.high) == (1.0, 0.0, 1.0)
    assert (many.value, many.high) == (1.0, 1.0)
    assert many.low == pytest.approx(proportion(np.ones(60, dtype=bool), method="wilson").low)


def test_scores_all_tied_have_a_specificity_of_zero():
    """Whoever reaches the sensitivity calls everyone."""
    estimate = specificity_at_sensitivity([0.5] * 10, [0, 1] * 5)
    assert estimate.value == estimate.low == 0.0
    assert estimate.high > 0.3


def test_positives_that_are_all_tied_leave_the_cut_off_in_no_doubt():
    """The interval is that of the share alone."""
    score = np.concatenate([np.full(100, 0.5), np.full(50, 0.1), np.full(50, 0.5)])
    estimate = specificity_at_sensitivity(score, np.arange(200) < 100)
    known = proportion(np.arange(100) < 50, method="wilson")
    assert (estimate.value, estimate.low, estimate.high) == pytest.approx((0.5, known.low, known.high))


def test_one_event_is_enough_for_a_value():
    """Its own score is the cut-off."""
    assert specificity_at_sensitivity([0.1, 0.4, 0.3, 0.9], [0, 1, 0, 0]).value == pytest.approx(2 / 3)


def test_repeated_patients_widen_the_interval():
    """Copies of a patient's records add little or nothing."""
    data = compared_scores()
    rows = np.repeat(np.arange(240), 4)
    once = specificity_at_sensitivity(data.a, data.truth)
    often = specificity_at_sensitivity(data.a[rows], data.truth[rows], clusters=rows)
    careless = specificity_at_sensitivity(data.a[rows], data.truth[rows])
    assert often.value == once.value
    assert often.high - often.low == pytest.approx(once.high - once.low, rel=0.05)
    assert careless.high - careless.low < 0.6 * (once.high - once.low)


def test_weights_count_records_as_often():
    """The value and the interval are those of a patient's repeated records."""
    data = compared_scores()
    times = np.random.default_rng(0).integers(1, 4, 240)
    rows = np.repeat(np.arange(240), times)
    weighted = specificity_at_sensitivity(data.a, data.truth, weights=times, clusters=data.patient)
    repeated = specificity_at_sensitivity(data.a[rows], data.truth[rows], clusters=data.patient[rows])
    assert weighted.value == pytest.approx(repeated.value)
    assert (weighted.low, weighted.high) == pytest.approx((repeated.low, repeated.high), abs=0.03)


@pytest.mark.parametrize("target", [0, 1, 1.1])
def test_targets_out_of_range_are_refused(target):
    """A sensitivity of 1 has no cut-off that more patients would confirm."""
    with pytest.raises(SpecificationError, match="sensitivity must lie between 0 and 1"):
        specificity_at_sensitivity([0.1, 0.2], [0, 1], sensitivity=target)
