"""Matthews' correlation coefficient: how yes/no calls agree with the truth, all four cells counting."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.decision_cells import FN, FP, TN, TP, decision_cells

__all__ = ["matthews_correlation"]

# of each margin: its cells and, in words, what it lacks where it is empty
MARGINS = (
    ((TP, FN), "no positives"),
    ((FP, TN), "no negatives"),
    ((TP, FP), "nothing was called positive"),
    ((FN, TN), "nothing was called negative"),
)


def matthews_correlation(
    decision: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return the correlation of calls and truth, -1 to 1.

    ``(TP * TN - FP * FN) / sqrt((TP + FP) (TP + FN) (TN + FP) (TN + FN))`` [1]_; it moves with the prevalence. The
    interval is the delta method's on Fisher's z scale, ``tanh(atanh(mcc) -+ z * se)`` [2]_. Where one of the four cells
    is empty, half a record is added to each for the interval, which is then widened to the value if it leaves it out.

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
        Undefined with a reason where truth or calls are all the same.

    References
    ----------
    .. [1] Matthews, Biochimica et Biophysica Acta 405:442 (1975), doi:10.1016/0005-2795(75)90109-9
    .. [2] Itaya et al., Statistics in Medicine 44:e10303 (2025), doi:10.1002/sim.10303

    Examples
    --------
    >>> found = matthews_correlation([1] * 9 + [0] + [1] * 2 + [0] * 8, [1] * 10 + [0] * 10)
    >>> round(found.value, 3), round(found.low, 2), round(found.high, 2)
    (0.704, 0.26, 0.9)
    """
    cells = decision_cells(decision, truth, clusters=clusters, weights=weights)
    for margin, reason in MARGINS:
        if cells.weight_in[list(margin)].sum() == 0:
            return cells.undefined(reason)
    value, used, counts = _coefficient(cells.weight_in), cells.for_interval, (cells.n, cells.events, cells.patients)
    if cells.patients < 2:
        return Estimate(value, -1.0, 1.0, *counts, "no interval: fewer than 2 patients", level)
    centre = _coefficient(used)
    error = math.sqrt(cells.variance(_gradient(used) / (1 - centre**2)))
    reach = cells.reach(level) * error
    low, high = math.tanh(math.atanh(centre) - reach), math.tanh(math.atanh(centre) + reach)
    method = cells.method("Fisher's z, delta method")
    return Estimate(value, min(low, value), max(high, value), *counts, method, level)


def _coefficient(cells: NDArray[np.float64]) -> float:
    # one square root per margin: the product of four large counts would lose digits
    margins = [math.sqrt(cells[list(margin)].sum()) for margin, _ in MARGINS]
    left, right = cells[TP] / margins[0] / margins[2], cells[TN] / margins[1] / margins[3]
    other, last = cells[FP] / margins[1] / margins[2], cells[FN] / margins[0] / margins[3]
    return float(np.clip(left * right - other * last, -1.0, 1.0))


def _gradient(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    root = math.sqrt(math.prod(float(cells[list(margin)].sum()) for margin, _ in MARGINS))
    gradient = np.array([cells[TN], -cells[FN], -cells[FP], cells[TP]]) / root
    for margin, _ in MARGINS:
        gradient[list(margin)] -= _coefficient(cells) / 2 / cells[list(margin)].sum()
    return gradient
