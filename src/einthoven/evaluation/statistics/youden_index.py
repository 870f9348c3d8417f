"""Youden's index, and balanced accuracy, which is the same on another scale.

References
----------
.. [1] Youden, Cancer 3:32 (1950), doi:10.1002/1097-0142(1950)3:1<32::AID-CNCR2820030106>3.0.CO;2-3
.. [2] Zou, Huang and Zhang, Computational Statistics & Data Analysis 53:1080 (2009), doi:10.1016/j.csda.2008.09.033
.. [3] Brodersen et al., International Conference on Pattern Recognition (2010), doi:10.1109/ICPR.2010.764
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import ArrayLike

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.classification import sensitivity, specificity
from einthoven.evaluation.statistics.decision_cells import FN, FP, TN, TP, DecisionCells, decision_cells

__all__ = ["balanced_accuracy", "youden_index"]


def youden_index(
    decision: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return ``sensitivity + specificity - 1``: 0 for calls that know nothing, 1 for calls that are always right.

    The interval joins those of both shares (MOVER [2]_): ``low = J - sqrt(d1**2 + d2**2 + 2 r d1 d2)``, d being the
    distance from each share to its own lower limit, and likewise upwards. The correlation r is 0 but for patients who
    have records of both classes.

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
        Undefined with a reason without positives or without negatives.

    Examples
    --------
    >>> found = youden_index([1] * 9 + [0] + [1] * 2 + [0] * 8, [1] * 10 + [0] * 10)
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)
    (0.7, 0.2, 0.9)
    """
    cells = decision_cells(decision, truth, clusters=clusters, weights=weights)
    shares = [
        share(decision, truth, clusters=clusters, weights=weights, level=level) for share in (sensitivity, specificity)
    ]
    for share in shares:
        if share.reason is not None:
            return cells.undefined(share.reason)
    value = shares[0].value + shares[1].value - 1
    correlation = _correlation(cells)
    down = [share.value - share.low for share in shares]
    up = [share.high - share.value for share in shares]
    low, high = (value - _joined(down[0], down[1], correlation), value + _joined(up[0], up[1], correlation))
    method = f"MOVER of sensitivity and specificity, {shares[0].method}"
    return Estimate(value, low, high, cells.n, cells.events, cells.patients, method, level)


def balanced_accuracy(
    decision: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return ``(sensitivity + specificity) / 2`` [3]_; arguments, refusals and interval as ``youden_index``.

    Examples
    --------
    >>> balanced_accuracy([1] * 9 + [0] + [1] * 2 + [0] * 8, [1] * 10 + [0] * 10).value
    0.85
    """
    index = youden_index(decision, truth, clusters=clusters, weights=weights, level=level)
    return dataclasses.replace(index, value=(index.value + 1) / 2, low=(index.low + 1) / 2, high=(index.high + 1) / 2)


def _correlation(cells: DecisionCells) -> float:
    # of sensitivity and specificity, over patients; 0 where a share shows no variance
    counts = cells.weight_in
    positives, negatives = counts[TP] + counts[FN], counts[FP] + counts[TN]
    gradients = np.zeros((2, 4))
    gradients[0, [TP, FN]] = counts[FN] / positives**2, -counts[TP] / positives**2
    gradients[1, [TN, FP]] = counts[FP] / negatives**2, -counts[TN] / negatives**2
    one, other = (cells.influence(gradient) for gradient in gradients)
    product = float(one @ one) * float(other @ other)
    return float(one @ other) / math.sqrt(product) if product > 0 else 0.0


def _joined(one: float, other: float, correlation: float) -> float:
    return math.sqrt(max(one**2 + other**2 + 2 * correlation * one * other, 0.0))
