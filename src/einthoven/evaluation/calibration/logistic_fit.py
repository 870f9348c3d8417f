"""Maximum likelihood of a logistic model with few coefficients, by Newton's steps; parametric calibrators share it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from einthoven.errors import StatisticsError

__all__ = ["logistic_fit"]

MOST_STEPS = 200
TOLERANCE = 1e-12


def logistic_fit(
    design: NDArray[np.float64],
    target: NDArray[np.float64],
    *,
    weight: NDArray[np.float64],
    offset: NDArray[np.float64] | float = 0.0,
) -> NDArray[np.float64]:
    """Return the coefficients of ``logit(target) = offset + design @ coefficients``.

    Parameters
    ----------
    design : float64 (record, coefficient)
    target : float64 (record,)
        In [0, 1]; need not be 0 or 1.
    weight : float64 (record,)
    offset : float64 (record,), or 0

    Raises
    ------
    StatisticsError
        There is no maximum: the scores separate the classes, or are constant.

    Examples
    --------
    >>> design = np.array([[1.0, -1], [1, -1], [1, 1], [1, 1], [1, 1]])
    >>> logistic_fit(design, np.array([0.0, 1, 1, 1, 0]), weight=np.ones(5)).round(4)
    array([0.3466, 0.3466])
    """
    # columns of one size, so that Newton's steps are as well conditioned as the data
    scale = np.sqrt(np.average(design**2, axis=0, weights=weight))
    scaled = design / np.where(scale > 0, scale, 1.0)
    coefficients = np.zeros(design.shape[1])
    loss = _loss(target, offset + np.zeros(target.size), weight)
    for _ in range(MOST_STEPS):
        fitted = special.expit(offset + scaled @ coefficients)
        information = (scaled * (weight * fitted * (1 - fitted))[:, None]).T @ scaled
        if not np.isfinite(information).all() or np.linalg.cond(information) > 1e14:
            break
        step = np.linalg.solve(information, scaled.T @ (weight * (target - fitted)))
        # halve a step that overshoots, so that the likelihood never falls
        for _ in range(60):
            proposal = _loss(target, offset + scaled @ (coefficients + step), weight)
            if proposal <= loss * (1 + 1e-14):
                break
            step = step / 2
        coefficients, loss = coefficients + step, proposal
        if np.abs(step).max() <= TOLERANCE * (1 + np.abs(coefficients).max()):
            return np.asarray(coefficients / scale)
    raise StatisticsError("the likelihood has no maximum: the scores separate the classes perfectly or are constant")


def _loss(target: NDArray[np.float64], predictor: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    return float(weight @ (np.logaddexp(0.0, predictor) - target * predictor))
