from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from einthoven.evaluation.statistics.binary_outcome import binary_outcome
from einthoven.evaluation.statistics.share_combination import combination_interval, combination_p_value, moments


def found_in(n=400, *, seed=0, clusters=None, weights=None):
    """Return two exclusive kinds of records among n, with their moments."""
    draw = np.random.default_rng(seed).random(n)
    hits = np.stack([draw < 0.2, draw > 0.9])
    return hits, moments(hits, binary_outcome(draw, draw > 0.5, clusters=clusters, weights=weights))


def test_shares_have_the_multinomial_covariance():
    """Variance p (1 - p) / (n - 1), covariance -p q / (n - 1)."""
    hits, found = found_in()
    p, q = hits.mean(axis=1)
    expected = np.array([[p * (1 - p), -p * q], [-p * q, q * (1 - q)]]) / 399
    np.testing.assert_allclose(found.covariance, expected, rtol=1e-12)


def test_one_share_alone_has_wilsons_interval():
    """With Student's quantile and n - 1 records, as the variance has that factor."""
    hits, found = found_in(60)
    value, low, high = combination_interval(found, np.array([1.0, 0.0]), exact=False, level=0.95)
    p, n, t = hits[0].mean(), 59, stats.t.ppf(0.975, 59)
    centre = (p + t**2 / (2 * n)) / (1 + t**2 / n)
    half = t * np.sqrt(p * (1 - p) / n + t**2 / (4 * n**2)) / (1 + t**2 / n)
    assert (value, low, high) == pytest.approx((p, centre - half, centre + half), rel=1e-12)


def test_many_records_give_the_normal_interval():
    """A weighted sum of means, with the covariance between them."""
    coefficient = np.array([1.0, -0.3])
    _, found = found_in(400_000)
    value, low, high = combination_interval(found, coefficient, exact=False, level=0.95)
    half = 1.959963984540054 * np.sqrt(coefficient @ found.covariance @ coefficient)
    assert (low, high) == pytest.approx((value - half, value + half), abs=2e-2 * half)


def test_exact_intervals_are_wider():
    """On both sides."""
    _, found = found_in(50)
    coefficient = np.array([1.0, -0.5])
    _, low, high = combination_interval(found, coefficient, exact=False, level=0.95)
    _, lower, higher = combination_interval(found, coefficient, exact=True, level=0.95)
    assert lower < low < high < higher


def test_copies_of_a_patients_record_tell_nothing():
    """Five copies of each record of 80 patients, the patients named."""
    hits, once = found_in(80)
    patient = np.repeat(np.arange(80), 5)
    copied = moments(
        np.repeat(hits, 5, axis=1), binary_outcome(np.repeat(hits[0], 5) * 1.0, patient > 3, clusters=patient)
    )
    np.testing.assert_allclose(copied.covariance, once.covariance, rtol=1e-12)
    coefficient = np.array([1.0, -1.0])
    for exact in (True, False):
        np.testing.assert_allclose(
            combination_interval(copied, coefficient, exact=exact, level=0.9),
            combination_interval(once, coefficient, exact=exact, level=0.9),
            rtol=1e-12,
        )


def test_records_of_a_patient_that_differ_never_count_more_than_records():
    """Each patient has one record of the kind and one without: no variance over patients, but no more than n."""
    hit = np.tile([True, False], 50)
    data = binary_outcome(hit * 1.0, hit, clusters=np.repeat(np.arange(50), 2))
    nearly = hit.copy()
    nearly[0] = False
    coefficient = np.array([1.0, 0.0])
    found = combination_interval(moments(np.stack([nearly, ~nearly]), data), coefficient, exact=False, level=0.95)
    p, n, t = nearly.mean(), 99, stats.t.ppf(0.975, 49)
    half = t * np.sqrt(p * (1 - p) / n + t**2 / (4 * n**2)) / (1 + t**2 / n)
    assert found[2] - found[1] == pytest.approx(2 * half, rel=1e-9)


def test_seldom_kinds_that_were_sampled_more_often_tell_more():
    """A quarter of their weight each: the interval is shorter than that of as many plain records."""
    hit = np.arange(400) < 80
    data = binary_outcome(hit * 1.0, hit, weights=np.where(hit, 0.25, 1.0))
    _, low, high = combination_interval(
        moments(np.stack([hit, ~hit]), data), np.array([1.0, 0.0]), exact=False, level=0.95
    )
    weighted = np.where(hit, 0.25, 1.0)
    error = np.sqrt(np.sum((weighted * (hit - 20 / 340)) ** 2)) / 340
    assert (high - low) / 2 == pytest.approx(1.966 * error, rel=0.03)


def test_kinds_that_no_record_is_of_leave_room_for_doubt():
    """The upper limit of 0 of 50 is that of Clopper and Pearson."""
    data = binary_outcome(np.linspace(0, 1, 50), np.arange(50) > 20)
    found = moments(np.zeros((2, 50), dtype=bool), data)
    value, low, high = combination_interval(found, np.array([1.0, 0.0]), exact=True, level=0.95)
    assert (value, low) == (0.0, 0.0)
    assert high == pytest.approx(1 - stats.norm.sf(stats.t.ppf(0.975, 49)) ** (1 / 50), rel=1e-9)


@pytest.mark.parametrize("exact", [True, False])
def test_p_value_is_the_level_whose_interval_reaches_nothing(exact):
    """The interval at 1 - p just touches 0."""
    coefficient = np.array([1.0, -1.4])
    _, found = found_in(90)
    p = combination_p_value(found, coefficient, exact=exact)
    _, low, high = combination_interval(found, coefficient, exact=exact, level=1 - p)
    assert 0 < p < 1
    assert min(abs(low), abs(high)) < 1e-9


def test_p_value_of_nothing_is_one_and_of_certainty_tiny():
    """At both ends of the search."""
    _, found = found_in(4000)
    assert combination_p_value(found, np.array([0.0, 0.0]), exact=False) == 1.0
    assert combination_p_value(found, np.array([1.0, 1.0]), exact=False) <= 1e-12
