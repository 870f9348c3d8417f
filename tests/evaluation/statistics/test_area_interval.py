from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from einthoven.evaluation.statistics.area_interval import (
    AreaSpread,
    area_spread,
    degrees_of_freedom,
    logit_interval,
    score_interval,
    wald_interval,
)
from einthoven.evaluation.statistics.binary_outcome import binary_outcome
from einthoven.evaluation.statistics.delong import area_covariance, placements


def spread_of(score, truth, **more):
    data = binary_outcome(score, truth, **more)
    ranked = placements(data.score, data.truth, data.weight)
    options = {"patient": data.patient, "patients": data.patients, "weight": data.weight}
    return area_spread(ranked.auroc, area_covariance([ranked], data.truth, **options), data)


def newcombe(theta, m, n):
    """Return Newcombe's variance as his paper writes it, with N in the place of m and n."""
    size = (m + n) / 2
    q1, q2 = theta / (2 - theta), 2 * theta**2 / (1 + theta)
    return (theta * (1 - theta) + (size - 1) * (q1 - theta**2) + (size - 1) * (q2 - theta**2)) / (m * n)


@pytest.mark.parametrize("ratio", [0.4, 1.0, 2.5])
@pytest.mark.parametrize("area", [0.3, 0.8, 0.97])
def test_limits_are_where_the_area_is_just_as_far_as_the_error_allows(area, ratio):
    """Both limits solve the defining equation, with the variance at the limit."""
    variance = ratio * newcombe(area, 25, 300)
    low, high = score_interval(AreaSpread(area, variance, 0.0, variance, (25, 300), (25, 300)), level=0.9)
    misplaced = 25 * min(area, 1 - area)
    inflated = ratio if ratio >= 1 else ratio + (1 - ratio) * min(1, 0.3 / misplaced)
    for theta in (low, high):
        assert (area - theta) ** 2 == pytest.approx(
            stats.t.ppf(0.95, 24) ** 2 * inflated * newcombe(theta, 25, 300), rel=1e-6
        )
    assert low < area < high


def test_repeated_patients_are_in_the_variance_and_the_quantile_not_in_the_shape():
    """Newcombe's variance counts records, so r holds the design effect; t counts patients."""
    area, variance = 0.8, newcombe(0.8, 25, 300) * 2
    low, _ = score_interval(AreaSpread(area, variance, 0.0, variance, (25, 300), (8, 80)), level=0.95)
    assert (area - low) ** 2 == pytest.approx(stats.t.ppf(0.975, 7) ** 2 * 2 * newcombe(low, 25, 300), rel=1e-6)


def test_many_records_make_the_score_interval_that_of_delong():
    """To a hundredth of its width."""
    rng = np.random.default_rng(0)
    truth = np.arange(40000) < 20000
    spread = spread_of(rng.normal(size=40000) + truth, truth)
    one, other = score_interval(spread, level=0.95), wald_interval(spread, level=0.95)
    assert np.abs(np.subtract(one, other)).max() < 0.01 * (other[1] - other[0])


def test_effective_numbers_count_patients_and_weights():
    """Kish: four records of one patient are one, unequal weights fewer than they are."""
    truth = np.array([1, 1, 1, 1, 0, 0, 0, 0])
    score = np.arange(8.0)
    plain = spread_of(score, truth)
    assert (plain.records, plain.patients) == ((4, 4), (4, 4))
    repeated = spread_of(score, truth, clusters=[1, 1, 2, 2, 3, 4, 5, 6])
    assert (repeated.records, repeated.patients) == ((4, 4), (2, 4))
    weighted = spread_of(score, truth, weights=[3, 1, 1, 1, 1, 1, 1, 1])
    assert weighted.patients == (36 / 12, 4)


def test_degrees_of_freedom_are_those_of_the_part_that_decides():
    """Few positives and no spread among the negatives: those of the positives; equal parts: Welch's."""
    assert degrees_of_freedom(AreaSpread(0.9, 0.01, 0.0, 0.01, (10, 500), (10, 500))) == 9
    equal = degrees_of_freedom(AreaSpread(0.9, 0.01, 0.01, 0.02, (10, 10), (10, 10)))
    assert equal == pytest.approx(18)
    assert degrees_of_freedom(AreaSpread(1.0, 0.0, 0.0, 0.0, (10, 5), (10, 5))) == 4


def test_logit_interval_is_symmetric_on_the_logit():
    """And lies within (0, 1)."""
    low, high = logit_interval(AreaSpread(0.95, 0.002, 0.0, 0.002, (10, 90), (10, 90)), level=0.95)
    logit = stats.logistic.ppf
    assert logit(high) - logit(0.95) == pytest.approx(logit(0.95) - logit(low))
    assert logit(high) - logit(0.95) == pytest.approx(1.959964 * 0.002**0.5 / (0.95 * 0.05), rel=1e-6)
