"""Calibration-in-the-large: whether probabilities are too high or too low on the whole."""

from __future__ import annotations

from numpy.typing import ArrayLike

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.brier import probability_outcome
from einthoven.evaluation.statistics.logistic_recalibration import fit_recalibration

__all__ = ["calibration_intercept"]


def calibration_intercept(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return ``a`` of ``logit P(truth) = a + logit(score)``, the slope held at 1; 0 is ideal.

    Below 0 the scores are too high, above 0 too low [1]_. Interval, refusals and scores of exactly 0 or 1 are as for
    ``calibration_slope``; a perfectly separating or constant score has an intercept.

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
    .. [1] Van Calster et al., BMC Medicine 17:230 (2019), doi:10.1186/s12916-019-1466-7

    Examples
    --------
    >>> round(calibration_intercept([0.5, 0.5, 0.5, 0.5], [0, 0, 0, 1]).value, 4)
    -1.0986
    """
    data = probability_outcome(score, truth, clusters=clusters, weights=weights)
    return fit_recalibration(data, quantity="intercept", level=level)
