from __future__ import annotations

import numpy as np
import pytest

from einthoven.evaluation.statistics.proportion import proportion
from einthoven.evaluation.statistics.specificity_at_sensitivity import (
    sensitivity_at_specificity,
    specificity_at_sensitivity,
)
from fakes.compared_scores import compared_scores


def test_value_and_interval_are_those_of_r():
    """The value exactly, the stratified bootstrap's limits within two of 152 negatives."""
    data = compared_scores()
    expected = data.expected["specificity_at_sensitivity"]
    estimate = specificity_at_sensitivity(data.a, data.truth, sensitivity=0.9, resamples=2000)
    assert estimate.value == pytest.approx(expected["a"], rel=1e-12)
    assert (estimate.low, estimate.high) == pytest.approx((expected["a_low"], expected["a_high"]), abs=2 / 152)
    assert specificity_at_sensitivity(data.b, data.truth, resamples=10).value == pytest.approx(expected["b"])


def test_the_reverse_is_the_same_with_classes_exchanged():
    """Sensitivity at a specificity is specificity at a sensitivity of the negated score."""
    data = compared_scores()
    one = sensitivity_at_specificity(data.a, data.truth, specificity=0.8, resamples=200)
    other = specificity_at_sensitivity(-data.a, 1 - data.truth, sensitivity=0.8, resamples=200)
    assert one.value == other.value
    assert one.low == pytest.approx(other.low, abs=0.02)
    assert (one.events, other.events) == (88, 152)
    cut_off = min(c for c in np.unique(data.a) if np.mean(data.a[data.truth == 0] < c) >= 0.8)
    assert one.value == pytest.approx(np.mean(data.a[data.truth == 1] >= cut_off))


def test_perfect_separation_keeps_a_width():
    """Resamples don't differ there; the exact binomial interval does."""
    estimate = specificity_at_sensitivity(np.arange(40), np.arange(40) >= 20, resamples=50)
    exact = proportion(np.ones(20, dtype=bool))
    assert (estimate.value, estimate.low, estimate.high) == (1.0, exact.low, 1.0)
    assert "widened" in estimate.method


def test_scores_all_tied_have_a_specificity_of_zero():
    """Whoever reaches the sensitivity calls everyone."""
    estimate = specificity_at_sensitivity([0.5] * 10, [0, 1] * 5, resamples=20)
    assert estimate.value == estimate.low == 0.0
    assert estimate.high > 0.3


def test_one_event_is_enough_for_a_value():
    """Its own score is the cut-off."""
    assert specificity_at_sensitivity([0.1, 0.4, 0.3, 0.9], [0, 1, 0, 0], resamples=20).value == pytest.approx(2 / 3)


def test_repeated_patients_widen_the_interval():
    """Copies of a patient's records add nothing."""
    data = compared_scores()
    rows = np.repeat(np.arange(240), 3)
    once = specificity_at_sensitivity(data.a, data.truth, clusters=np.arange(240), resamples=400)
    often = specificity_at_sensitivity(data.a[rows], data.truth[rows], clusters=rows, resamples=400)
    assert often.value == once.value
    assert (often.low, often.high) == pytest.approx((once.low, once.high), abs=0.02)


def test_weights_count_records_as_often():
    """The value is that of repeated records."""
    data = compared_scores()
    times = np.random.default_rng(0).integers(1, 4, 240)
    rows = np.repeat(np.arange(240), times)
    weighted = specificity_at_sensitivity(data.a, data.truth, weights=times, clusters=data.patient, resamples=100)
    repeated = specificity_at_sensitivity(data.a[rows], data.truth[rows], clusters=data.patient[rows], resamples=100)
    assert weighted.value == pytest.approx(repeated.value)
    assert (weighted.low, weighted.high) == pytest.approx((repeated.low, repeated.high), abs=0.02)
