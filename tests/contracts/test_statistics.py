"""What holds for every statistic in the table ``STATISTICS``."""

from __future__ import annotations

import importlib
import math
import warnings
from pathlib import Path

import numpy as np
import pytest

import einthoven.evaluation.statistics as family
from einthoven.errors import EinthovenError, InvalidScoreError, OneClassError, StatisticsError
from einthoven.evaluation.statistics import STATISTICS
from einthoven.registry import resolve

# defined whatever the truth is, as they count calls
BURDEN = {"alerts_per_1000", "f1", "false_alerts_per_true", "number_needed_to_evaluate", "number_needed_to_screen"}
TWO_SIDED = {
    "balanced_accuracy",
    "matthews_correlation",
    "negative_likelihood_ratio",
    "positive_likelihood_ratio",
    "youden_index",
}
DECISIONS = {"sensitivity", "specificity", "ppv", "npv", "accuracy"} | BURDEN | TWO_SIDED
DEFINED_ON_ONE_CLASS = {"brier", "accuracy"} | BURDEN


@pytest.fixture(params=sorted(STATISTICS))
def statistic(request):
    """Return name and function of each member."""
    return request.param, resolve("statistics", request.param, STATISTICS)


def data(name, seed=0):
    """Return 120 scores (or decisions) with ties, their truth, and 50 patients."""
    rng = np.random.default_rng(seed)
    truth = (rng.random(120) < 0.3).astype(int)
    score = np.clip(np.round(rng.beta(2, 4, 120) + 0.25 * truth, 2), 0.01, 0.99)
    score = (score > 0.4).astype(float) if name in DECISIONS else score
    return score, truth, rng.integers(0, 50, 120)


def test_order_of_records_does_not_matter(statistic):
    """Neither with nor without repeated patients."""
    name, function = statistic
    score, truth, patient = data(name)
    order = np.random.default_rng(9).permutation(truth.size)
    for clusters, shuffled in ((None, None), (patient, patient[order])):
        one = function(score, truth, clusters=clusters)
        other = function(score[order], truth[order], clusters=shuffled)
        assert (other.value, other.low, other.high) == pytest.approx((one.value, one.low, one.high), abs=1e-12)


def test_interval_contains_its_estimate(statistic):
    """On 20 small samples, at two levels, and the wider level is the wider interval."""
    name, function = statistic
    for seed in range(20):
        score, truth, patient = (values[:25] for values in data(name, seed))
        narrow, wide = (function(score, truth, clusters=patient, level=level) for level in (0.5, 0.95))
        if narrow.reason is None:
            assert wide.low <= narrow.low <= narrow.value <= narrow.high <= wide.high


def test_counts_are_told(statistic):
    """Observations, and patients no more than observations."""
    name, function = statistic
    score, truth, patient = data(name)
    estimate = function(score, truth, clusters=patient)
    assert 0 < estimate.clusters <= estimate.n <= 120
    assert estimate.method


@pytest.mark.parametrize("value", [0, 1])
def test_one_class_is_refused_or_undefined_with_a_reason(statistic, value):
    """Never a number that means nothing."""
    name, function = statistic
    score, truth, _ = data(name)
    try:
        estimate = function(score, np.full_like(truth, value))
    except OneClassError:
        return
    one_class_is_fine = name in DEFINED_ON_ONE_CLASS or name in {"ppv", "npv"}
    defined = one_class_is_fine or (name == "sensitivity" and value == 1) or (name == "specificity" and value == 0)
    assert defined or (math.isnan(estimate.value) and estimate.reason)


def test_nan_is_refused(statistic):
    """A missing score is an error, not a number."""
    name, function = statistic
    score, truth, _ = data(name)
    score[3] = np.nan
    with pytest.raises(InvalidScoreError):
        function(score, truth)


def test_patients_with_one_record_each_are_no_clusters(statistic):
    """Named or not, nothing changes but the numbers that a bootstrap draws."""
    name, function = statistic
    score, truth, _ = data(name)
    one, other = (function(score, truth, clusters=c) for c in (None, np.arange(truth.size)))
    assert other.value == pytest.approx(one.value, abs=1e-12)
    drawn = "bootstrap" in one.method
    assert (other.low, other.high) == pytest.approx((one.low, one.high), abs=0.02 if drawn else 1e-12)
    assert other.method == one.method


EDGES = {
    "perfect separation": (np.arange(40) / 40, np.arange(40) >= 25),
    "perfect separation, turned round": (np.arange(40) / 40, np.arange(40) < 25),
    "all tied": (np.full(40, 0.5), np.arange(40) % 3 == 0),
    "one event": (np.arange(40) / 40, np.arange(40) == 31),
    "one non-event": (np.arange(40) / 40, np.arange(40) != 31),
    "two records": (np.array([0.2, 0.7]), np.array([False, True])),
    "certain and right": (np.tile([0.0, 1.0], 20), np.tile([0, 1], 20)),
    "certain and wrong": (np.tile([1.0, 0.0], 20), np.tile([0, 1], 20)),
}


@pytest.mark.parametrize("edge", sorted(EDGES))
@pytest.mark.parametrize("repeated", [False, True])
def test_at_the_edge_there_is_a_number_in_its_interval_or_a_reason(statistic, edge, repeated):
    """No NaN without a reason, no crash, no warning."""
    name, function = statistic
    score, truth = EDGES[edge]
    score = (score > 0.45).astype(float) if name in DECISIONS else score
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            estimate = function(score, truth, clusters=np.arange(truth.size) // 2 if repeated else None)
        except EinthovenError:
            return
    if math.isnan(estimate.value):
        assert estimate.reason
    else:
        assert estimate.low <= estimate.value <= estimate.high


def whole_weights(truth):
    """Return weights of 1, 2 and 3 that follow neither the order nor the truth."""
    return np.random.default_rng(7).integers(1, 4, truth.size)


def test_whole_weights_are_repeated_records(statistic):
    """A record of weight 3 counts as much as three records, with and without repeated patients."""
    name, function = statistic
    score, truth, patient = data(name)
    weight = whole_weights(truth)
    rows = np.repeat(np.arange(truth.size), weight)
    for clusters, named in ((None, rows), (patient, patient[rows])):
        repeated = function(score[rows], truth[rows], clusters=named)
        weighted = function(score, truth, clusters=clusters, weights=weight)
        assert weighted.value == pytest.approx(repeated.value, rel=1e-9)
        assert weighted.low <= weighted.value <= weighted.high
    assert weighted.value != function(score, truth).value


def test_weights_that_are_all_equal_change_nothing(statistic):
    """Nor does their size."""
    name, function = statistic
    score, truth, patient = data(name)
    for clusters in (None, patient):
        one = function(score, truth, clusters=clusters)
        other = function(score, truth, clusters=clusters, weights=np.full(truth.size, 2.5))
        assert (other.value, other.low, other.high) == pytest.approx((one.value, one.low, one.high), abs=1e-12)


def test_the_size_of_weights_does_not_matter(statistic):
    """Only their ratios do: weights are no count of records."""
    name, function = statistic
    score, truth, patient = data(name)
    weight = whole_weights(truth)
    one, other = (function(score, truth, clusters=patient, weights=w) for w in (weight, weight * 0.01))
    assert (other.value, other.low, other.high) == pytest.approx((one.value, one.low, one.high), abs=1e-9)


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_a_weight_that_is_not_positive_is_refused(statistic, value):
    """By its position."""
    name, function = statistic
    score, truth, _ = data(name)
    weight = np.ones(truth.size)
    weight[5] = value
    with pytest.raises(StatisticsError, match=r"weights must be finite and positive, got .* at position 5"):
        function(score, truth, weights=weight)


def test_docstring_has_formula_reference_and_example(statistic):
    """Each has an example, and its page or file cites a source by DOI."""
    _, function = statistic
    text = function.__doc__ + (importlib.import_module(function.__module__).__doc__ or "")
    assert ">>>" in function.__doc__
    assert "doi:" in text


def test_every_file_is_tested():
    """A file of statistics without a test file of the same name is an omission."""
    sources = {path.stem for path in Path(family.__file__).parent.glob("*.py")} - {"__init__"}
    tests = {
        path.stem.removeprefix("test_") for path in (Path(__file__).parent.parent / "evaluation/statistics").glob("*")
    }
    assert sources <= tests
