from __future__ import annotations

import numpy as np

from einthoven.evaluation.statistics.censoring_weights import uncensored_before
from einthoven.evaluation.statistics.survival_times import risk_table, survival_times


def test_without_ties_it_is_the_survival_of_censoring():
    """The Kaplan-Meier curve with events and censorings swapped, just before each time."""
    rng = np.random.default_rng(0)
    time, event = rng.exponential(1, 50), rng.random(50) < 0.5
    data = survival_times(time, event)
    found = uncensored_before(data, risk_table(data))
    order = np.argsort(time)
    share = np.cumprod(1 - (~event[order]) / np.arange(50, 0, -1))
    np.testing.assert_allclose(found, np.append(1.0, share[:-1]), atol=1e-14)


def test_those_with_an_event_are_not_at_risk_of_censoring_then():
    """Of three at one time, one event and one censoring: half of the other two are censored."""
    data = survival_times([1, 1, 1.0, 2], [1, 0, 0, 1])
    np.testing.assert_allclose(uncensored_before(data, risk_table(data)), [1, 1 / 3])
