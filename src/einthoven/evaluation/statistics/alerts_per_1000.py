"""Alerts per 1,000 records: how often a clinician would be interrupted."""

from __future__ import annotations

import dataclasses

from numpy.typing import ArrayLike

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.decision_cells import FP, TP, decision_cells
from einthoven.evaluation.statistics.proportion import proportion

__all__ = ["alerts_per_1000"]


def alerts_per_1000(
    decision: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return ``1000 * (TP + FP) / n`` with the interval of the share of records that are called positive [1]_.

    Parameters
    ----------
    decision, truth : 0 or 1 (record,)
        Other values and NaN are refused; the truth decides nothing here.
    clusters : (record,), optional
        Patient of each record.
    weights : (record,), optional
    level : float in (0, 1)

    Returns
    -------
    Estimate
        ``events`` are the alerts.

    References
    ----------
    .. [1] Clopper and Pearson, Biometrika 26:404 (1934), doi:10.1093/biomet/26.4.404

    Examples
    --------
    >>> found = alerts_per_1000([1, 0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 1, 0, 0, 0, 0])
    >>> found.value, round(found.low, 1), round(found.high, 1)
    (125.0, 3.2, 526.5)
    """
    cells = decision_cells(decision, truth, clusters=clusters, weights=weights)
    called = (cells.cell == TP) | (cells.cell == FP)
    share = proportion(called, clusters=cells.patient, weights=None if weights is None else cells.weight, level=level)
    return dataclasses.replace(share, value=1000 * share.value, low=1000 * share.low, high=1000 * share.high)
