"""Numbers as a journal writes them."""

from __future__ import annotations

import math

from einthoven.evaluation.estimate import Estimate
from einthoven.report.notation import count, interval, number, p_value, share, value


def _estimate(middle, low, high):
    return Estimate(middle, low, high, n=10, events=3, clusters=9, method="x")


def test_value_and_interval_are_joined_by_an_en_dash():
    assert value(_estimate(0.912, 0.885, 0.934)) == "0.912 (0.885–0.934)"


def test_negative_limits_are_joined_by_a_word_and_have_a_true_minus():
    assert interval(_estimate(0.1, -0.2, 0.3), 2) == "(−0.20 to 0.30)"


def test_minus_zero_is_zero():
    assert number(-0.0001, 2) == "0.00"


def test_an_estimate_without_a_value_is_a_dash():
    assert value(Estimate.undefined("no positives", n=5, events=0, clusters=5, method="x")) == "–"
    assert number(None) == number(math.nan) == "–"


def test_counts_of_five_digits_are_set_apart_and_an_empty_total_has_no_share():
    assert (count(9999), count(21799)) == ("9999", "21\u202f799")
    assert share(0, 0) == "–"


def test_small_p_values_are_bounded():
    assert [p_value(p) for p in (0.0004, 0.0123, 0.5, math.nan)] == ["<0.001", "0.012", "0.50", "–"]
