"""Leave out samples of a trace that a pen would not show (swinging door algorithm, Bristol 1990)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["simplify"]


def simplify(
    x: NDArray[np.float64], y: NDArray[np.float64], *, tolerance: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the samples whose joining line passes every left-out one within ``tolerance``.

    Parameters
    ----------
    x, y : float64 (sample,)
        x rises; y in the unit of ``tolerance``. NaN is kept, it interrupts the line.
    tolerance : float

    Examples
    --------
    >>> simplify(np.arange(5.0), np.array([0.0, 0.0, 0.0, 1.0, 2.0]), tolerance=0.1)[0].tolist()
    [0.0, 2.0, 4.0]
    """
    if x.size < 3:
        return x, y
    kept = _kept(x.tolist(), y.tolist(), tolerance)
    return x[kept], y[kept]


def _kept(x: list[float], y: list[float], tolerance: float) -> list[int]:
    """Return what stays: from each kept one a door of slopes narrows until a sample lies outside it."""
    kept = [0]
    anchor, low, high = 0, -math.inf, math.inf
    for i in range(1, len(x)):
        if math.isnan(y[i]) or math.isnan(y[i - 1]):
            kept.extend(j for j in (i - 1, i) if j > kept[-1])
            anchor, low, high = i, -math.inf, math.inf
            continue
        run = x[i] - x[anchor]
        slope = (y[i] - y[anchor]) / run
        if not low <= slope <= high:
            anchor = i - 1
            kept.append(anchor)
            run = x[i] - x[anchor]
            low, high = -math.inf, math.inf
        low = max(low, (y[i] - tolerance - y[anchor]) / run)
        high = min(high, (y[i] + tolerance - y[anchor]) / run)
    if kept[-1] != len(x) - 1:
        kept.append(len(x) - 1)
    return kept
