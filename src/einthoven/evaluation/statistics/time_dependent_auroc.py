"""Area under the ROC curve for an event by a horizon, censored patients made up for by inverse probabilities.

References
----------
.. [1] Uno, Cai, Tian and Wei, Journal of the American Statistical Association 102:527 (2007),
   doi:10.1198/016214507000000149
.. [2] Blanche, Dartigues and Jacqmin-Gadda, Statistics in Medicine 32:5381 (2013), doi:10.1002/sim.5958
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.censoring_weights import uncensored_before
from einthoven.evaluation.statistics.survival_times import (
    ROUNDING,
    RiskTable,
    SurvivalTimes,
    checked_scores,
    risk_table,
    survival_times,
)

__all__ = ["time_dependent_auroc"]


def time_dependent_auroc(
    score: ArrayLike,
    time: ArrayLike,
    event: ArrayLike,
    *,
    horizon: float,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return the chance that a patient with the event by ``horizon`` scores above one without any event then.

    Cumulative cases against dynamic controls: cases have the event at or before the horizon, controls are followed up
    beyond it. A case at time t counts ``1 / G(t-)``, with ``G`` the Kaplan-Meier curve of censoring, for all that were
    censored before [1]_; patients censored before the horizon, or with a competing event, are neither. The error is the
    infinitesimal jackknife's, that of ``G`` included, with sums over patients; the interval is normal on the logit
    scale, and at exactly 1 or 0 the exact binomial one of the largest number of case-control pairs of distinct
    patients.

    Parameters
    ----------
    score : float64 (record,)
        Higher means an earlier event; ties count half; NaN is refused.
    time : float64 (record,), days
    event : int (record,)
        0 censored, 1 the event, 2 to 9 competing events.
    horizon : float, days
        Without cases or without controls the estimate is undefined with a reason.
    clusters, weights : (record,), optional
        Patient of each record, and positive sampling weights.
    level : float in (0, 1)

    Examples
    --------
    >>> round(time_dependent_auroc([3, 1, 2, 0, 1], [5, 20, 10, 8, 30], [1, 0, 1, 0, 0], horizon=12).value, 3)
    1.0
    """
    data = survival_times(time, event, clusters=clusters, weights=weights)
    scores, table = checked_scores(score, n=data.time.size), risk_table(data)
    case, control = data.event & (data.time <= horizon), data.time > horizon
    method = "inverse probability of censoring, infinitesimal jackknife"
    method += ", clustered by patient" if data.repeated else ""
    records, _, patients = data.counts
    cases = int(case.sum())
    if not (case.any() and control.any()):
        missing = "has the event by" if control.any() else "is followed up beyond"
        reason = f"nobody {missing} {horizon:g} days"
        return Estimate.undefined(reason, n=records, events=cases, clusters=patients, method=method)
    counted = data.weight / uncensored_before(data, table)[table.place]
    share = counted[case] / counted[case].sum()
    other = data.weight[control] / data.weight[control].sum()
    below = _share_below(scores[case], scores[control], other)
    value = float(share @ below)
    influence = np.zeros(records)
    influence[case] = share * (below - value)
    influence[control] = other * (1 - _share_below(scores[control], scores[case], share) - value)
    sums = np.bincount(data.patient, influence + _through_censoring(influence * case, data, table), patients)
    error = math.sqrt(float(sums @ sums))
    low, high = _interval(value, error, pairs=_pairs(data, case, control), level=level)
    return Estimate(value, min(low, value), max(high, value), records, cases, patients, method, level)


def _share_below(
    of: NDArray[np.float64], others: NDArray[np.float64], share: NDArray[np.float64]
) -> NDArray[np.float64]:
    order = np.argsort(others, kind="stable")
    running = np.concatenate([[0.0], np.cumsum(share[order])])
    places = (np.searchsorted(others[order], of, side=side) for side in ("left", "right"))
    below, not_above = (running[place] for place in places)
    return np.asarray((below + not_above) / 2)


def _through_censoring(gain: NDArray[np.float64], data: SurvivalTimes, table: RiskTable) -> NDArray[np.float64]:
    """Return each record's influence by way of G: a censoring at u raises the weight of all later cases."""
    size = table.time.size
    censored = np.bincount(table.place, data.weight * (data.cause == 0), size)
    at_risk = table.at_risk - table.failed
    left = at_risk - censored
    gain_at = np.bincount(table.place, gain, size)
    later = np.concatenate([np.cumsum(gain_at[::-1])[::-1][1:], [0.0]])
    some = left > 1e-9 * table.at_risk
    per_censoring = np.divide(later, left, out=np.zeros(size), where=some)
    hazard = np.divide(censored, at_risk, out=np.zeros(size), where=at_risk > 0)
    expected = np.concatenate([[0.0], np.cumsum(hazard * per_censoring)])
    # who has an event at u is no longer at risk of censoring there
    until = table.place + (data.cause == 0)
    own = np.where(data.cause == 0, per_censoring[table.place], 0.0)
    return np.asarray(data.weight * (own - expected[until]))


def _pairs(data: SurvivalTimes, case: NDArray[np.bool_], control: NDArray[np.bool_]) -> int:
    with_case, with_control = (np.unique(data.patient[kept]).size for kept in (case, control))
    return int(max(1, min(with_case, with_control, data.patients // 2)))


def _interval(value: float, error: float, *, pairs: int, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    if value > 1 - 1e-12:
        return tail ** (1 / pairs), max(value, 1.0)
    if value < 1e-12:
        return min(value, 0.0), 1 - tail ** (1 / pairs)
    if error < ROUNDING:
        return 0.0, 1.0
    logit, reach = special.logit(value), float(special.ndtri(1 - tail)) * error / (value * (1 - value))
    return float(special.expit(logit - reach)), float(special.expit(logit + reach))
