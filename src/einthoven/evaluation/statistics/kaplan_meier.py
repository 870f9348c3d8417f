"""Survival without an event by Kaplan and Meier, with an interval by patient.

References
----------
.. [1] Kaplan and Meier, Journal of the American Statistical Association 53:457 (1958),
   doi:10.1080/01621459.1958.10501452
.. [2] Therneau and Grambsch, Modeling Survival Data (2000), doi:10.1007/978-1-4757-3294-8
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import ArrayLike

from einthoven.errors import StatisticsError
from einthoven.evaluation.estimate import Curve, Estimate
from einthoven.evaluation.statistics.cumulative_incidence import incidence_curve, incidence_estimate
from einthoven.evaluation.statistics.survival_times import SurvivalTimes, risk_table, survival_times

__all__ = ["kaplan_meier", "survival_at"]

NAMES = ("days", "survival")


def survival_at(
    time: ArrayLike,
    event: ArrayLike,
    *,
    horizon: float,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return the share of patients without the event at ``horizon``, ``product over s <= t of 1 - d(s) / Y(s)``.

    The interval is normal on the scale ``log(-log S)``, as R's ``survfit(conf.type = "log-log")`` makes it: Greenwood's
    variance, or with repeated patients or weights the infinitesimal jackknife's with sums over patients. Before the
    first event, and where all had one, it is the exact binomial one of the patients still at risk.

    Parameters
    ----------
    time : float64 (record,), days
    event : 0 or 1 (record,)
        Competing events are refused: see ``cumulative_incidence``.
    horizon : float, days
        Where the last patients were censored earlier, the estimate is undefined with a reason.
    clusters : (record,), optional
        Patient of each record.
    weights : float64 (record,), optional
        Positive sampling weights.
    level : float in (0, 1)

    Examples
    --------
    >>> survival_at([5, 3, 7, 9, 9], [1, 0, 1, 1, 0], horizon=8).value
    0.5
    """
    data = _without_competitors(survival_times(time, event, clusters=clusters, weights=weights))
    found = incidence_estimate(data, risk_table(data), horizon=horizon, level=level)
    return dataclasses.replace(found, value=1 - found.value, low=1 - found.high, high=1 - found.low)


def kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Curve:
    """Return the survival at each time of an event, at most 200 of them, with a pointwise band.

    It starts at (0, 1) and is a step: each value holds until the next time. Arguments and band as ``survival_at``.

    Examples
    --------
    >>> kaplan_meier([5, 3, 7, 9, 9], [1, 0, 1, 1, 0]).y
    array([1.  , 0.75, 0.5 , 0.25])
    """
    data = _without_competitors(survival_times(time, event, clusters=clusters, weights=weights))
    curve = incidence_curve(data, level=level)
    assert curve.low is not None
    assert curve.high is not None
    return Curve(curve.x, 1 - curve.y, NAMES, 1 - curve.high, 1 - curve.low)


def _without_competitors(data: SurvivalTimes) -> SurvivalTimes:
    if (data.cause > 1).any():
        at = int(np.flatnonzero(data.cause > 1)[0])
        raise StatisticsError(
            f"event must be 0 or 1, got {data.cause[at]} at position {at}; with competing events take the cumulative "
            "incidence"
        )
    return data
