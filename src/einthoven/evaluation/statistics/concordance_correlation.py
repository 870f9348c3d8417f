"""Lin's concordance correlation of a predicted with a measured number, or of grades: quadratically weighted kappa."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.paired_values import linearised_estimate, paired_values

__all__ = ["concordance_correlation"]


def concordance_correlation(
    predicted: ArrayLike,
    measured: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return ``1 - mean((p - m)**2) / (var(p) + var(m) + (mean(p) - mean(m))**2)`` [1]_.

    1 is agreement, 0 what chance would give; unlike Pearson's r it falls with a bias. Of grades 0, 1, 2 ... it is
    Cohen's kappa with quadratic weights [2]_. The interval is on the scale of Fisher's z, its standard error linearised
    with sums over patients. Undefined where both are constant.

    Parameters
    ----------
    predicted, measured : float64 (record,)
        In the same unit, or grades; NaN is refused.
    clusters, weights : (record,), optional
        Patient of each record, and how much it counts.
    level : float in (0, 1)

    References
    ----------
    .. [1] Lin, Biometrics 45:255 (1989), doi:10.2307/2532051
    .. [2] Fleiss and Cohen, Educational and Psychological Measurement 33:613 (1973), doi:10.1177/001316447303300309

    Examples
    --------
    >>> round(concordance_correlation([50, 42, 61, 35], [52, 40, 60, 38]).value, 4)
    0.9742
    """
    data = paired_values(predicted, measured, clusters=clusters, weights=weights)
    x, y = data.predicted - data.mean(data.predicted), data.measured - data.mean(data.measured)
    bias = data.mean(data.difference)
    by_chance = data.mean(x**2) + data.mean(y**2) + bias**2
    if by_chance == 0 or (np.ptp(data.predicted) == 0 and np.ptp(data.measured) == 0):
        records, events, patients = data.counts
        reason = "both are constant, so there is no agreement beyond chance to measure"
        return Estimate.undefined(reason, n=records, events=events, clusters=patients, method="none")
    squared = data.difference**2
    lost = data.mean(squared) / by_chance
    # derivatives of both means by a record's share of all weight
    of_chance = x**2 + y**2 + 2 * bias * (x - y)
    influence = -(squared - lost * (of_chance - data.mean(of_chance) + by_chance)) / by_chance
    return linearised_estimate(1 - lost, data.error(influence), data, level=level, scale="fisher")
