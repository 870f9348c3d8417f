from __future__ import annotations

import numpy as np
import pytest

from einthoven.evaluation.statistics.standardised_difference import (
    standardised_difference,
    standardised_difference_of_shares,
)


def test_a_shift_by_half_a_deviation_is_half():
    """By hand, with Hedges and Olkin's interval."""
    rng = np.random.default_rng(0)
    a = rng.normal(size=50)
    b = np.concatenate([a, a]) - 0.5 * a.std(ddof=1)
    found = standardised_difference(a, b)
    assert found.value == pytest.approx(0.5, abs=0.005)
    error = np.sqrt(150 / 5000 + found.value**2 / 300)
    assert (found.high - found.low) / 2 == pytest.approx(1.959963984540054 * error)
    assert standardised_difference(b, a).value == pytest.approx(-found.value)


def test_two_categories_are_the_difference_of_two_shares():
    """Austin's formula for a share, and its sign."""
    found = standardised_difference_of_shares(np.array([60, 40]), np.array([50, 50]))
    assert found.value == pytest.approx(-0.1 / np.sqrt((0.24 + 0.25) / 2))


def test_three_categories_do_not_depend_on_their_order():
    """A distance, so never negative; a category that nobody has is passed over."""
    a, b = np.array([10, 20, 30]), np.array([25, 20, 15])
    one = standardised_difference_of_shares(a, b)
    assert one.value > 0
    assert standardised_difference_of_shares(a[::-1], b[::-1]).value == pytest.approx(one.value)
    padded = standardised_difference_of_shares(np.append(a, 0), np.append(b, 0))
    assert padded.value == pytest.approx(one.value)


def test_what_has_no_spread_is_undefined():
    """With the reason."""
    assert standardised_difference(np.ones(3), np.ones(4)).reason
    assert standardised_difference(np.ones(1), np.arange(4.0)).reason
    assert standardised_difference_of_shares(np.array([5, 0]), np.array([0, 5])).reason
    assert standardised_difference_of_shares(np.array([5, 0]), np.array([5, 0])).reason
