"""A metric of some records minus that of all is R's, with an error that knows that the records are shared."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from einthoven.errors import EinthovenError, OneClassError, StatisticsError, UnknownNameError
from einthoven.evaluation.statistics.auroc import auroc
from einthoven.evaluation.statistics.brier import brier
from einthoven.evaluation.statistics.calibration_slope import calibration_slope
from einthoven.evaluation.statistics.classification import sensitivity, specificity
from einthoven.evaluation.statistics.subset_difference import METRICS, subset_difference
from fakes.verified_patients import numbers_of_r, verified_patients

DECISIONS = {"sensitivity": sensitivity, "specificity": specificity}
PLAIN = {"auroc": auroc, "brier": brier, "calibration_slope": calibration_slope} | DECISIONS


def verified():
    """Return the verified records; scores within 0.01 and 0.99."""
    data = verified_patients()
    kept = ~np.isnan(data.truth)
    for name, values in vars(data).items():
        setattr(data, name, values[kept])
    data.score = np.clip(data.score, 0.01, 0.99)
    return data


def scores_for(metric, data):
    """Return calls where the metric is one of calls."""
    return (data.score >= 0.4).astype(float) if metric in DECISIONS else data.score


@pytest.mark.parametrize("kind", ["plain", "clustered", "sampled"])
@pytest.mark.parametrize("metric", list(METRICS))
def test_difference_and_error_are_those_of_r(metric, kind):
    """A jackknife in R that knows nothing of influence functions."""
    data = verified()
    options = {"clusters": None if kind == "plain" else data.patient}
    options["weights"] = data.sampling if kind == "sampled" else None
    result = subset_difference(metric, scores_for(metric, data), data.truth, data.age <= 62, **options)
    r = numbers_of_r("subset_difference")[kind][metric]
    assert result.difference.value == pytest.approx(r["value"], abs=1e-9)
    error = (result.difference.high - result.difference.low) / 2 / stats.norm.ppf(0.975)
    assert error == pytest.approx(r["error"], rel=1e-5)
    assert result.statistic == pytest.approx(r["value"] / r["error"], rel=1e-5)
    assert result.p_value == pytest.approx(2 * stats.norm.sf(abs(result.statistic)))


@pytest.mark.parametrize("metric", list(METRICS))
def test_difference_is_that_of_the_metrics_themselves(metric):
    """The numbers in the table and their difference agree."""
    data = verified()
    score, kept = scores_for(metric, data), data.age <= 62
    function = PLAIN[metric]
    expected = function(score[kept], data.truth[kept]).value - function(score, data.truth).value
    assert subset_difference(metric, score, data.truth, kept).difference.value == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("metric", list(METRICS))
def test_keeping_all_changes_nothing(metric):
    """Difference 0, p = 1."""
    data = verified()
    result = subset_difference(metric, scores_for(metric, data), data.truth, np.ones(data.age.size, dtype=bool))
    assert (result.difference.value, result.difference.low, result.p_value) == (0.0, 0.0, 1.0)


def test_order_of_records_and_clusters_of_one_change_nothing():
    """Of any metric."""
    data = verified()
    order = np.random.default_rng(4).permutation(data.age.size)
    for metric in METRICS:
        score, kept = scores_for(metric, data), data.age <= 62
        one = subset_difference(metric, score, data.truth, kept)
        other = subset_difference(metric, score[order], data.truth[order], kept[order], clusters=np.arange(order.size))
        assert other.p_value == pytest.approx(one.p_value)


def test_intervals_cover_a_difference_of_nothing():
    """Random subsets of 600 records: 95 % of 400 intervals hold 0."""
    rng = np.random.default_rng(11)
    inside = 0
    for _ in range(400):
        truth = rng.random(600) < 0.25
        score = truth + rng.normal(size=600)
        inside += subset_difference("auroc", score, truth, rng.random(600) < 0.4).p_value > 0.05
    # 3 standard errors around 380
    assert 367 <= inside <= 393


def test_no_spread_is_no_p_value():
    """A perfect score differs from itself by nothing, and nothing is known of the width."""
    result = subset_difference("auroc", [0, 0, 1, 1], [0, 0, 1, 1], [True, True, True, False])
    assert result.difference.value == 0.0
    assert math.isnan(result.p_value)
    assert result.difference.reason


@pytest.mark.parametrize("metric", list(METRICS))
def test_a_subset_without_what_it_takes_is_refused(metric):
    """One class, or no record at all."""
    data = verified()
    score = scores_for(metric, data)
    with pytest.raises(EinthovenError):
        subset_difference(metric, score, data.truth, np.zeros(score.size, dtype=bool))
    if metric == "auroc":
        with pytest.raises(OneClassError):
            subset_difference(metric, score, data.truth, data.truth == 1)


def test_wrong_input_is_refused():
    """An unknown metric, a mask of other records."""
    with pytest.raises(UnknownNameError, match="did you mean 'auroc'"):
        subset_difference("aurok", [0.1, 0.2], [0, 1], [True, True])
    with pytest.raises(StatisticsError, match="kept"):
        subset_difference("auroc", [0.1, 0.2], [0, 1], [True])
