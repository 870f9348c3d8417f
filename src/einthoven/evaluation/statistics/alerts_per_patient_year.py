"""Alerts per year of a patient's follow-up: how often the same person raises one."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from einthoven.errors import StatisticsError
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.decision_cells import decision_cells

__all__ = ["DAYS_PER_YEAR", "alerts_per_patient_year"]

DAYS_PER_YEAR = 365.25
NOTHING = "no patient has ECGs at two times, so there is no time at risk"
ALONE = "only one patient has ECGs at two times: nothing tells how far the rate may be off"


def alerts_per_patient_year(
    decision: ArrayLike,
    day: ArrayLike,
    *,
    clusters: ArrayLike,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return the alerts after each patient's first ECG, divided by the years from the first to the last.

    ``A / T``, sums over patients. A patient whose ECGs are all of one time has no time at risk and is left out. The
    first ECG opens a patient's time and its alert is not counted, nor is that of another at the same time: a patient
    with one ECG each year, all of them alerts, has one alert per year, not more. The interval is that of a ratio of
    patients' sums [1]_ on the log scale; without any alert its upper limit is Poisson's exact one.

    Parameters
    ----------
    decision : 0 or 1 (record,)
    day : float64 (record,)
        Time of the ECG in days from any origin; finite.
    clusters : (record,)
        Patient of each record.
    weights : (record,), optional
        A patient counts by the mean weight of its records.
    level : float in (0, 1)

    Returns
    -------
    Estimate
        ``n`` are the records of patients with time at risk, ``events`` the alerts counted. Undefined with a reason
        where fewer than 2 patients have ECGs at two times.

    References
    ----------
    .. [1] Binder, International Statistical Review 51:279 (1983), doi:10.2307/1402588

    Examples
    --------
    >>> found = alerts_per_patient_year([1, 1, 1, 0, 1], [0, 365.25, 730.5, 0, 730.5], clusters=[1, 1, 1, 2, 2])
    >>> found.value, found.events, found.clusters
    (0.75, 3, 2)
    """
    times = np.asarray(day, dtype=np.float64)
    cells = decision_cells(decision, decision, clusters=clusters, weights=weights)
    if times.shape != (cells.n,) or not np.isfinite(times).all():
        raise StatisticsError(f"day must be a finite number for each of the {cells.n} records, got shape {times.shape}")
    patient, patients = cells.patient, cells.patients
    first, last = np.full(patients, np.inf), np.full(patients, -np.inf)
    np.minimum.at(first, patient, times)
    np.maximum.at(last, patient, times)
    counted = (cells.cell == 0) & (times > first[patient])
    records = np.bincount(patient, minlength=patients)
    weight = np.bincount(patient, cells.weight, patients) / records
    at_risk = last > first
    alerts = np.bincount(patient[counted], minlength=patients)[at_risk]
    years = (last - first)[at_risk] / DAYS_PER_YEAR
    n = int(records[at_risk].sum())
    if n == 0:
        return Estimate.undefined(NOTHING, n=0, events=0, clusters=0, method="none")
    if alerts.size < 2:
        return Estimate.undefined(ALONE, n=n, events=int(alerts.sum()), clusters=1, method="none")
    low, value, high = _ratio(alerts, years, weight[at_risk], level=level)
    events, method = int(alerts.sum()), "ratio of patients' sums, log scale"
    if events == 0:
        method = "exact Poisson limit, there being no alert"
    elif math.isclose(high, value, rel_tol=1e-9):
        method = f"{method}: no width, all patients have the same rate"
    return Estimate(value, low, high, n, events, int(at_risk.sum()), method, level)


def _ratio(
    alerts: NDArray[np.int64], years: NDArray[np.float64], weight: NDArray[np.float64], *, level: float
) -> tuple[float, float, float]:
    total = float(weight @ years)
    value = float(weight @ alerts) / total
    if value == 0:
        # as many years as patients of equal weight would have had
        return 0.0, 0.0, -math.log((1 - level) / 2) * float(weight**2 @ years) / total**2
    influence = weight * (alerts - value * years) / total
    variance = alerts.size / (alerts.size - 1) * float(influence @ influence)
    reach = math.exp(float(stats.t.ppf((1 + level) / 2, alerts.size - 1)) * math.sqrt(variance) / value)
    return value / reach, value, value * reach
