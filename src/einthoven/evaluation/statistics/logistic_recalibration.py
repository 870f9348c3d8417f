"""Maximum likelihood fit of the truth on the logit of a score; it measures miscalibration, it mends nothing.

One record per patient and no weights: Wald's interval, as R's ``glm`` and ``rms`` print it. With repeated patients the
variance is the sandwich with sums over patients and the factor ``patients / (patients - 1)`` [1]_ (in R
``sandwich::vcovCL(type = "HC0")``), but never below the one that takes records as independent; quantiles are Student's.
Their degrees of freedom are ``(sum a)^2 / sum a^2 - 1``, where ``a`` is what a patient adds to the variance that the
model expects [2]_, and no more than the number of patients with the rarer outcome, less 1. With weights the likelihood
is the weighted one and the variance the same sandwich.

References
----------
.. [1] Liang and Zeger, Biometrika 73:13 (1986), doi:10.1093/biomet/73.1.13
.. [2] Bell and McCaffrey, Survey Methodology 28:169 (2002); here for independent records within the model
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome

__all__ = ["RecalibrationFit", "fit_recalibration", "recalibration"]

Quantity = Literal["slope", "intercept"]
MAX_ITERATIONS = 100
# Newton's steps converge quadratically, so a step this small means that the last digits have settled
STEP_TOLERANCE = 1e-10


@dataclass(frozen=True, slots=True)
class RecalibrationFit:
    """A coefficient with its standard error.

    Attributes
    ----------
    value, error : float
    degrees : float
        Degrees of freedom of Student's quantile; infinite: the normal one.
    saturated : int
        Right scores of exactly 0 or 1, which were left out.
    """

    value: float
    error: float
    degrees: float
    saturated: int


def fit_recalibration(data: BinaryOutcome, *, quantity: Quantity, level: float) -> Estimate:
    """Return the calibration slope, or the intercept with the slope held at 1, with its interval.

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
    method = "Wald"
    if data.repeated or data.weight is not None:
        grouping = ", clustered by patient" if data.repeated else ""
        method = f"Wald{grouping} (sandwich, Student's t)"
    counts = {"n": data.n, "events": data.events, "clusters": data.patients}
    fit = recalibration(data, quantity=quantity)
    if isinstance(fit, str):
        return Estimate.undefined(fit, **counts, method=method)
    law = stats.norm if math.isinf(fit.degrees) else stats.t(fit.degrees)
    reach = float(law.ppf((1 + level) / 2)) * fit.error
    if fit.saturated:
        method = f"{method}; {fit.saturated} right scores of exactly 0 or 1 left out of the fit"
    return Estimate(fit.value, fit.value - reach, fit.value + reach, data.n, data.events, data.patients, method, level)


def recalibration(data: BinaryOutcome, *, quantity: Quantity) -> RecalibrationFit | str:
    """Return the fit, or in words why there is none; arguments as ``fit_recalibration``."""
    reason = _why_undefined(data, quantity)
    if reason is not None:
        return reason
    inside = (data.score > 0) & (data.score < 1)
    logit, truth = special.logit(data.score[inside]), data.truth[inside].astype(np.float64)
    weight = np.ones_like(logit) if data.weight is None else data.weight[inside] / float(np.mean(data.weight[inside]))
    ones = np.ones_like(logit)
    design = np.column_stack([ones, logit]) if quantity == "slope" else ones[:, None]
    offset = np.zeros_like(logit) if quantity == "slope" else logit
    # the slope starts at 0, not 1: from an extreme slope Newton's steps may diverge
    coefficients = _newton(design, truth, offset, weight)
    if coefficients is None:
        return "the fit did not converge"
    error, degrees = _error(design, truth, offset + design @ coefficients, weight, data.patient[inside], data=data)
    return RecalibrationFit(float(coefficients[-1]), error, degrees, int((~inside).sum()))


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
    design: NDArray[np.float64], truth: NDArray[np.float64], offset: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    coefficients = np.zeros(design.shape[1])
    loss = _negative_log_likelihood(truth, offset, weight)
    for _ in range(MAX_ITERATIONS):
        probability = special.expit(offset + design @ coefficients)
        information = (design * (weight * probability * (1 - probability))[:, None]).T @ design
        if not np.isfinite(information).all() or np.linalg.cond(information) > 1 / np.finfo(float).eps:
            return None
        step = np.linalg.solve(information, design.T @ (weight * (truth - probability)))
        # halve a step that overshoots, so that the likelihood never falls
        for _ in range(60):
            proposal = _negative_log_likelihood(truth, offset + design @ (coefficients + step), weight)
            if proposal <= loss + 1e-12 * abs(loss):
                break
            step = step / 2
        coefficients, loss = coefficients + step, proposal
        if np.abs(step).max() <= STEP_TOLERANCE * (1 + np.abs(coefficients).max()):
            return coefficients
    return None


def _negative_log_likelihood(
    truth: NDArray[np.float64], predictor: NDArray[np.float64], weight: NDArray[np.float64]
) -> float:
    return float(np.sum(weight * (np.logaddexp(0.0, predictor) - truth * predictor)))


def _error(
    design: NDArray[np.float64],
    truth: NDArray[np.float64],
    predictor: NDArray[np.float64],
    weight: NDArray[np.float64],
    patient: NDArray[np.int64],
    *,
    data: BinaryOutcome,
) -> tuple[float, float]:
    # standard error of the last coefficient, and its degrees of freedom
    probability = special.expit(predictor)
    expected = probability * (1 - probability)
    inverse = np.linalg.inv((design * (weight * expected)[:, None]).T @ design)
    if not data.repeated and data.weight is None:
        return math.sqrt(inverse[-1, -1]), math.inf
    influence = weight * (design @ inverse[-1])
    sums = np.bincount(patient, influence * (truth - probability), data.patients)
    adds = np.bincount(patient, influence**2 * expected, data.patients)
    variance = float(sums @ sums) * data.patients / max(data.patients - 1, 1)
    if data.weight is None:
        variance = max(variance, float(inverse[-1, -1]))
    rarer = min(np.count_nonzero(np.bincount(patient[truth == outcome])) for outcome in (0, 1))
    degrees = min(float(adds.sum()) ** 2 / float(adds @ adds), float(rarer)) - 1
    return math.sqrt(variance), max(degrees, 1.0)
