from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from einthoven.errors import SpecificationError
from einthoven.evaluation.statistics.permutation_test import permutation_test
from fakes.compared_scores import compared_scores


def auroc(score, truth):
    """Return the area by all pairs."""
    above = score[truth == 1][:, None] - score[truth == 0]
    return float(((above > 0) + (above == 0) / 2).mean())


def by_hand(a, b, truth, patient):
    """Return the share of all exchanges of patients' ranks with a difference at least as large."""
    a, b = stats.rankdata(a), stats.rankdata(b)
    found = []
    for choice in itertools.product([False, True], repeat=int(patient.max()) + 1):
        swap = np.array(choice)[patient]
        found.append(auroc(np.where(swap, b, a), truth) - auroc(np.where(swap, a, b), truth))
    return np.mean(np.abs(found) >= abs(auroc(a, truth) - auroc(b, truth)) - 1e-12)


@pytest.mark.parametrize("records_each", [1, 2])
def test_few_patients_take_all_exchanges(records_each):
    """All exchanges by hand, with one record per patient and with two."""
    rng = np.random.default_rng(records_each)
    patient = np.repeat(np.arange(9), records_each)
    truth = (np.arange(patient.size) % 3 == 0).astype(int)
    a, b = (np.round(strength * truth + rng.normal(size=truth.size), 1) for strength in (1.5, 0.2))
    result = permutation_test(a, b, truth, clusters=patient)
    assert result.p_value == pytest.approx(by_hand(a, b, truth, patient))
    assert "all" in result.method


def test_equal_rankings_have_a_p_value_of_one():
    """Exactly, whatever the scale."""
    data = compared_scores()
    result = permutation_test(data.a, np.exp(data.a), data.truth, resamples=50)
    assert (result.p_value, result.statistic, result.difference.value) == (1.0, 0.0, 0.0)


def test_p_is_near_delongs_in_large_samples():
    """Two tests of one question."""
    rng = np.random.default_rng(3)
    truth = np.arange(800) % 4 == 0
    a, b = (strength * truth + rng.normal(size=800) for strength in (0.8, 0.6))
    result = permutation_test(a, b, truth, resamples=2000)
    z = result.difference.value / ((result.difference.high - result.difference.low) / 3.92)
    assert result.p_value == pytest.approx(2 * stats.norm.sf(abs(z)), abs=0.03)


@pytest.mark.parametrize("clustered", [False, True])
def test_order_of_records_does_not_matter_and_the_seed_does(clustered):
    """The same exchanges whatever the order of rows."""
    data = compared_scores()
    order = np.random.default_rng(5).permutation(240)
    clusters = data.patient if clustered else None
    shuffled = data.patient[order] if clustered else None
    b = np.roll(data.a, 1)
    one = permutation_test(data.a, b, data.truth, clusters=clusters, resamples=200)
    other = permutation_test(data.a[order], b[order], data.truth[order], clusters=shuffled, resamples=200)
    assert (one.p_value, one.statistic) == pytest.approx((other.p_value, other.statistic), rel=1e-12)
    again = permutation_test(data.a, b, data.truth, clusters=clusters, resamples=200, seed=1)
    assert again.statistic != one.statistic


def test_weights_count_records_as_often():
    """As if the patient's records were there so often."""
    data = compared_scores()
    times = np.random.default_rng(0).integers(1, 4, 240)
    rows = np.repeat(np.arange(240), times)
    weighted = permutation_test(data.a, data.b, data.truth, clusters=data.patient, weights=times, resamples=100)
    repeated = permutation_test(
        data.a[rows], data.b[rows], data.truth[rows], clusters=data.patient[rows], resamples=100
    )
    assert (weighted.p_value, weighted.statistic) == pytest.approx((repeated.p_value, repeated.statistic))


def test_a_perfect_score_against_a_reversed_one_has_a_p_value():
    """Where DeLong's variance is 0."""
    truth = np.repeat([0, 1], 6)
    result = permutation_test(np.arange(12), -np.arange(12), truth, resamples=5000)
    assert result.p_value < 0.01
    assert (result.difference.value, result.difference.low, result.difference.reason) == (1.0, -1.0, None)
    assert "no interval" in result.method


def test_no_exchange_is_refused():
    """At least one."""
    with pytest.raises(SpecificationError, match="at least 1 exchange"):
        permutation_test([1, 2], [2, 1], [0, 1], resamples=0)
