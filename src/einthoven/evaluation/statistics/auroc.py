"""Area under the ROC curve with DeLong's interval."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome, binary_outcome
from einthoven.evaluation.statistics.delong import delong_covariance, placements

__all__ = ["auroc", "delong_method", "independent_pairs"]


def auroc(score: ArrayLike, truth: ArrayLike, *, clusters: ArrayLike | None = None, level: float = 0.95) -> Estimate:
    """Return the chance that a random positive is scored above a random negative, ties counting half.

    ``sum over pairs of [positive > negative] + [positive = negative] / 2``, divided by the number of pairs. The
    interval is ``value -+ z * se`` with DeLong's variance [1]_, cut to [0, 1] as R's pROC does [2]_; with several
    records per patient the variance is Obuchowski's [3]_, and ``method`` says so.

    At an area of exactly 1 or 0 DeLong's variance is 0 and its interval a point. There the interval is the exact
    binomial one of the largest number of pairs that share no patient: each is concordant with a chance that equals the
    area and independently of the others, so the bound is valid, if cautious.

    Parameters
    ----------
    score : float64 (record,)
        Higher means more likely positive; any scale. An area below 0.5 is returned as it is, never turned round.
    truth : 0 or 1 (record,)
    clusters : (record,), optional
        Patient of each record.
    level : float in (0, 1)

    Raises
    ------
    InvalidScoreError
        A score is NaN or infinite.
    OneClassError
        No positives or no negatives.

    References
    ----------
    .. [1] DeLong et al., Biometrics 44:837 (1988), doi:10.2307/2531595
    .. [2] Robin et al., BMC Bioinformatics 12:77 (2011), doi:10.1186/1471-2105-12-77
    .. [3] Obuchowski, Biometrics 53:567 (1997), doi:10.2307/2533958

    Examples
    --------
    >>> estimate = auroc([0.1, 0.4, 0.35, 0.8, 0.7, 0.2], [0, 0, 1, 1, 1, 0])
    >>> round(estimate.value, 3), round(estimate.low, 3), estimate.high, estimate.method
    (0.889, 0.581, 1.0, 'DeLong')
    """
    data = binary_outcome(score, truth, clusters=clusters)
    ranked = placements(data.score, data.truth)
    variance = delong_covariance([ranked], data.truth, patient=data.patient, patients=data.patients)[0, 0]
    if ranked.auroc in {0.0, 1.0}:
        low, high, method = _at_the_edge(data, ranked.auroc, level=level)
    elif np.isnan(variance):
        low, high, method = 0.0, 1.0, "no interval: fewer than 2 patients with, or without, the outcome"
    else:
        reach = stats.norm.ppf((1 + level) / 2) * np.sqrt(max(variance, 0.0))
        low, high, method = max(0.0, ranked.auroc - reach), min(1.0, ranked.auroc + reach), delong_method(data)
    return Estimate(ranked.auroc, float(low), float(high), data.n, data.events, data.patients, method, level)


def delong_method(data: BinaryOutcome) -> str:
    """Return how the variance of an area is made on these data."""
    return "DeLong, clustered by patient (Obuchowski)" if data.repeated else "DeLong"


def independent_pairs(data: BinaryOutcome) -> int:
    """Return the largest number of positive-negative pairs in which no patient appears twice.

    Examples
    --------
    >>> independent_pairs(binary_outcome([1, 2, 3, 4], [1, 0, 1, 0], clusters=["a", "a", "b", "c"]))
    1
    """
    with_positive = np.bincount(data.patient[data.truth], minlength=data.patients) > 0
    with_negative = np.bincount(data.patient[~data.truth], minlength=data.patients) > 0
    return int(min(with_positive.sum(), with_negative.sum(), data.patients // 2))


def _at_the_edge(data: BinaryOutcome, value: float, *, level: float) -> tuple[float, float, str]:
    # all of k independent pairs agree: Clopper and Pearson's bound is (alpha / 2) ** (1 / k)
    pairs = independent_pairs(data)
    bound = ((1 - level) / 2) ** (1 / pairs) if pairs else 0.0
    method = f"exact binomial on {pairs} independent pairs (DeLong has no width at {value:g})"
    return (bound, 1.0, method) if value == 1.0 else (0.0, 1.0 - bound, method)
