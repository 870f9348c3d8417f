"""F1: the harmonic mean of sensitivity and positive predictive value."""

from __future__ import annotations

import dataclasses

from numpy.typing import ArrayLike

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.decision_cells import TN, TP, decision_cells
from einthoven.evaluation.statistics.proportion import proportion

__all__ = ["f1"]


def f1(
    decision: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return ``2 TP / (2 TP + FP + FN)``; it ignores true negatives and moves with the prevalence.

    With F* = ``TP / (TP + FP + FN)``, the share of true positives among all records but the true negatives, it is
    ``2 F* / (1 + F*)`` [1]_, which rises with F*. So its interval is that of the share F*, exact binomial [2]_ by
    ``proportion``, with both limits turned the same way.

    Parameters
    ----------
    decision, truth : 0 or 1 (record,)
        Other values and NaN are refused.
    clusters : (record,), optional
        Patient of each record.
    weights : (record,), optional
    level : float in (0, 1)

    Returns
    -------
    Estimate
        ``n`` counts the records that are positive or were called so, ``events`` the true positives. Undefined with a
        reason where there is no such record.

    References
    ----------
    .. [1] Hand, Christen and Kirielle, Machine Learning 110:451 (2021), doi:10.1007/s10994-021-05964-1
    .. [2] Clopper and Pearson, Biometrika 26:404 (1934), doi:10.1093/biomet/26.4.404

    Examples
    --------
    >>> found = f1([1] * 9 + [0] + [1] * 2 + [0] * 8, [1] * 10 + [0] * 10)
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.857, 0.6, 0.972)
    """
    cells = decision_cells(decision, truth, clusters=clusters, weights=weights)
    kept = cells.cell != TN
    share = proportion(
        cells.cell[kept] == TP,
        clusters=cells.patient[kept],
        weights=None if weights is None else cells.weight[kept],
        level=level,
        empty="no record is positive or was called so",
    )
    value, low, high = (2 * limit / (1 + limit) for limit in (share.value, share.low, share.high))
    return dataclasses.replace(share, value=value, low=low, high=high, method=f"{share.method} of F*")
