from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from einthoven.evaluation.statistics.auprc import auprc


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


def test_interval_agrees_with_a_plain_bootstrap():
    """Drawing positives and negatives with replacement by hand gives the same limits."""
    rng = np.random.default_rng(2)
    truth = np.arange(300) < 60
    score = rng.normal(size=300) + truth
    estimate = auprc(score, truth, resamples=3000)
    draws = [
        average_precision_score(truth, score[np.concatenate([rng.integers(0, 60, 60), rng.integers(60, 300, 240)])])
        for _ in range(600)
    ]
    assert (estimate.low, estimate.high) == pytest.approx(tuple(np.quantile(draws, [0.025, 0.975])), abs=0.015)


def test_a_perfect_score_has_an_interval_with_width():
    """No resample differs, so the bound is the exact binomial one on the positives."""
    estimate = auprc(np.arange(20.0), np.arange(20) >= 12)
    assert (estimate.low, estimate.high) == (pytest.approx(0.025 ** (1 / 8)), 1.0)
    assert "exact binomial" in estimate.method


def test_the_seed_decides_the_interval(reference):
    """Same seed, same limits; another seed, others; the value stays."""
    one, again, other = (auprc(reference.b, reference.truth, seed=s) for s in (1, 1, 2))
    assert one == again
    assert other.value == one.value
    assert (other.low, other.high) != (one.low, one.high)
