"""Maximum likelihood fit of the truth on the logit of a score; it measures miscalibration, it mends nothing."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome

__all__ = ["fit_recalibration"]

Quantity = Literal["slope", "intercept"]
MAX_ITERATIONS = 100
# Newton's steps converge quadratically, so a step this small means that the last digits have settled
STEP_TOLERANCE = 1e-10


def fit_recalibration(data: BinaryOutcome, *, quantity: Quantity, level: float) -> Estimate:
    """Return the calibration slope, or the intercept with the slope held at 1, with Wald's interval.

    Parameters
    ----------
    data : BinaryOutcome
        Scores in [0, 1].
    quantity : {"slope", "intercept"}
    level : float in (0, 1)

    Returns
    -------
    Estimate
        Undefined with a reason where the likelihood has no maximum.
    """
    method = "Wald, clustered by patient (sandwich)" if data.repeated else "Wald"
    counts = {"n": data.n, "events": data.events, "clusters": data.patients}
    reason = _why_undefined(data, quantity)
    if reason is not None:
        return Estimate.undefined(reason, **counts, method=method)
    inside = (data.score > 0) & (data.score < 1)
    logit, truth = special.logit(data.score[inside]), data.truth[inside].astype(np.float64)
    ones = np.ones_like(logit)
    design = np.column_stack([ones, logit]) if quantity == "slope" else ones[:, None]
    offset = np.zeros_like(logit) if quantity == "slope" else logit
    # the slope starts at 0, not 1: from an extreme slope Newton's steps may diverge
    coefficients = _newton(design, truth, offset)
    if coefficients is None:
        return Estimate.undefined("the fit did not converge", **counts, method=method)
    covariance = _covariance(design, truth, offset + design @ coefficients, data.patient[inside], data=data)
    value, error = float(coefficients[-1]), float(np.sqrt(covariance[-1, -1]))
    reach = float(stats.norm.ppf((1 + level) / 2)) * error
    saturated = int((~inside).sum())
    if saturated:
        method = f"{method}; {saturated} right scores of exactly 0 or 1 left out of the fit"
    return Estimate(value, value - reach, value + reach, data.n, data.events, data.patients, method, level)


def _why_undefined(data: BinaryOutcome, quantity: Quantity) -> str | None:
    if data.events in {0, data.n}:
        return "no positives" if data.events == 0 else "no negatives"
    wrong = ((data.score == 1) & ~data.truth) | ((data.score == 0) & data.truth)
    if wrong.any():
        return f"{int(wrong.sum())} scores of exactly 0 or 1 are wrong, which no recalibration on the logit can mend"
    inside = (data.score > 0) & (data.score < 1)
    positives, negatives = data.score[inside & data.truth], data.score[inside & ~data.truth]
    if positives.size == 0 or negatives.size == 0:
        return "among the scores strictly between 0 and 1 only one class is left"
    return _why_no_slope(positives, negatives) if quantity == "slope" else None


def _why_no_slope(positives: NDArray[np.float64], negatives: NDArray[np.float64]) -> str | None:
    if positives.min() == positives.max() == negatives.min() == negatives.max():
        return "the score is constant"
    if positives.min() >= negatives.max() or positives.max() <= negatives.min():
        return "the score separates the classes perfectly"
    return None


def _newton(
    design: NDArray[np.float64], truth: NDArray[np.float64], offset: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    coefficients = np.zeros(design.shape[1])
    loss = _negative_log_likelihood(truth, offset)
    for _ in range(MAX_ITERATIONS):
        probability = special.expit(offset + design @ coefficients)
        information = (design * (probability * (1 - probability))[:, None]).T @ design
        if not np.isfinite(information).all() or np.linalg.cond(information) > 1 / np.finfo(float).eps:
            return None
        step = np.linalg.solve(information, design.T @ (truth - probability))
        # halve a step that overshoots, so that the likelihood never falls
        for _ in range(60):
            proposal = _negative_log_likelihood(truth, offset + design @ (coefficients + step))
            if proposal <= loss + 1e-12 * abs(loss):
                break
            step = step / 2
        coefficients, loss = coefficients + step, proposal
        if np.abs(step).max() <= STEP_TOLERANCE * (1 + np.abs(coefficients).max()):
            return coefficients
    return None


def _negative_log_likelihood(truth: NDArray[np.float64], predictor: NDArray[np.float64]) -> float:
    return float(np.sum(np.logaddexp(0.0, predictor) - truth * predictor))


def _covariance(
    design: NDArray[np.float64],
    truth: NDArray[np.float64],
    predictor: NDArray[np.float64],
    patient: NDArray[np.int64],
    *,
    data: BinaryOutcome,
) -> NDArray[np.float64]:
    probability = special.expit(predictor)
    inverse = np.linalg.inv((design * (probability * (1 - probability))[:, None]).T @ design)
    if not data.repeated:
        return np.asarray(inverse)
    gradient = design * (truth - probability)[:, None]
    sums = np.column_stack([np.bincount(patient, column, data.patients) for column in gradient.T])
    return np.asarray(inverse @ (sums.T @ sums) @ inverse * data.patients / max(data.patients - 1, 1))
