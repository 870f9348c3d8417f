"""Specificity at the cut-off that reaches a given sensitivity, and the reverse; the interval re-draws the cut-off.

The cut-off is the highest observed score at which the sensitivity reaches its target; a score of at least the cut-off
is called positive. Taken from the same records as the specificity, it is uncertain, too: each resample of patients
chooses its own. No interval is narrower than the exact one at the cut-off taken as known, which matters where resamples
don't differ, as at a perfect separation.

References
----------
.. [1] Platt, Hanley and Yang, Statistics in Medicine 19:313 (2000),
   doi:10.1002/(SICI)1097-0258(20000215)19:3<313::AID-SIM370>3.0.CO;2-K
.. [2] Zhou and Qin, Statistics in Medicine 24:465 (2005), doi:10.1002/sim.1563
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome, binary_outcome
from einthoven.evaluation.statistics.proportion import proportion
from einthoven.evaluation.statistics.share_at_target import (
    ShareAtTarget,
    class_draws,
    in_order_of_values,
    reversed_classes,
)

__all__ = ["sensitivity_at_specificity", "specificity_at_sensitivity"]


def specificity_at_sensitivity(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    sensitivity: float = 0.9,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Estimate:
    """Return the share of negatives below the highest cut-off with at least this sensitivity.

    The interval is the percentile one of a bootstrap by patient, stratified by class, in which each resample chooses
    its own cut-off; it is never narrower than the exact binomial one at the cut-off taken as known.

    Parameters
    ----------
    score : float64 (record,)
    truth : 0 or 1 (record,)
    sensitivity : float in (0, 1]
        With ``n`` positives it is reached at the score of the ``ceil(sensitivity * n)``-th highest of them, so with few
        the sensitivity is rather higher.
    clusters : (record,), optional
        Patient of each record.
    weights : (record,), optional
    level : float in (0, 1)
    resamples, seed : int

    Raises
    ------
    InvalidScoreError, OneClassError
        A score is NaN; a class is missing.

    References
    ----------
    .. [1] Platt et al., Statistics in Medicine 19:313 (2000),
       doi:10.1002/(SICI)1097-0258(20000215)19:3<313::AID-SIM370>3.0.CO;2-K

    Examples
    --------
    >>> score, truth = [0.1, 0.2, 0.3, 0.6, 0.4, 0.5, 0.7, 0.9], [0, 0, 0, 0, 1, 1, 1, 1]
    >>> specificity_at_sensitivity(score, truth, sensitivity=0.75).value
    0.75
    """
    data = in_order_of_values(binary_outcome(score, truth, clusters=clusters, weights=weights))
    share = ShareAtTarget.of(data, sensitivity, name="sensitivity")
    return _estimate(share, data, data.events, level=level, resamples=resamples, seed=seed)


def sensitivity_at_specificity(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    specificity: float = 0.9,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Estimate:
    """Return the share of positives at or above the lowest cut-off with at least this specificity.

    All else as in ``specificity_at_sensitivity``, the classes exchanged.

    References
    ----------
    .. [1] Platt et al., Statistics in Medicine 19:313 (2000),
       doi:10.1002/(SICI)1097-0258(20000215)19:3<313::AID-SIM370>3.0.CO;2-K

    Examples
    --------
    >>> score, truth = [0.1, 0.2, 0.3, 0.6, 0.4, 0.5, 0.7, 0.9], [0, 0, 0, 0, 1, 1, 1, 1]
    >>> sensitivity_at_specificity(score, truth, specificity=0.75).value
    1.0
    """
    data = reversed_classes(in_order_of_values(binary_outcome(score, truth, clusters=clusters, weights=weights)))
    share = ShareAtTarget.of(data, specificity, name="specificity")
    return _estimate(share, data, data.n - data.events, level=level, resamples=resamples, seed=seed)


def _estimate(
    share: ShareAtTarget, data: BinaryOutcome, events: int, *, level: float, resamples: int, seed: int
) -> Estimate:
    value = float(share.shares(np.ones((1, data.patients), dtype=np.int32))[0])
    replicates = np.concatenate([share.shares(c) for c in class_draws(data, resamples=resamples, seed=seed)])
    kept = replicates[~np.isnan(replicates)]
    limits = np.quantile(kept, [(1 - level) / 2, (1 + level) / 2]) if kept.size else (value, value)
    second = ~data.truth
    weights = None if data.weight is None else data.weight[second]
    hit = data.score[second] < share.cut_off()
    known = proportion(hit, clusters=data.patient[second], weights=weights, level=level)
    method = f"percentile bootstrap by patient, {kept.size} resamples, each with its own cut-off"
    if known.low < limits[0] or known.high > limits[1]:
        method += "; widened to the exact interval at the cut-off taken as known"
    low, high = min(float(limits[0]), known.low), max(float(limits[1]), known.high)
    return Estimate(value, low, high, data.n, events, data.patients, method, level)
