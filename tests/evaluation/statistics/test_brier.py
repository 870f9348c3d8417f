from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from einthoven.errors import InvalidScoreError
from einthoven.evaluation.statistics.brier import brier


def test_value_is_the_mean_squared_error(reference):
    """By brute force."""
    assert brier(reference.a, reference.truth).value == pytest.approx(reference.numbers["brier"], abs=1e-15)


def test_interval_is_that_of_a_mean_on_the_logit_scale(reference):
    """Student's t times the standard error; copies of a record add nothing when patients are named."""
    error = (reference.a - reference.truth) ** 2
    mean = error.mean()
    student = stats.t.ppf(0.975, reference.truth.sum() - 1)
    half = student * error.std(ddof=1) / np.sqrt(error.size) / (mean * (1 - mean))
    one = brier(reference.a, reference.truth)
    centre = special.logit(mean)
    assert (one.low, one.high) == pytest.approx((special.expit(centre - half), special.expit(centre + half)), abs=1e-12)
    copied = brier(
        np.repeat(reference.a, 3), np.repeat(reference.truth, 3), clusters=np.repeat(np.arange(error.size), 3)
    )
    assert (copied.low, copied.high) == pytest.approx((one.low, one.high), abs=1e-12)


def test_whole_weights_are_repeated_records_of_a_patient(reference):
    """Value and interval alike."""
    weight = np.random.default_rng(0).integers(1, 5, reference.truth.size)
    rows = np.repeat(np.arange(weight.size), weight)
    one = brier(reference.a, reference.truth, weights=weight)
    other = brier(reference.a[rows], reference.truth[rows], clusters=rows)
    assert (one.low, one.value, one.high) == pytest.approx((other.low, other.value, other.high), abs=1e-12)


@pytest.mark.parametrize(
    ("score", "ends"), [([1, 0, 1], (0.0, 1 - 0.025 ** (1 / 3))), ([0, 1, 0], (0.025 ** (1 / 3), 1.0))]
)
def test_no_error_at_all_has_an_interval_with_width(score, ends):
    """The exact bound on the share of records with an error."""
    estimate = brier(score, [1, 0, 1])
    assert (estimate.low, estimate.high) == pytest.approx(ends)


def test_one_class_is_enough():
    """The mean error needs no negatives."""
    assert brier([0.9, 0.8], [1, 1]).value == pytest.approx(0.025)


def test_a_score_that_is_no_probability_is_refused():
    """Named with its position."""
    with pytest.raises(InvalidScoreError, match=r"got 1\.2 at position 1"):
        brier([0.1, 1.2], [0, 1])
