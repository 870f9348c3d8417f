"""Traits moved until the beats that they make have the mean and covariance of real ones.

Between two normal distributions the map that moves least is linear (Gelbrich, Math Nachr 1990;147:185):
``A = R (R C R)^-1/2 R`` with ``R`` the root of the wanted covariance and ``C`` the one there is. It says how each
simulated beat should move; a linear regression of traits on beats says how its traits should.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import sqrtm

__all__ = ["Moved", "moved", "ridge_regression", "transport"]

Array = NDArray[np.float64]

SMALLEST = 1e-9  # keeps a root invertible
OUTLIER_SD = 4.0
LEAST_VARIANCE = 1e-4


class Moved(NamedTuple):
    """The covariance of moved traits, float64 (trait, trait), and traits per score, float64 (score, trait)."""

    covariance: Array
    slope: Array


def moved(traits: Array, scores: Array, wanted: Array, *, step: float, ridge: float) -> Moved:
    """Return where traits go so that scores come nearer to a wanted covariance.

    Parameters
    ----------
    traits : float64 (draw, trait)
        About their mean.
    scores : float64 (draw, score)
        Of the beats that they make, about their mean.
    wanted : float64 (score, score)
        Covariance.
    step : float in (0, 1]
        Share of the way.
    ridge : float
        Of the regression, in mean variances of a score.
    """
    spread = scores.std(0)
    scores = np.clip(scores, -OUTLIER_SD * spread, OUTLIER_SD * spread)
    slope = ridge_regression(scores, traits, penalty=ridge * np.sum(scores**2) / scores.shape[1])
    way = transport(np.atleast_2d(np.cov(scores.T)), wanted) - np.eye(len(wanted))
    there = traits + step * (scores @ way.T) @ slope
    return Moved(np.atleast_2d(np.cov(there.T)) + LEAST_VARIANCE * np.eye(traits.shape[1]), slope)


def transport(source: Array, target: Array) -> Array:
    """Return float64 (score, score), symmetric: the linear map that turns one covariance into the other."""
    root = np.real(sqrtm(target))
    inner = np.real(sqrtm(root @ source @ root)) + SMALLEST * np.eye(len(source))
    return np.real(root @ np.linalg.solve(inner, root))


def ridge_regression(predictors: Array, values: Array, *, penalty: float) -> Array:
    """Return float64 (predictor, value): coefficients without intercept.

    Parameters
    ----------
    predictors : float64 (row, predictor)
    values : float64 (row, value)
    penalty : float
        Of a coefficient's square.
    """
    gram = predictors.T @ predictors + penalty * np.eye(predictors.shape[1])
    found: Array = np.linalg.solve(gram, predictors.T @ values).astype(np.float64)
    return found
