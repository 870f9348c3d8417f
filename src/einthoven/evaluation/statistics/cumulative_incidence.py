"""Cumulative incidence of an event, others competing with it (Aalen and Johansen), with an interval by patient.

Counting a competing event as censoring (1 - Kaplan-Meier) would pretend that a patient who died could still have the
event. Without competing events both are the same.

References
----------
.. [1] Aalen and Johansen, Scandinavian Journal of Statistics 5:141 (1978), https://www.jstor.org/stable/4615704
.. [2] Putter, Fiocco and Geskus, Statistics in Medicine 26:2389 (2007), doi:10.1002/sim.2712
.. [3] Therneau and Grambsch, Modeling Survival Data (2000), doi:10.1007/978-1-4757-3294-8 (infinitesimal jackknife)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from einthoven.errors import SpecificationError
from einthoven.evaluation.estimate import Curve, Estimate
from einthoven.evaluation.statistics.survival_times import RiskTable, SurvivalTimes, risk_table, survival_times

__all__ = [
    "cumulative_incidence",
    "cumulative_incidence_at",
    "incidence_curve",
    "incidence_estimate",
    "incidence_influence",
]

POINTS = 200
NAMES = ("days", "cumulative incidence")


@dataclass(frozen=True, slots=True, eq=False)
class _Steps:
    """What all horizons share.

    ``hazard`` of any event, ``before`` the share without one just before, ``incidence`` at each distinct time of
    ``table``; ``cell`` int64 (record,), three times the place of its time plus 0 censored, 1 the event, 2 another;
    ``squares`` float64 (cell,), squared weights; ``last_seen`` float64 (patient,), days, ascending.
    """

    table: RiskTable
    hazard: NDArray[np.float64]
    before: NDArray[np.float64]
    incidence: NDArray[np.float64]
    cell: NDArray[np.int64]
    squares: NDArray[np.float64]
    last_seen: NDArray[np.float64]


def cumulative_incidence_at(
    time: ArrayLike,
    cause: ArrayLike,
    *,
    horizon: float,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return the share of patients who had the event by ``horizon``, had nobody been censored.

    ``F(t) = sum over s <= t of S(s-) d1(s) / Y(s)``, with ``d1`` events and ``Y`` at risk at s, and ``S`` the share
    without any event [1]_. The variance is the infinitesimal jackknife's with sums over patients [3]_, which without
    competing events and repeated patients is Greenwood's; the interval is normal on the scale ``log(-log(1 - F))``.
    Before the first event, and where everyone had one, that scale has no interval: there it is the exact binomial one
    of the patients still at risk.

    Parameters
    ----------
    time : float64 (record,), days
        Ties are kept as they are; a patient censored at the time of an event was still at risk.
    cause : int (record,)
        0 censored, 1 the event, 2 to 9 competing events.
    horizon : float, days
        Where the last patients were censored earlier, the estimate is undefined with a reason.
    clusters : (record,), optional
        Patient of each record.
    weights : float64 (record,), optional
        Positive sampling weights.
    level : float in (0, 1)

    Examples
    --------
    >>> cumulative_incidence_at([5, 3, 7, 9, 9], [1, 0, 2, 1, 0], horizon=9).value
    0.5
    """
    data = survival_times(time, cause, clusters=clusters, weights=weights)
    return incidence_estimate(data, risk_table(data), horizon=horizon, level=level)


def cumulative_incidence(
    time: ArrayLike,
    cause: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Curve:
    """Return the cumulative incidence at each time of an event, at most 200 of them, with a pointwise band.

    It starts at (0, 0) and is a step: each value holds until the next time. Arguments and band as
    ``cumulative_incidence_at``.

    Examples
    --------
    >>> cumulative_incidence([5, 3, 7, 9, 9], [1, 0, 2, 1, 0]).y
    array([0.  , 0.25, 0.5 ])
    """
    return incidence_curve(survival_times(time, cause, clusters=clusters, weights=weights), level=level)


def incidence_curve(data: SurvivalTimes, *, level: float) -> Curve:
    """Return the curve of checked times."""
    steps = _steps(data, risk_table(data))
    table = steps.table
    times = table.time[table.failed_of_cause > 0]
    if times.size > POINTS:
        times = times[np.unique(np.linspace(0, times.size - 1, POINTS).round().astype(np.int64))]
    times = np.unique([0.0, *times, table.time[-1]])
    found = [_estimate(data, steps, horizon=float(at), level=level) for at in times]
    y, low, high = np.array([[one.value, one.low, one.high] for one in found]).T
    return Curve(times, y, NAMES, low, high)


def incidence_estimate(data: SurvivalTimes, table: RiskTable, *, horizon: float, level: float) -> Estimate:
    """Return the estimate from checked times."""
    if not horizon >= 0:
        raise SpecificationError(f"a horizon must be 0 days or more, got {horizon}")
    return _estimate(data, _steps(data, table), horizon=horizon, level=level)


def incidence_influence(data: SurvivalTimes, table: RiskTable, *, horizon: float) -> tuple[float, NDArray[np.float64]]:
    """Return the incidence by ``horizon`` and its derivative by each record's weight, times that weight."""
    steps = _steps(data, table)
    value, by_cell = _influence_by_cell(steps, horizon=horizon)
    return value, data.weight * by_cell[steps.cell]


def _steps(data: SurvivalTimes, table: RiskTable) -> _Steps:
    hazard, of_cause = table.failed / table.at_risk, table.failed_of_cause / table.at_risk
    before = np.concatenate([[1.0], np.cumprod(1 - hazard)[:-1]])
    last_seen = np.zeros(data.patients)
    np.maximum.at(last_seen, data.patient, data.time)
    cell = 3 * table.place + np.minimum(data.cause, 2)
    squares = np.bincount(cell, data.weight**2, 3 * table.time.size).astype(np.float64)
    return _Steps(table, hazard, before, np.cumsum(before * of_cause), cell, squares, np.sort(last_seen))


def _estimate(data: SurvivalTimes, steps: _Steps, *, horizon: float, level: float) -> Estimate:
    table = steps.table
    method = "Aalen-Johansen" if (table.failed > table.failed_of_cause).any() else "Kaplan-Meier"
    method += ", log-log, infinitesimal jackknife" + (", clustered by patient" if data.repeated else "")
    last = float(table.time[-1])
    if horizon > last and table.failed[-1] < table.at_risk[-1]:
        records, events, patients = data.counts
        reason = f"nobody is followed up to {horizon:g} days; the last record ends at {last:g} days"
        return Estimate.undefined(reason, n=records, events=events, clusters=patients, method=method)
    value, by_cell = _influence_by_cell(steps, horizon=horizon)
    if data.patients < 2:
        return Estimate(value, 0.0, max(1.0, value), *data.counts, "no interval: a single patient", level)
    if data.repeated:
        sums = np.bincount(data.patient, data.weight * by_cell[steps.cell], data.patients)
        variance = float(sums @ sums)
    else:
        variance = float(steps.squares @ by_cell**2)
    at_risk = data.patients - int(np.searchsorted(steps.last_seen, min(horizon, last)))
    low, high = _interval(value, math.sqrt(variance), at_risk=at_risk, level=level)
    return Estimate(value, low, high, *data.counts, method, level)


def _influence_by_cell(steps: _Steps, *, horizon: float) -> tuple[float, NDArray[np.float64]]:
    """Return the incidence by ``horizon`` and its derivative by the weight of a record in each cell.

    Of a record with its event at ``u`` the incidence rises by ``S(u-) / Y(u)``; for every time at risk it falls by the
    share of events expected there, and what it takes from ``S`` lowers all later incidence ``F(t) - F(u)``.
    """
    table = steps.table
    last = int(np.searchsorted(table.time, horizon, side="right")) - 1
    if last < 0:
        return 0.0, np.zeros(3 * table.time.size)
    value = float(steps.incidence[last])
    remaining = table.at_risk - table.failed
    # where all at risk fail nothing remains, and later incidence is 0, too; rounding must not make it otherwise
    some = remaining > 1e-9 * table.at_risk
    later = np.divide(value - steps.incidence, remaining, out=np.zeros_like(remaining), where=some)
    gain = steps.before / table.at_risk
    expected = np.cumsum(gain * table.failed_of_cause / table.at_risk - steps.hazard * later)
    lost = -expected[np.minimum(np.arange(table.time.size), last)]
    gain[last + 1 :] = later[last + 1 :] = 0.0
    return value, np.stack([lost, lost + gain - later, lost - later], axis=1).ravel()


def _interval(value: float, error: float, *, at_risk: int, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    if value < 1e-12:
        return min(value, 0.0), 1 - tail ** (1 / max(at_risk, 1))
    if value > 1 - 1e-12:
        return tail ** (1 / max(at_risk, 1)), max(value, 1.0)
    survival = 1 - value
    reach = float(special.ndtri(1 - tail)) * error / (survival * abs(np.log(survival)))
    return float(1 - survival ** np.exp(-reach)), float(1 - survival ** np.exp(reach))
