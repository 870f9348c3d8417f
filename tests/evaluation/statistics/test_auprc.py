from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import average_precision_score

from einthoven.evaluation.statistics.area_replicates import area_replicates
from einthoven.evaluation.statistics.auprc import auprc
from einthoven.evaluation.statistics.bca_interval import Resampled, bca_interval
from einthoven.evaluation.statistics.label_table import label_table


def test_equals_the_sum_over_thresholds(reference):
    """By brute force."""
    for name, expected in zip("ab", reference.numbers["average_precision"], strict=True):
        assert auprc(getattr(reference, name), reference.truth).value == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize("digits", [1, 2, 16])
def test_equals_scikit_learn_with_and_without_ties(digits):
    """Equal scores are one threshold."""
    rng = np.random.default_rng(digits)
    truth = rng.random(500) < 0.1
    score = np.round(rng.random(500) + 0.2 * truth, digits)
    assert auprc(score, truth, resamples=10).value == pytest.approx(average_precision_score(truth, score), abs=1e-14)


def test_resamples_and_influence_give_the_two_sample_bca_of_scipy():
    """Positives and negatives drawn by hand, the acceleration by leaving out one record at a time."""
    rng = np.random.default_rng(2)
    truth = np.arange(150) < 40
    score = rng.normal(size=150) + truth
    table = label_table(score[:, None], truth[:, None].astype(float))
    found = area_replicates(table, "average_precision", resamples=5000, seed=0)
    influence = found.influence[:, 0]
    centred = influence - np.where(
        found.stratum == 1, influence[found.stratum == 1].mean(), influence[found.stratum == 0].mean()
    )
    ours = bca_interval(Resampled(found.area[0], found.replicates[:, 0], centred), level=0.95)

    def area(positives, negatives):
        outcome = np.arange(positives.size + negatives.size) < positives.size
        return average_precision_score(outcome, np.concatenate([positives, negatives]))

    theirs = stats.bootstrap(
        (score[:40], score[40:]), area, vectorized=False, method="BCa", n_resamples=1000, rng=1
    ).confidence_interval
    assert (ours.low, ours.high) == pytest.approx(tuple(theirs), abs=0.015)


def test_the_interval_is_wider_than_draws_within_classes_by_what_prevalence_adds():
    """The linearised errors with and without what the classes' sizes add, and Student's t."""
    rng = np.random.default_rng(2)
    truth = np.arange(150) < 40
    score = rng.normal(size=150) + truth
    whole = auprc(score, truth, resamples=4000)
    found = area_replicates(label_table(score[:, None], truth[:, None]), "average_precision", resamples=4000, seed=0)
    plain = bca_interval(Resampled(whole.value, found.replicates[:, 0], found.influence[:, 0]), level=0.95)
    strata = [found.influence[found.stratum == k, 0] for k in (0, 1)]
    drawn = sum(((part - part.mean()) ** 2).sum() for part in strata)
    full = sum(part.var(ddof=1) * part.size + part.size * part.mean() ** 2 for part in strata)
    expected = np.sqrt(full / drawn)
    assert expected > 1.1
    assert (whole.high - whole.low) / (plain.high - plain.low) == pytest.approx(expected * 2.02 / 1.96, rel=0.07)


def test_a_perfect_score_has_an_interval_with_width():
    """No resample differs, so the bound is the exact binomial one on the positives."""
    estimate = auprc(np.arange(20.0), np.arange(20) >= 12)
    assert (estimate.low, estimate.high) == (pytest.approx(0.025 ** (1 / 8)), 1.0)
    assert "exact binomial" in estimate.method


def test_the_seed_decides_the_interval():
    """Same seed, same limits; another seed, others; the value stays."""
    rng = np.random.default_rng(2)
    truth = np.arange(200) < 40
    score = rng.normal(size=200) + truth
    one, again, other = (auprc(score, truth, seed=s) for s in (1, 1, 2))
    assert one == again
    assert other.value == one.value
    assert (other.low, other.high) != (one.low, one.high)


def test_few_patients_have_boyds_interval_and_one_has_none():
    """The bootstrap of six positives covers too rarely; that of one says nothing."""
    score, truth = np.random.default_rng(0).normal(size=60), np.arange(60) < 6
    found = auprc(score, truth)
    assert found.method == "logit (Boyd) on 6 patients with the outcome"
    centre, half = np.log(found.value / (1 - found.value)), 2.570582 / np.sqrt(6 * found.value * (1 - found.value))
    expected = 1 / (1 + np.exp(-np.array([centre - half, centre + half])))
    assert (found.low, found.high) == pytest.approx(tuple(expected), rel=1e-6)
    one = auprc(score, np.arange(60) < 1)
    assert (one.low, one.high) == (0.0, 1.0)
    assert "no interval" in one.method
    assert "no interval" in auprc(score, truth, clusters=np.where(truth, 0, np.arange(60))).method


def test_a_constant_score_has_the_width_of_the_prevalence():
    """Every resample is the same, so the linearised interval speaks."""
    found = auprc(np.ones(100), np.arange(100) < 30)
    assert found.value == pytest.approx(0.3)
    assert found.low == pytest.approx(0.22, abs=0.01)
    assert "no resample differs" in found.method


def test_whole_weights_equal_repeated_records(reference):
    """A record that counts twice is there twice; equal weights are none."""
    times = np.random.default_rng(1).integers(1, 4, reference.truth.size)
    weighted = auprc(reference.b, reference.truth, weights=times, resamples=100)
    repeated = auprc(np.repeat(reference.b, times), np.repeat(reference.truth, times), resamples=1)
    assert weighted.value == pytest.approx(repeated.value, abs=1e-14)
    assert weighted.low < weighted.value < weighted.high
    assert auprc(reference.b, reference.truth, weights=np.full(times.size, 7.0)) == auprc(reference.b, reference.truth)


def test_a_large_table_is_not_resampled(monkeypatch):
    """Its interval is the linearised one, near to what resampling gives."""
    rng = np.random.default_rng(2)
    truth = rng.random(2000) < 0.2
    score = rng.normal(size=2000) + truth
    drawn = auprc(score, truth)
    monkeypatch.setattr("einthoven.evaluation.statistics.area_replicates.MANY_RECORDS", 2000)
    found = auprc(score, truth)
    assert found.method == "logit interval, linearised by patient (without resamples)"
    assert (found.low, found.high) == pytest.approx((drawn.low, drawn.high), abs=0.02)
