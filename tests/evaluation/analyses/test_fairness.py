from __future__ import annotations

import numpy as np
import pytest

from einthoven.evaluation.analyses.fairness import analyse
from fakes.grouped_predictions import grouped_context, grouped_predictions

RATES = ("true_positive_rate", "false_positive_rate", "ppv", "observed_expected")


@pytest.fixture(scope="module")
def context():
    """Return a context with sex and rhythm."""
    return grouped_context(subgroups=("group.sex", "group.rhythm"))


@pytest.fixture(scope="module")
def rows(context):
    """Return their gaps."""
    return analyse(context)


def found(rows, metric, subgroup):
    (row,) = (row for row in rows.results if (row.metric, row.subgroup) == (metric, subgroup))
    return row


def test_rates_are_those_of_the_groups_records(context, rows):
    """By counting; unknown groups take no part."""
    one, rhythm = context.main[0], context.texts("group.rhythm", context.main[0])
    called = context.decisions(one).values
    for value in ("AF", "sinus"):
        kept, sick = rhythm == value, one.truth == 1
        expected = (
            called[kept & sick].mean(), called[kept & ~sick].mean(), one.truth[kept & called].mean(),
            one.truth[kept].sum() / one.score[kept].sum(),
        )  # fmt: skip
        for rate, number in zip(RATES, expected, strict=True):
            estimate = found(rows, rate, f"group.rhythm={value}").estimate
            assert estimate.value == pytest.approx(number)
            assert estimate.low < number < estimate.high
    assert not any("unknown" in row.subgroup for row in rows.results)


def test_the_largest_gap_is_between_the_groups_that_have_enough_events(context, rows):
    """The few records of the third group are left out by name; the pair is told in the direction of the gap."""
    for rate in RATES:
        row = found(rows, f"{rate}_gap", "group.rhythm")
        high, _, low = row.at.partition(" - ")
        values = [found(rows, rate, f"group.rhythm={value}").estimate.value for value in (high, low)]
        assert row.estimate.value == pytest.approx(values[0] - values[1])
        assert 0 <= row.estimate.low <= row.estimate.value <= row.estimate.high
        assert "without paced: too few events" in row.estimate.method
    assert found(rows, "true_positive_rate_gap", "group.rhythm").estimate.low > 0
    assert found(rows, "true_positive_rate_gap", "group.sex").estimate.low == 0


def test_differences_are_to_the_largest_group(rows):
    """Those of false positive rates point the same way as the rates; small groups are greyed."""
    for row in rows.comparisons:
        if row.subgroup == "group.rhythm":
            value, _, largest = row.at.partition(" - ")
            assert largest == "sinus"
            a, b = (found(rows, row.metric, f"group.rhythm={name}").estimate for name in (value, largest))
            if not np.isnan(row.test.difference.value):
                assert row.test.difference.value == pytest.approx(a.value - b.value)
                assert (row.test.difference.reason is None) == (value == "AF")
    assert {row.analysis for row in (*rows.results, *rows.comparisons)} == {"fairness"}


def test_adjusted_p_values_are_no_smaller(rows):
    """Over the groups of one column."""
    known = [row for row in rows.comparisons if row.p_adjusted is not None]
    assert known
    assert all(row.p_adjusted >= row.test.p_value - 1e-12 for row in known)


def test_a_reader_has_no_expected_events():
    """But rates."""
    rows = analyse(grouped_context(grouped_predictions(reader=True), subgroups=("group.rhythm",)))
    rates = {row.metric for row in rows.results}
    assert rates == {*RATES[:3], *(f"{rate}_gap" for rate in RATES[:3])}


def test_one_group_with_enough_events_has_no_gap():
    """And the reason says why."""
    rows = analyse(grouped_context(subgroups=("group.rhythm",), minimum_events=90))
    row = found(rows, "true_positive_rate_gap", "group.rhythm")
    assert "a gap needs 2 groups" in row.estimate.reason


def test_without_subgroups_there_is_nothing():
    """Nor without cut-offs, but for calibration."""
    assert analyse(grouped_context()).results == []
    rows = analyse(grouped_context(splits=("validation",), subgroups=("group.sex",)))
    assert {row.metric for row in rows.results} == {"observed_expected", "observed_expected_gap"}
