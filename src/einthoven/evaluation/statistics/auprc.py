"""Area under the precision-recall curve as average precision."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.binary_outcome import binary_outcome
from einthoven.evaluation.statistics.bootstrap import percentile_interval
from einthoven.evaluation.statistics.macro import area_replicates, label_table

__all__ = ["auprc"]


def auprc(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Estimate:
    """Return the average precision: ``sum over thresholds of (recall_k - recall_(k-1)) * precision_k``.

    No interpolation between points, which would be optimistic [1]_; equal scores are one threshold. A score without
    information has an average precision near the prevalence, not 0.5. The interval is a percentile bootstrap over
    patients with prevalence held fixed, widened to the estimate where needed (see ``bootstrap``).

    At exactly 1 no resample differs. There the lower bound is the exact binomial one of the share of positives that
    rank above all these negatives, which all of them did: the average precision is at least that share.

    Parameters
    ----------
    score : float64 (record,)
        Higher means more likely positive; any scale.
    truth : 0 or 1 (record,)
    clusters : (record,), optional
        Patient of each record.
    level : float in (0, 1)
    resamples, seed : int

    Raises
    ------
    InvalidScoreError
        A score is NaN or infinite.
    OneClassError
        No positives or no negatives.

    References
    ----------
    .. [1] Davis and Goadrich, ICML (2006), doi:10.1145/1143844.1143874

    Examples
    --------
    >>> round(auprc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]).value, 4)
    0.8333
    """
    data = binary_outcome(score, truth, clusters=clusters)
    known = data.truth.astype(np.float64)[:, None]
    table = label_table(data.score[:, None], known, clusters=None if clusters is None else data.patient)
    points, replicates = area_replicates(table, "average_precision", resamples=resamples, seed=seed)
    value = float(points[0])
    if value == 1.0:
        positive_patients = int(np.unique(data.patient[data.truth]).size)
        low, high = ((1 - level) / 2) ** (1 / positive_patients), 1.0
        method = f"exact binomial on {positive_patients} patients with the outcome (the bootstrap has no width at 1)"
    else:
        low, high = percentile_interval(replicates[:, 0], value, level=level)
        method = f"percentile bootstrap by patient, {resamples} resamples"
    return Estimate(value, low, high, data.n, data.events, data.patients, method, level)
