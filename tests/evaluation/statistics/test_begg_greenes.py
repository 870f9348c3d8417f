"""Begg and Greenes' correction gives the published example, R's numbers with strata, and refuses bare cells."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special, stats

from einthoven.errors import StatisticsError
from einthoven.evaluation.statistics.begg_greenes import begg_greenes
from einthoven.evaluation.statistics.classification import sensitivity, specificity
from fakes.verified_patients import numbers_of_r, verified_patients

CALLED = np.repeat([1, 1, 1, 0, 0, 0], [231, 32, 166, 27, 54, 140]) == 1
TRUTH = np.repeat([1, 0, np.nan, 1, 0, np.nan], [231, 32, 166, 27, 54, 140])
Z = stats.norm.ppf(0.975)


def standard_error(estimate) -> float:
    """Return the error on the logit that an interval was made of."""
    return float((special.logit(estimate.high) - special.logit(estimate.low)) / (2 * Z))


@pytest.mark.parametrize(("among", "name"), [(1, "sensitivity"), (0, "specificity")])
def test_hepatic_scintigraphy_is_as_published(among, name):
    """650 patients, 344 verified: 0.84 and 0.74 instead of 0.90 and 0.63; the error is that of the closed form."""
    estimate = begg_greenes(CALLED, TRUTH, among=among)
    r = numbers_of_r("verification_bias")["hepatic"]
    assert estimate.value == pytest.approx(r[name], abs=1e-12)
    assert round(estimate.value, 2) == {1: 0.84, 0: 0.74}[among]
    # the closed form divides by patients, the sum of squares by patients - 1
    closed = r[f"error_of_logit_{name}"] * math.sqrt(650 / 649)
    assert standard_error(estimate) == pytest.approx(closed, rel=1e-10)


@pytest.mark.parametrize("kind", ["plain", "clustered", "sampled"])
@pytest.mark.parametrize(("among", "name"), [(1, "sensitivity"), (0, "specificity")])
def test_strata_patients_and_weights_are_those_of_r(kind, among, name):
    """Value by R's formulas, error by a jackknife in R."""
    data = verified_patients()
    options = {"clusters": None if kind == "plain" else data.patient}
    options["weights"] = data.sampling if kind == "sampled" else None
    estimate = begg_greenes(data.score >= 0.4, data.truth, strata=data.female, among=among, **options)
    r = numbers_of_r("verification_bias")["strata"][kind]
    assert estimate.value == pytest.approx(r["value"][name], rel=1e-9)
    error = standard_error(estimate) * estimate.value * (1 - estimate.value)
    assert error == pytest.approx(r["error"][name], rel=1e-6)


def test_where_all_are_verified_nothing_is_corrected():
    """The shares are those of the records, with and without strata."""
    data = verified_patients()
    truth = np.nan_to_num(data.truth)
    called = data.score >= 0.4
    for strata in (None, data.female):
        assert begg_greenes(called, truth, strata=strata).value == pytest.approx(sensitivity(called, truth).value)
        other = begg_greenes(called, truth, strata=strata, among=0).value
        assert other == pytest.approx(specificity(called, truth).value)


def test_order_of_records_and_clusters_of_one_change_nothing():
    """Neither value nor interval."""
    data = verified_patients()
    order = np.random.default_rng(1).permutation(data.score.size)
    called = data.score >= 0.4
    one = begg_greenes(called, data.truth, strata=data.female)
    other = begg_greenes(called[order], data.truth[order], strata=data.female[order], clusters=np.arange(order.size))
    assert (other.value, other.low, other.high) == pytest.approx((one.value, one.low, one.high), abs=1e-12)


def test_a_cell_in_which_nobody_is_verified_leaves_no_estimate():
    """It says how many records lie there."""
    truth = np.where(CALLED, TRUTH, np.nan)
    estimate = begg_greenes(CALLED, truth)
    assert math.isnan(estimate.value)
    assert estimate.reason == "nobody is verified in 1 of 2 cells of call and stratum (221 records)"


def test_no_verified_positive_is_a_reason_and_a_perfect_test_has_an_exact_bound():
    """None of 81 verified of 221 that weren't called was diseased: at most 4.5 % of them are."""
    assert begg_greenes(CALLED, np.where(np.isnan(TRUTH), np.nan, 0.0)).reason == "no verified positives"
    perfect = begg_greenes(CALLED, np.where(np.isnan(TRUTH), np.nan, CALLED))
    missed = 221 * stats.binomtest(0, 81).proportion_ci(0.95, "exact").high
    assert (perfect.value, perfect.high) == (1.0, 1.0)
    assert perfect.low == pytest.approx(429 / (429 + missed))
    nothing = begg_greenes(~CALLED, np.where(np.isnan(TRUTH), np.nan, CALLED))
    assert (nothing.value, nothing.low, nothing.high) == (0.0, 0.0, pytest.approx(1 - perfect.low))


def test_wrong_input_is_refused():
    """Other truths, other lengths."""
    with pytest.raises(StatisticsError, match="truth must be 0 or 1"):
        begg_greenes(CALLED, np.full(CALLED.size, 2.0))
    with pytest.raises(StatisticsError, match="one length"):
        begg_greenes(CALLED[1:], TRUTH)
    with pytest.raises(StatisticsError, match="strata"):
        begg_greenes(CALLED, TRUTH, strata=[1, 2])
