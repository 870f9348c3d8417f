"""Calibration slope: how far a model's probabilities spread compared with what happened."""

from __future__ import annotations

from numpy.typing import ArrayLike

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.brier import probability_outcome
from einthoven.evaluation.statistics.logistic_recalibration import fit_recalibration

__all__ = ["calibration_slope"]


def calibration_slope(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return ``b`` of ``logit P(truth) = a + b logit(score)`` by maximum likelihood; 1 is ideal.

    Below 1 the scores are too extreme (overfitting), above 1 too timid [1]_ [2]_. The interval is Wald's; with
    repeated patients, or weights, it has a sandwich variance over patients and Student's quantile (see
    ``logistic_recalibration``). The slope is undefined, with a reason, where one class is missing,
    the score is constant, or it separates the classes perfectly. A score of exactly 0 or 1 has no logit: a right one
    is left out of the fit, because its likelihood is flat in the limit; a wrong one makes the slope undefined.

    Parameters
    ----------
    score : float64 (record,)
        Probabilities in [0, 1]; others and NaN are refused.
    truth : 0 or 1 (record,)
    clusters : (record,), optional
        Patient of each record.
    weights : (record,), optional
        How many records each stands for, positive.
    level : float in (0, 1)

    References
    ----------
    .. [1] Cox, Biometrika 45:562 (1958), doi:10.1093/biomet/45.3-4.562
    .. [2] Van Calster et al., BMC Medicine 17:230 (2019), doi:10.1186/s12916-019-1466-7

    Examples
    --------
    >>> calibration_slope([0.2, 0.2, 0.2, 0.2, 0.8, 0.8, 0.8, 0.8], [0, 0, 0, 1, 1, 1, 1, 0]).value
    0.79248
    """
    data = probability_outcome(score, truth, clusters=clusters, weights=weights)
    return fit_recalibration(data, quantity="slope", level=level)
