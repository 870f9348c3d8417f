"""Hazard ratios of a score, per standard deviation, and of risk groups, against the lowest.

References
----------
.. [1] Cox, Journal of the Royal Statistical Society B 34:187 (1972), doi:10.1111/j.2517-6161.1972.tb00899.x
.. [2] Efron, Journal of the American Statistical Association 72:557 (1977), doi:10.1080/01621459.1977.10480613
.. [3] Lin and Wei, Journal of the American Statistical Association 84:1074 (1989), doi:10.1080/01621459.1989.10478874
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from einthoven.errors import StatisticsError
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.cox_regression import CoxRegression, cox_regression
from einthoven.evaluation.statistics.survival_times import SurvivalTimes, checked_scores, survival_times

__all__ = ["HazardRatios", "cox_hazard_ratio", "cox_hazard_ratios_of_groups"]


@dataclass(frozen=True, slots=True)
class HazardRatios:
    """Hazard ratios of one model, with the p value of the test that they don't change with time (NaN without)."""

    ratios: tuple[Estimate, ...]
    proportional_hazards_p: float


def cox_hazard_ratio(
    score: ArrayLike,
    time: ArrayLike,
    event: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> HazardRatios:
    """Return the hazard ratio of one standard deviation more of a score, ``exp(beta * sd)``, by Cox regression.

    Ties as Efron has them [2]_. Wald's interval; with repeated patients or weights by the sandwich with sums over
    patients [3]_. A score that is the same for all, no event, or events in the very order of the scores: undefined with
    the reason.

    Parameters
    ----------
    score : float64 (record,)
        NaN is refused.
    time : float64 (record,), days
    event : int (record,)
        1 the event; competing ones, 2 and above, count as censored: the ratio is that of the cause-specific hazard.
    clusters, weights : (record,), optional
        Patient of each record, and positive sampling weights.
    level : float in (0, 1)

    Examples
    --------
    >>> found = cox_hazard_ratio([0, 1, 0, 1, 1], [9, 4, 6, 8, 2], [0, 1, 1, 0, 1])
    >>> round(found.ratios[0].value, 3)
    1.569
    """
    data = survival_times(time, event, clusters=clusters, weights=weights)
    scores = checked_scores(score, n=data.time.size)
    deviation = float(np.sqrt(np.cov(scores, aweights=data.weight, ddof=1))) if scores.size > 1 else 0.0
    try:
        fit = cox_regression(scores[:, None] / (deviation or 1.0), time, event, clusters=clusters, weights=weights)
    except StatisticsError as error:
        return HazardRatios((_undefined(data, str(error)),), float("nan"))
    return HazardRatios((_ratio(fit, 0, level=level),), fit.proportional_hazards_p)


def cox_hazard_ratios_of_groups(
    group: ArrayLike,
    time: ArrayLike,
    event: ArrayLike,
    *,
    groups: int,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> HazardRatios:
    """Return the hazard ratio of each group but the first against the first, by one Cox regression.

    A group without records or events has none, and leaves those of the others as they are; without events in the first
    group all are undefined. Arguments as ``cox_hazard_ratio``, but for:

    Parameters
    ----------
    group : int (record,)
        0 .. groups - 1.
    groups : int

    Examples
    --------
    >>> found = cox_hazard_ratios_of_groups([0, 1, 0, 1, 1], [9, 4, 6, 8, 2], [0, 1, 1, 0, 1], groups=3)
    >>> round(found.ratios[0].value, 3), found.ratios[1].reason
    (2.275, 'group 2 has no event')
    """
    data = survival_times(time, event, clusters=clusters, weights=weights)
    codes = np.asarray(group, dtype=np.int64)
    events = np.bincount(codes, data.event, groups)
    used = [code for code in range(1, groups) if events[code] and events[0]]
    kept = np.isin(codes, [0, *used])
    design = (codes[kept, None] == np.array(used)).astype(np.float64).reshape(int(kept.sum()), len(used))
    empty = "the first group has no event to compare with" if not events[0] else ""
    ratios = {code: _undefined(data, empty or f"group {code} has no event") for code in range(1, groups)}
    unequal = float("nan")
    if used:
        try:
            fit = cox_regression(
                design, data.time[kept], data.cause[kept], clusters=data.patient[kept],
                weights=None if weights is None else data.weight[kept],
            )  # fmt: skip
        except StatisticsError as error:
            ratios |= {code: _undefined(data, str(error)) for code in used}
        else:
            ratios |= {code: _ratio(fit, place, level=level) for place, code in enumerate(used)}
            unequal = fit.proportional_hazards_p
    return HazardRatios(tuple(ratios.values()), unequal)


def _ratio(fit: CoxRegression, place: int, *, level: float) -> Estimate:
    beta, error = fit.coefficient[place], np.sqrt(fit.covariance[place, place])
    reach = special.ndtri((1 + level) / 2) * error
    low, value, high = (float(np.exp(beta + by)) for by in (-reach, 0.0, reach))
    method = "Cox, robust by patient" if fit.robust else "Cox, Wald"
    return Estimate(value, low, high, fit.records, fit.events, fit.patients, method, level)


def _undefined(data: SurvivalTimes, reason: str) -> Estimate:
    records, events, patients = data.counts
    return Estimate.undefined(reason, n=records, events=events, clusters=patients, method="Cox")
