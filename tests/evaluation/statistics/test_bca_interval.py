from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from einthoven.evaluation.statistics import bca_interval as module
from einthoven.evaluation.statistics.bca_interval import (
    Resampled,
    bca_interval,
    bca_p_value,
)

R = json.loads((Path(__file__).parents[2] / "reference" / "discrimination.json").read_text(encoding="utf-8"))


def mean_of(sample, *, resamples=4000, seed=0):
    """Return the mean of a sample with its resamples and influence."""
    rng = np.random.default_rng(seed)
    draws = sample[rng.integers(0, sample.size, (resamples, sample.size))].mean(axis=1)
    return Resampled(float(sample.mean()), draws, (sample - sample.mean()) / sample.size, bounds=None)


def test_equals_the_quantiles_of_r_boot():
    """The same replicates and influence give the ranks that R's boot.ci takes, at two levels."""
    sample = np.array(R["bca"]["sample"])
    found = Resampled(
        float(sample.mean()), np.array(R["bca"]["replicates"]), (sample - sample.mean()) / sample.size, bounds=None
    )
    for level, ranks in zip((0.9, 0.95), R["bca"]["ranks"], strict=True):
        quantiles, trouble = module._quantiles(found, found.replicates, level=level)
        assert not trouble
        # R numbers the replicates from 1 to R and takes rank (R + 1) * alpha
        assert np.array(quantiles) * (found.replicates.size + 1) == pytest.approx(np.array(ranks), abs=0.006)


def test_agrees_with_scipy_on_a_skewed_sample():
    """Two bootstraps of the same mean differ by their own noise alone."""
    sample = np.random.default_rng(3).lognormal(size=40)
    ours = bca_interval(mean_of(sample, resamples=9000), level=0.95)
    theirs = stats.bootstrap((sample,), np.mean, method="BCa", n_resamples=9000, rng=1).confidence_interval
    assert (ours.low, ours.high) == pytest.approx(tuple(theirs), rel=0.03)
    assert ours.method == "BCa bootstrap by patient, 9000 resamples"


def test_a_biased_bootstrap_is_not_trusted_and_the_interval_still_contains_its_estimate():
    """All resamples above the estimate: the linearised interval takes over, and says so."""
    draws = np.linspace(0.5, 0.6, 1000)
    found = bca_interval(Resampled(0.45, draws, np.array([0.1, -0.1, 0.05, -0.05])), level=0.95)
    assert found.low < 0.45 < found.high
    assert found.method == "logit interval, linearised by patient (the bootstrap is biased)"
    error = np.sqrt(4 / 3 * (2 * 0.1**2 + 2 * 0.05**2))
    half = 1.959963984540054 * error / (0.45 * 0.55)
    assert [np.log(x / (1 - x)) for x in (found.low, found.high)] == pytest.approx(
        [np.log(0.45 / 0.55) - half, np.log(0.45 / 0.55) + half]
    )


def test_too_few_resamples_for_the_tails_are_told():
    """Ten resamples say nothing of the outer 2.5 %."""
    sample = np.random.default_rng(0).normal(size=30)
    found = bca_interval(mean_of(sample, resamples=10), level=0.95)
    assert "tails hold too few resamples" in found.method
    half = stats.norm.ppf(0.975) * sample.std(ddof=1) / np.sqrt(30)
    assert (found.low, found.high) == pytest.approx((sample.mean() - half, sample.mean() + half))


def test_replicates_that_lost_a_class_are_left_out_and_counted():
    """NaN does not spread to the limits."""
    found = mean_of(np.random.default_rng(0).normal(size=30), resamples=500)
    with_nan = Resampled(found.value, np.append(found.replicates, [np.nan, np.nan]), found.influence, bounds=None)
    one, other = bca_interval(found, level=0.95), bca_interval(with_nan, level=0.95)
    assert (one.low, one.high) == (other.low, other.high)
    assert other.method.endswith("500 resamples, 2 without a class left out")


def test_resamples_of_one_value_have_no_width_to_give():
    """Then the influence decides; without any there is no interval to speak of."""
    flat = Resampled(0.3, np.full(99, 0.3), np.array([0.1, -0.1]))
    assert "no resample differs" in bca_interval(flat, level=0.95).method
    nothing = bca_interval(Resampled(0.3, np.full(99, 0.3), np.zeros(1)), level=0.95)
    assert (nothing.low, nothing.high) == (0.0, 1.0)
    assert "no spread" in nothing.method
    equal = bca_interval(Resampled(0.0, np.zeros(99), np.zeros(9), bounds=(-1.0, 1.0)), level=0.95)
    assert (equal.low, equal.high) == (0.0, 0.0)
    unbounded = bca_interval(Resampled(0.3, np.zeros(0), np.zeros(1), bounds=None), level=0.95)
    assert np.isnan(unbounded.low)


def test_p_value_and_interval_agree():
    """At a level of 1 - p one limit lies on 0."""
    found = mean_of(np.random.default_rng(5).exponential(size=25) - 0.7, resamples=20_000)
    p = bca_p_value(found)
    assert 0.02 < p < 0.5
    interval = bca_interval(found, level=1 - p)
    assert min(abs(interval.low), abs(interval.high)) < 0.004


def test_p_value_without_a_difference_is_one_and_never_zero():
    """Equal scores: 1. A huge difference: what the number of resamples allows."""
    assert bca_p_value(Resampled(0.0, np.zeros(99), np.zeros(10), bounds=None)) == 1.0
    sure = mean_of(np.random.default_rng(0).normal(9, 1, 40), resamples=999)
    assert bca_p_value(sure) == pytest.approx(0.001, abs=1e-12)


def test_a_narrower_interval_is_of_the_same_kind_and_lies_inside():
    """Whatever the level: 300 small samples, some of whose 95 % tails are empty."""
    kinds = set()
    for seed in range(300):
        found = mean_of(np.random.default_rng(seed).exponential(size=6), resamples=60, seed=seed)
        narrow, middle, wide = (bca_interval(found, level=level) for level in (0.5, 0.8, 0.95))
        assert wide.low <= middle.low <= narrow.low <= found.value <= narrow.high <= middle.high <= wide.high
        assert narrow.method == wide.method
        kinds.add(wide.method[:6])
    assert kinds == {"BCa bo", "normal"}


def test_draws_within_strata_are_widened_by_what_they_hold_back():
    """Two strata of different means: the full error over that within, and Student's t by Satterthwaite."""
    rng = np.random.default_rng(0)
    sample, stratum = rng.normal(size=30) + np.repeat([0.0, 3.0], 15), np.repeat([0, 1], 15)
    influence = (sample - sample.mean()) / 30
    draws = np.concatenate([rng.choice(sample[stratum == k], (4000, 15)) for k in (0, 1)], axis=1).mean(axis=1)
    plain = bca_interval(Resampled(sample.mean(), draws, influence, bounds=None), level=0.95)
    found = bca_interval(Resampled(sample.mean(), draws, influence, stratum, bounds=None), level=0.8)
    parts = [influence[stratum == k] for k in (0, 1)]
    drawn = sum(part.var() * 15 for part in parts)
    full = sum(part.var(ddof=1) * 15 + 15 * part.mean() ** 2 for part in parts)
    degrees = sum(p.var() for p in parts) ** 2 / sum(p.var() ** 2 / 14 for p in parts)
    expected = np.sqrt(full / drawn) * stats.t.ppf(0.9, degrees) / stats.norm.ppf(0.975)
    assert (found.high - found.low) / (plain.high - plain.low) == pytest.approx(expected, rel=0.08)
