from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import InvalidScoreError, StatisticsError, TooFewObservationsError
from einthoven.evaluation.statistics.survival_times import checked_scores, risk_table, survival_times


def test_table_counts_those_at_risk_at_each_time():
    """A patient censored at the time of an event was still at risk; weights count."""
    data = survival_times([5, 3, 5, 8, 8], [1, 0, 2, 1, 0], weights=[1, 2, 1, 3, 1])
    table = risk_table(data)
    assert table.time.tolist() == [3, 5, 8]
    assert table.at_risk.tolist() == [8, 6, 4]
    assert table.failed.tolist() == [0, 2, 3]
    assert table.failed_of_cause.tolist() == [0, 1, 3]
    assert data.counts == (5, 2, 5)


@pytest.mark.parametrize(
    ("time", "event", "told"),
    [
        ([1, -2], [0, 1], r"time must be finite and not negative, got -2\.0 at position 1"),
        ([np.nan, 2], [0, 1], "got nan at position 0"),
        ([1, 2], [0, 0.5], r"got 0\.5 at position 1"),
        ([1, 2], [0], "of one length"),
    ],
)
def test_wrong_times_are_refused_by_name(time, event, told):
    """With the position."""
    with pytest.raises(StatisticsError, match=told):
        survival_times(time, event)


def test_no_record_is_too_few():
    """At least one is needed."""
    with pytest.raises(TooFewObservationsError):
        survival_times([], [])


def test_missing_scores_are_refused():
    """NaN, and another length."""
    with pytest.raises(InvalidScoreError, match="got nan at position 1"):
        checked_scores([1.0, np.nan], n=2)
    with pytest.raises(StatisticsError, match="each of the 3 records"):
        checked_scores([1.0, 2.0], n=3)
