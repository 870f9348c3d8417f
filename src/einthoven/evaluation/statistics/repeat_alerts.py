"""Alerts that tell what an earlier one of the same patient told, and the patients who have them.

References
----------
.. [1] Ancker et al., BMC Medical Informatics and Decision Making 17:36 (2017), doi:10.1186/s12911-017-0430-8
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.decision_cells import TP, decision_cells
from einthoven.evaluation.statistics.proportion import proportion

__all__ = ["patients_alerted", "repeat_alerts"]


def repeat_alerts(
    decision: ArrayLike, *, clusters: ArrayLike, weights: ArrayLike | None = None, level: float = 0.95
) -> Estimate:
    """Return the share of alerts that follow an earlier alert of the same patient [1]_.

    ``sum over patients of (alerts - 1 where there are any) / alerts``, whatever their order in time, with the interval
    of ``proportion``.

    Parameters
    ----------
    decision : 0 or 1 (record,)
    clusters : (record,)
        Patient of each record.
    weights : (record,), optional
        A patient counts by the mean weight of its alerts.
    level : float in (0, 1)

    Returns
    -------
    Estimate
        ``n`` are the alerts. Undefined with a reason without alerts, and where no patient has several records.

    Examples
    --------
    >>> found = repeat_alerts([1, 1, 1, 0, 1], clusters=["a", "a", "a", "b", "b"])
    >>> found.value, found.n, found.events
    (0.5, 4, 2)
    """
    cells = decision_cells(decision, decision, clusters=clusters, weights=weights)
    if cells.patients == cells.n:
        return cells.undefined("no patient has several ECGs")
    alert = np.flatnonzero(cells.cell == TP)
    patient = cells.patient[alert]
    order = np.argsort(patient, kind="stable")
    repeated = np.ones(alert.size, dtype=np.bool_)
    repeated[order] = np.diff(patient[order], prepend=-1) == 0
    weight = None
    if weights is not None and alert.size:
        sums = np.bincount(patient, cells.weight[alert], cells.patients)
        weight = (sums / np.maximum(np.bincount(patient, minlength=cells.patients), 1))[patient]
    return proportion(repeated, clusters=patient, weights=weight, level=level, empty="nothing was called positive")


def patients_alerted(
    decision: ArrayLike, *, clusters: ArrayLike, weights: ArrayLike | None = None, least: int = 1, level: float = 0.95
) -> Estimate:
    """Return the share of patients with at least so many alerts, exact binomial.

    Parameters
    ----------
    decision : 0 or 1 (record,)
    clusters : (record,)
        Patient of each record.
    weights : (record,), optional
        A patient counts by the mean weight of its records.
    least : int
    level : float in (0, 1)

    Returns
    -------
    Estimate
        ``n`` and ``events`` count patients.

    Examples
    --------
    >>> patients_alerted([1, 1, 1, 0, 0], clusters=["a", "a", "a", "b", "b"], least=2).value
    0.5
    """
    cells = decision_cells(decision, decision, clusters=clusters, weights=weights)
    alerts = np.bincount(cells.patient[cells.cell == TP], minlength=cells.patients)
    weight = np.bincount(cells.patient, cells.weight, cells.patients) / np.bincount(cells.patient)
    return proportion(alerts >= least, weights=None if weights is None else weight, level=level)
