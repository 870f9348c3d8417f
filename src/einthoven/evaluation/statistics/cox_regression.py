"""Cox regression with Efron's ties, robust by patient, with the test of proportional hazards.

The risk sets are running sums over the sorted times, so each step of Newton's method is linear in the records.

References
----------
.. [1] Cox, Journal of the Royal Statistical Society B 34:187 (1972), doi:10.1111/j.2517-6161.1972.tb00899.x
.. [2] Efron, Journal of the American Statistical Association 72:557 (1977), doi:10.1080/01621459.1977.10480613
.. [3] Lin and Wei, Journal of the American Statistical Association 84:1074 (1989), doi:10.1080/01621459.1989.10478874
.. [4] Grambsch and Therneau, Biometrika 81:515 (1994), doi:10.1093/biomet/81.3.515
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from einthoven.errors import StatisticsError, TooFewObservationsError
from einthoven.evaluation.statistics.survival_times import SurvivalTimes, risk_table, survival_times

__all__ = ["CoxRegression", "cox_regression"]

ROUNDS = 50
# a log hazard ratio per standard deviation beyond this is a likelihood that rises for ever
STEEPEST = 12.0


@dataclass(frozen=True, slots=True, eq=False)
class CoxRegression:
    """A fitted model.

    Attributes
    ----------
    coefficient : float64 (covariate,)
        Log hazard ratios.
    covariance : float64 (covariate, covariate)
        Of the coefficients; the sandwich's with sums over patients where ``robust``.
    proportional_hazards_p : float
        Of the test that no coefficient changes with time (Kaplan-Meier scale of time).
    robust : bool
    records, events, patients : int
    """

    coefficient: NDArray[np.float64]
    covariance: NDArray[np.float64]
    proportional_hazards_p: float
    robust: bool
    records: int
    events: int
    patients: int


@dataclass(frozen=True, slots=True, eq=False)
class _Steps:
    """One row per event: the risk set as Efron has it after part of the events of the same time.

    ``time`` int64 (event,) index of the distinct time; ``part`` the share of the tied events that is gone; ``weight``
    their mean weight; ``total`` float64 (event,); ``mean`` (event, covariate); ``spread`` its covariance matrix.
    """

    time: NDArray[np.int64]
    part: NDArray[np.float64]
    weight: NDArray[np.float64]
    total: NDArray[np.float64]
    mean: NDArray[np.float64]
    spread: NDArray[np.float64]


def cox_regression(
    covariates: ArrayLike,
    time: ArrayLike,
    event: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> CoxRegression:
    """Return the model ``hazard = baseline * exp(covariates @ coefficient)``.

    Parameters
    ----------
    covariates : float64 (record, covariate)
        Finite, none of them constant or a sum of others.
    time : float64 (record,), days
    event : int (record,)
        1 the event; competing ones, 2 and above, count as censored (cause-specific hazard).
    clusters : (record,), optional
        Patient of each record. Repeated patients, or weights, take the robust covariance [3]_.
    weights : float64 (record,), optional
        Positive sampling weights.

    Raises
    ------
    StatisticsError
        A covariate isn't finite; the covariates don't tell the records apart; or the likelihood has no maximum, for
        example because a group has no event.
    TooFewObservationsError
        There is no event, or a single patient.

    Examples
    --------
    >>> fit = cox_regression([[0.0], [1.0], [0.0], [1.0], [1.0]], [9, 4, 6, 8, 2], [0, 1, 1, 0, 1])
    >>> fit.coefficient.round(3)
    array([0.822])
    """
    data = survival_times(time, event, clusters=clusters, weights=weights)
    x = np.asarray(covariates, dtype=np.float64)
    if x.ndim != 2 or x.shape[0] != data.time.size or not np.isfinite(x).all():
        raise StatisticsError(
            f"covariates must be finite numbers of shape ({data.time.size}, covariate), got {x.shape}"
        )
    if not data.event.any():
        raise TooFewObservationsError("there is no event; a hazard ratio needs some")
    if data.patients < 2:
        raise TooFewObservationsError("all records are of one patient; a hazard ratio needs several")
    centre, scale = x.mean(axis=0), x.std(axis=0)
    if (scale == 0).any():
        raise StatisticsError("a covariate is the same in all records, so it has no hazard ratio")
    z = (x - centre) / scale
    beta, steps, information = _fitted(z, data)
    inverse = np.asarray(np.linalg.inv(information), dtype=np.float64)
    robust = data.repeated or bool(np.ptp(data.weight) > 0)
    covariance = inverse
    if robust:
        influence = _score_residuals(z, beta, steps, data) @ inverse
        sums = np.stack([np.bincount(data.patient, column, data.patients) for column in influence.T], axis=1)
        covariance = np.asarray(sums.T @ sums, dtype=np.float64)
    unequal = _proportional_hazards_p(z, steps, data)
    return CoxRegression(beta / scale, covariance / np.outer(scale, scale), unequal, robust, *data.counts)


def _fitted(z: NDArray[np.float64], data: SurvivalTimes) -> tuple[NDArray[np.float64], _Steps, NDArray[np.float64]]:
    beta, best = np.zeros(z.shape[1]), -np.inf
    step = np.zeros_like(beta)
    total = (data.weight * data.event) @ z
    for _ in range(ROUNDS):
        steps = _steps(z, beta + step, data)
        likelihood = float(total @ (beta + step) - steps.weight @ np.log(steps.total))
        if not likelihood >= best - 1e-9 * abs(best):
            step = step / 2
            continue
        beta, best = beta + step, likelihood
        gradient = total - steps.weight @ steps.mean
        information = np.einsum("e,eij->ij", steps.weight, steps.spread)
        if np.linalg.cond(information) > 1e12 or (np.abs(beta) > STEEPEST).any():
            break
        step = np.linalg.solve(information, gradient)
        if (np.abs(step) < 1e-10).all():
            return beta, steps, information
    raise StatisticsError(
        "the likelihood has no maximum: a group has no event, or the covariates order the events perfectly or repeat "
        "each other"
    )


def _steps(z: NDArray[np.float64], beta: NDArray[np.float64], data: SurvivalTimes) -> _Steps:
    table = risk_table(data)
    size = table.time.size
    risk = data.weight * np.exp(z @ beta)
    products = np.concatenate([np.ones((z.shape[0], 1)), z, _outer(z)], axis=1) * risk[:, None]

    def by_time(kept: NDArray[np.bool_]) -> NDArray[np.float64]:
        place = table.place[kept]
        return np.stack([np.bincount(place, column[kept], size) for column in products.T], axis=1)

    everyone, failing = by_time(np.ones(z.shape[0], dtype=np.bool_)), by_time(data.event)
    at_risk = np.cumsum(everyone[::-1], axis=0)[::-1]
    tied = np.bincount(table.place[data.event], minlength=size)
    when = np.repeat(np.arange(size), tied)
    first = np.concatenate([[0], np.cumsum(tied)[:-1]])
    part = (np.arange(when.size) - first[when]) / tied[when]
    left = at_risk[when] - part[:, None] * failing[when]
    p = z.shape[1]
    mean = left[:, 1 : p + 1] / left[:, :1]
    spread = (left[:, p + 1 :] / left[:, :1]).reshape(-1, p, p) - mean[:, :, None] * mean[:, None, :]
    return _Steps(when, part, (table.failed_of_cause[when] / tied[when]), left[:, 0], mean, spread)


def _outer(z: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((z[:, :, None] * z[:, None, :]).reshape(z.shape[0], -1))


def _score_residuals(
    z: NDArray[np.float64], beta: NDArray[np.float64], steps: _Steps, data: SurvivalTimes
) -> NDArray[np.float64]:
    """Return each record's part of the score, times its weight, float64 (record, covariate)."""
    table = risk_table(data)
    size, event = table.time.size, data.event
    hazard = steps.weight / steps.total
    tied = np.bincount(steps.time, minlength=size)

    def at_times(rows: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack([np.bincount(steps.time, column, size) for column in rows.T], axis=1)

    with_mean = np.concatenate([np.ones((hazard.size, 1)), steps.mean], axis=1)
    expected = np.cumsum(at_times(with_mean * hazard[:, None]), axis=0)[table.place]
    # of its own time a failing record was only partly at risk
    spared = at_times(with_mean * (hazard * steps.part)[:, None])[table.place]
    expected = expected - event[:, None] * spared
    mean = (at_times(steps.mean) / np.maximum(tied, 1)[:, None])[table.place]
    risk = np.exp(z @ beta)[:, None]
    residual = event[:, None] * (z - mean) - risk * (z * expected[:, :1] - expected[:, 1:])
    return data.weight[:, None] * residual


def _proportional_hazards_p(z: NDArray[np.float64], steps: _Steps, data: SurvivalTimes) -> float:
    """Return p of the score test that coefficients don't change with 1 - S(t-), as R's ``cox.zph`` makes it."""
    table = risk_table(data)
    size, p = table.time.size, z.shape[1]
    # the scale of time is that of the records, whatever they weigh
    leaving, failing = np.bincount(table.place), np.bincount(table.place, data.event)
    free = np.concatenate([[1.0], np.cumprod(1 - failing / np.cumsum(leaving[::-1])[::-1])[:-1]])
    place, event = table.place, data.event
    weighted = z[event] * data.weight[event, None]
    seen = np.stack([np.bincount(place[event], column, size) for column in weighted.T], axis=1)
    means = np.stack([np.bincount(steps.time, steps.weight * column, size) for column in steps.mean.T], axis=1)
    spread = (steps.spread * steps.weight[:, None, None]).reshape(-1, p * p)
    variance = np.stack([np.bincount(steps.time, column, size) for column in spread.T], axis=1).reshape(size, p, p)
    late = 1 - free
    late = late - np.average(late[steps.time])
    score = late @ (seen - means)
    both, cross, own = (np.einsum("t,tij->ij", late**power, variance) for power in (2, 1, 0))
    information = both - cross @ np.linalg.solve(own, cross)
    if not np.linalg.cond(information) < 1e12:
        return float("nan")
    return float(special.chdtrc(p, score @ np.linalg.solve(information, score)))
