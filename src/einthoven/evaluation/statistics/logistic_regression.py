"""Logistic regression by maximum likelihood, for models of a few columns: who was verified, what age and sex tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from einthoven.errors import StatisticsError, TooFewObservationsError

__all__ = ["LogisticFit", "fit_logistic"]

MAX_ITERATIONS = 50
# of the largest step against the largest coefficient, both of scaled columns
STEP_TOLERANCE = 1e-10
# where chances reach 0 and 1 on a whole side of a column, its information vanishes: the maximum lies at infinity
WORST_CONDITION = 1e12


@dataclass(frozen=True, slots=True, eq=False)
class LogisticFit:
    """A fitted model.

    Attributes
    ----------
    coefficients : float64 (column + 1,)
        The intercept first, then one log odds per unit of each column.
    covariance : float64 (column + 1, column + 1)
        Inverse of the information, as R's ``vcov`` of a ``glm``.
    """

    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]

    def probability(self, columns: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the predicted chance, float64 (record,), of columns (record, column)."""
        return np.asarray(special.expit(self.coefficients[0] + columns @ self.coefficients[1:]))


def fit_logistic(
    columns: NDArray[np.float64], outcome: NDArray[np.bool_], *, weights: NDArray[np.float64] | None = None
) -> LogisticFit:
    """Return the coefficients that maximise the likelihood, by Newton's method with halved steps [1]_.

    ``logit P(outcome) = b0 + columns @ b``; no penalty. A column that is constant, or that others make up, adds
    nothing and gets the coefficient 0.

    Parameters
    ----------
    columns : float64 (record, column)
        Without an intercept; finite.
    outcome : bool (record,)
    weights : float64 (record,), optional
        Positive; how much each record counts.

    Raises
    ------
    StatisticsError
        Shapes differ, or a number isn't finite.
    TooFewObservationsError
        The likelihood has no maximum: one class alone, or columns that separate the classes.

    References
    ----------
    .. [1] McCullagh and Nelder, Generalized Linear Models (1989), doi:10.1201/9780203753736

    Examples
    --------
    >>> fit = fit_logistic(np.array([[0.0], [0], [0], [0], [1], [1], [1], [1]]), np.array([0, 0, 0, 1, 0, 1, 1, 1]) > 0)
    >>> fit.coefficients.round(4)  # log(1/3), and the log of the odds ratio 9
    array([-1.0986,  2.1972])
    """
    truth = np.asarray(outcome, dtype=np.float64)
    weight = np.ones_like(truth) if weights is None else weights
    if columns.ndim != 2 or len(columns) != truth.size:
        raise StatisticsError(f"columns must be (record, column) of {truth.size} records, got shape {columns.shape}")
    if not np.isfinite(columns).all():
        raise StatisticsError("columns of a regression must be finite; fill in or leave out what is missing")
    if truth.size == 0 or truth.min() == truth.max():
        raise TooFewObservationsError(f"a regression needs both classes, got one among {truth.size} records")
    mean, scale, kept = _scaling(columns)
    design = np.column_stack([np.ones_like(truth), (columns[:, kept] - mean[kept]) / scale[kept]])
    inner, covariance = _newton(design, truth, weight)
    return _unscaled(inner, covariance, mean=mean, scale=scale, kept=kept)


def _scaling(columns: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return mean and deviation of each column, and which are linearly independent, the first ones first."""
    mean, scale = columns.mean(axis=0), columns.std(axis=0)
    varying = np.flatnonzero(scale > 1e-12 * np.maximum(1.0, np.abs(mean)))
    kept: list[int] = []
    left = (columns - mean) / np.where(scale > 0, scale, 1.0)
    for column in varying:
        rest = left[:, column]
        if rest.std() < 1e-8:
            continue
        kept.append(int(column))
        unit = rest / np.sqrt(rest @ rest)
        left = left - np.outer(unit, unit @ left)
    return mean, scale, np.array(kept, dtype=np.int64)


def _newton(
    design: NDArray[np.float64], truth: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    coefficients = np.zeros(design.shape[1])
    loss = _loss(design @ coefficients, truth, weight)
    for _ in range(MAX_ITERATIONS):
        predictor = design @ coefficients
        probability = special.expit(predictor)
        information = (design * (weight * probability * (1 - probability))[:, None]).T @ design
        if np.linalg.cond(information) > WORST_CONDITION:
            break
        step = np.linalg.solve(information, design.T @ (weight * (truth - probability)))
        while (moved := _loss(design @ (coefficients + step), truth, weight)) > loss + 1e-12 * abs(loss):
            step = step / 2
        coefficients, loss = coefficients + step, moved
        if np.abs(step).max() <= STEP_TOLERANCE * (1 + np.abs(coefficients).max()):
            return coefficients, np.asarray(np.linalg.inv(information))
    raise TooFewObservationsError(
        "the regression has no maximum: some columns separate the classes perfectly; use fewer columns"
    )


def _loss(predictor: NDArray[np.float64], truth: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    return float(np.sum(weight * (np.logaddexp(0.0, predictor) - truth * predictor)))


def _unscaled(
    inner: NDArray[np.float64],
    covariance: NDArray[np.float64],
    *,
    mean: NDArray[np.float64],
    scale: NDArray[np.float64],
    kept: NDArray[np.int64],
) -> LogisticFit:
    # b = back @ inner, with the intercept of the columns as they came
    back = np.zeros((mean.size + 1, inner.size))
    back[0, 0] = 1.0
    back[1 + kept, 1 + np.arange(kept.size)] = 1 / scale[kept]
    back[0, 1:] = -mean[kept] / scale[kept]
    return LogisticFit(back @ inner, back @ covariance @ back.T)
