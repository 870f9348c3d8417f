"""Area under the ROC curve, with an interval that holds as often as it says also for few events."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from einthoven.errors import SpecificationError
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.area_interval import (
    MANY_MISPLACED,
    AreaSpread,
    area_spread,
    logit_interval,
    score_interval,
    wald_interval,
)
from einthoven.evaluation.statistics.area_replicates import area_replicates
from einthoven.evaluation.statistics.bca_interval import Interval, Resampled, bca_interval
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome, binary_outcome
from einthoven.evaluation.statistics.delong import area_covariance, placements
from einthoven.evaluation.statistics.label_table import LabelTable

__all__ = ["IntervalMethod", "auroc", "delong_method", "independent_pairs"]

IntervalMethod = Literal["auto", "delong", "logit", "bootstrap"]
METHODS = ("auto", "delong", "logit", "bootstrap")


def auroc(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    method: IntervalMethod = "auto",
    resamples: int = 1000,
    seed: int = 0,
) -> Estimate:
    """Return the chance that a random positive is scored above a random negative, ties counting half.

    ``sum over pairs of w_i w_j ([positive > negative] + [positive = negative] / 2) / sum over pairs of w_i w_j``. The
    variance is DeLong's [1]_, with several records per patient Obuchowski's [2]_. The interval:

    - ``delong``: ``value -+ z * se``, cut to [0, 1], to all digits that of R's pROC [3]_. At an area of exactly 1 or 0
      the exact binomial one of the largest number of pairs that share no patient.
    - ``logit``: the same on the logit scale.
    - ``bootstrap``: BCa over patients.
    - ``auto``: ``delong`` where at least 15 records of the rarer class are misplaced, that is
      ``min(positives, negatives) * min(value, 1 - value) >= 15`` (patients with several records, and weights, by their
      effective number). Below that DeLong's interval is too short, and a score interval takes its place; its formula,
      and how often each of them covers, is in ``area_interval`` and on the page on coverage.

    With fewer than 2 patients with, or without, the outcome nothing is known about the spread: the interval is [0, 1],
    and ``method`` says so.

    Parameters
    ----------
    score : float64 (record,)
        Higher means more likely positive; any scale. An area below 0.5 is returned as it is, never turned round.
    truth : 0 or 1 (record,)
    clusters : (record,), optional
        Patient of each record.
    weights : (record,), optional
        How many records each stands for, positive.
    level : float in (0, 1)
    method : {"auto", "delong", "logit", "bootstrap"}
    resamples, seed : int
        Of the bootstrap.

    Raises
    ------
    InvalidScoreError
        A score is NaN or infinite.
    OneClassError
        No positives or no negatives.

    References
    ----------
    .. [1] DeLong et al., Biometrics 44:837 (1988), doi:10.2307/2531595
    .. [2] Obuchowski, Biometrics 53:567 (1997), doi:10.2307/2533958
    .. [3] Robin et al., BMC Bioinformatics 12:77 (2011), doi:10.1186/1471-2105-12-77

    Examples
    --------
    >>> estimate = auroc([0.1, 0.4, 0.35, 0.8, 0.7, 0.2], [0, 0, 1, 1, 1, 0])
    >>> round(estimate.value, 3), round(estimate.low, 3), round(estimate.high, 3), estimate.method
    (0.889, 0.262, 0.994, 'DeLong, score interval')
    >>> estimate = auroc([0.1, 0.4, 0.35, 0.8, 0.7, 0.2], [0, 0, 1, 1, 1, 0], method="delong")
    >>> round(estimate.low, 3), estimate.high, estimate.method
    (0.581, 1.0, 'DeLong')
    """
    if method not in METHODS:
        raise SpecificationError(f"method must be one of {', '.join(METHODS)}, got {method!r}")
    data = binary_outcome(score, truth, clusters=clusters, weights=weights)
    ranked = placements(data.score, data.truth, data.weight)
    if method == "bootstrap":
        found = _bootstrap(data, level=level, resamples=resamples, seed=seed)
    else:
        covariance = area_covariance(
            [ranked], data.truth, patient=data.patient, patients=data.patients, weight=data.weight
        )
        found = _interval(area_spread(ranked.auroc, covariance, data), data, level=level, method=method)
    return Estimate(ranked.auroc, found.low, found.high, data.n, data.events, data.patients, found.method, level)


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


def _interval(spread: AreaSpread, data: BinaryOutcome, *, level: float, method: IntervalMethod) -> Interval:
    if math.isnan(spread.variance) and method == "auto":
        return Interval(0.0, 1.0, "no interval: fewer than 2 patients with, or without, the outcome")
    name = delong_method(data)
    if method == "auto" and (spread.flat or spread.misplaced < MANY_MISPLACED):
        return Interval(*score_interval(spread, level=level), f"{name}, score interval")
    if spread.area in {0.0, 1.0}:
        return _at_the_edge(data, spread.area, level=level)
    if math.isnan(spread.variance):
        return Interval(0.0, 1.0, "no interval: fewer than 2 patients with, or without, the outcome")
    if method == "logit":
        return Interval(*logit_interval(spread, level=level), f"{name}, logit")
    return Interval(*wald_interval(spread, level=level), name)


def _bootstrap(data: BinaryOutcome, *, level: float, resamples: int, seed: int) -> Interval:
    column = data.truth[:, None].astype(np.float64)
    table = LabelTable(data.score[:, None], column, data.patient, data.patients, data.weight, ("",), ())
    drawn = area_replicates(table, "auroc", resamples=resamples, seed=seed)
    found = Resampled(float(drawn.area[0]), drawn.replicates[:, 0], drawn.influence[:, 0], drawn.stratum)
    return bca_interval(found, level=level)


def _at_the_edge(data: BinaryOutcome, value: float, *, level: float) -> Interval:
    # all of k independent pairs agree: Clopper and Pearson's bound is (alpha / 2) ** (1 / k)
    pairs = independent_pairs(data)
    bound = ((1 - level) / 2) ** (1 / pairs) if pairs else 0.0
    method = f"exact binomial on {pairs} independent pairs (DeLong has no width at {value:g})"
    return Interval(bound, 1.0, method) if value == 1.0 else Interval(0.0, 1.0 - bound, method)
