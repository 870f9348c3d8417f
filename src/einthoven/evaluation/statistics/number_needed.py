"""How many records one true positive costs: to be screened, and to be evaluated after a positive call.

References
----------
.. [1] Rembold, BMJ 317:307 (1998), doi:10.1136/bmj.317.7154.307
.. [2] Romero-Brufau et al., Critical Care 19:285 (2015), doi:10.1186/s13054-015-0999-1
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.decision_cells import FP, TP, DecisionCells, decision_cells
from einthoven.evaluation.statistics.proportion import proportion

__all__ = ["false_alerts_per_true", "number_needed_to_evaluate", "number_needed_to_screen"]


def number_needed_to_screen(
    decision: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return how many records are read for one true positive found, ``n / TP``; it moves with the prevalence.

    The reciprocal of the share of true positives among all records, limits included. In trials of screening the same
    name stands for the number screened to prevent one death [1]_; here it is the number to detect one case.

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
        ``events`` are the true positives. Without any there is no number, but a reason that tells the lower limit.

    Examples
    --------
    >>> found = number_needed_to_screen([1] * 5 + [0] * 95, [1] * 10 + [0] * 90)
    >>> found.value, round(found.low, 1), round(found.high, 1)
    (20.0, 8.9, 60.9)
    """
    cells = decision_cells(decision, truth, clusters=clusters, weights=weights)
    return _reciprocal(cells, np.ones(cells.n, dtype=bool), weighted=weights is not None, level=level)


def number_needed_to_evaluate(
    decision: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return how many positive calls are worked up for one true positive, ``(TP + FP) / TP = 1 / PPV`` [2]_.

    Arguments as ``number_needed_to_screen``; ``n`` are the positive calls. Undefined with a reason where nothing was
    called positive.

    Examples
    --------
    >>> found = number_needed_to_evaluate([1] * 20 + [0] * 80, [1] * 5 + [0] * 90 + [1] * 5)
    >>> found.value, round(found.low, 2), round(found.high, 2)
    (4.0, 2.04, 11.55)
    """
    cells = decision_cells(decision, truth, clusters=clusters, weights=weights)
    called = (cells.cell == TP) | (cells.cell == FP)
    return _reciprocal(cells, called, weighted=weights is not None, level=level)


def false_alerts_per_true(
    decision: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return ``FP / TP``, one less than ``number_needed_to_evaluate``, whose arguments and interval it has.

    Examples
    --------
    >>> false_alerts_per_true([1] * 20 + [0] * 80, [1] * 5 + [0] * 90 + [1] * 5).value
    3.0
    """
    needed = number_needed_to_evaluate(decision, truth, clusters=clusters, weights=weights, level=level)
    reason = needed.reason
    if reason is not None and not math.isnan(needed.low):
        reason = f"no true positive, so there is no ratio; its lower limit is {needed.low - 1:.3g}"
    return dataclasses.replace(needed, value=needed.value - 1, low=needed.low - 1, high=needed.high - 1, reason=reason)


def _reciprocal(cells: DecisionCells, kept: NDArray[np.bool_], *, weighted: bool, level: float) -> Estimate:
    share = proportion(
        cells.cell[kept] == TP,
        clusters=cells.patient[kept],
        weights=cells.weight[kept] if weighted else None,
        level=level,
        empty="nothing was called positive",
    )
    method = f"reciprocal of {share.method}"
    if share.reason is not None or share.value > 0:
        value, low, high = (math.inf if limit == 0 else 1 / limit for limit in (share.value, share.high, share.low))
        return dataclasses.replace(share, value=value, low=low, high=high, method=method)
    reason = f"no true positive, so no number is enough; its lower limit is {1 / share.high:.3g}"
    return dataclasses.replace(share, value=math.nan, low=1 / share.high, high=math.nan, method=method, reason=reason)
