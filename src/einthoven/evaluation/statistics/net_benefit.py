"""Net benefit of acting on a score above a threshold probability, also against acting on all patients or on none.

A threshold probability ``p`` says how many needless actions one found patient is worth: ``(1 - p) / p``. Net benefit
counts found patients, less the needless actions at that rate of exchange, per record.

References
----------
.. [1] Vickers and Elkin, Medical Decision Making 26:565 (2006), doi:10.1177/0272989X06295361
.. [2] Kerr, Brown, Zhu and Janes, Journal of Clinical Oncology 34:2534 (2016), doi:10.1200/JCO.2015.65.5654
.. [3] Zou, Huang and Zhang, Computational Statistics & Data Analysis 53:1080 (2009), doi:10.1016/j.csda.2008.09.033
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from einthoven.errors import InvalidScoreError, SpecificationError
from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome, binary_outcome
from einthoven.evaluation.statistics.share_combination import (
    FEW,
    ShareMoments,
    combination_interval,
    combination_p_value,
    few,
    interval_method,
    moments,
)

__all__ = [
    "exchange_rate",
    "net_benefit",
    "net_benefit_against_all",
    "net_benefit_against_none",
    "net_benefit_all",
    "net_benefit_difference",
    "risk_outcome",
    "standardised_net_benefit",
]


def net_benefit(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    threshold: float,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return ``TP / n - FP / n * p / (1 - p)`` at threshold probability ``p``; acting on nobody has 0.

    Both shares are of all records, so the interval holds for the prevalence as sampled. It is MOVER's [3]_ of Wilson's
    intervals of both shares; with fewer than 30 events or fewer than 30 non-events, of exact ones, which are cautious.
    Variances have sums over patients.

    Parameters
    ----------
    score : float64 (record,)
        Probabilities in [0, 1]; a record is acted on at ``score >= threshold``. A reader's answers, 0 or 1, do as well.
        NaN is refused.
    truth : 0 or 1 (record,)
        Both classes are needed (OneClassError).
    threshold : float in (0, 1)
    clusters : (record,), optional
        Patient of each record.
    weights : float64 (record,), optional
        Positive sampling weights.
    level : float in (0, 1)

    Examples
    --------
    >>> estimate = net_benefit([0.1, 0.4, 0.35, 0.8, 0.7, 0.2], [0, 0, 1, 1, 1, 0], threshold=0.3)
    >>> round(estimate.value, 4)
    0.4286
    """
    data, rate = risk_outcome(score, truth, clusters=clusters, weights=weights), exchange_rate(threshold)
    called = data.score >= threshold
    return _estimate(data, [called & data.truth, called & ~data.truth], [1.0, -rate], bounds=(-rate, 1.0), level=level)


def net_benefit_all(
    truth: ArrayLike,
    *,
    threshold: float,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return the net benefit of acting on everyone, ``prevalence - (1 - prevalence) * p / (1 - p)``.

    Arguments as ``net_benefit``.

    Examples
    --------
    >>> net_benefit_all([0, 0, 0, 1], threshold=0.2).value
    0.0625
    """
    everyone = np.ones(np.shape(truth))
    return net_benefit(everyone, truth, threshold=threshold, clusters=clusters, weights=weights, level=level)


def standardised_net_benefit(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    threshold: float,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return net benefit as a share of the greatest possible one, ``net benefit / prevalence`` [2]_; at most 1.

    The interval is Student's of a ratio of two means (linearisation), with sums over patients; with fewer than 30
    events or non-events it is undefined, as the prevalence in the denominator is too uncertain: read ``net_benefit``.
    Arguments as ``net_benefit``.

    Examples
    --------
    >>> score, truth = np.linspace(0.01, 0.99, 99), np.linspace(0.01, 0.99, 99) > 0.4
    >>> round(standardised_net_benefit(score, truth, threshold=0.3).value, 4)
    0.9201
    """
    data, rate = risk_outcome(score, truth, clusters=clusters, weights=weights), exchange_rate(threshold)
    method = f"linearised ratio{', clustered by patient' if data.repeated else ''}"
    if few(data) or data.patients < 2:
        reason = f"fewer than {FEW} events or non-events, or a single patient: net benefit per event is too uncertain"
        counts = {"n": data.n, "events": data.events, "clusters": data.patients}
        return Estimate.undefined(reason, **counts, method=method)
    called = data.score >= threshold
    found = moments(np.stack([called & data.truth, called & ~data.truth, data.truth]), data)
    benefit, prevalence = float(found.share[0] - rate * found.share[1]), float(found.share[2])
    gradient = np.array([1.0, -rate, -benefit / prevalence]) / prevalence
    error = math.sqrt(max(float(gradient @ found.covariance @ gradient), 0.0))
    reach = float(stats.t.ppf((1 + level) / 2, data.patients - 1)) * error
    value = benefit / prevalence
    high = max(value, min(1.0, value + reach))
    return Estimate(value, value - reach, high, data.n, data.events, data.patients, method, level)


def net_benefit_against_all(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    threshold: float,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> TestResult:
    """Return net benefit less that of acting on everyone, ``TN / n * p / (1 - p) - FN / n``.

    Interval as for ``net_benefit``; the p value is 1 - the level whose interval just reaches 0, and the statistic the
    difference divided by its standard error. Arguments as ``net_benefit``.

    Examples
    --------
    >>> against = net_benefit_against_all([0.1, 0.4, 0.35, 0.8, 0.7, 0.2], [0, 0, 1, 1, 1, 0], threshold=0.3)
    >>> round(against.difference.value, 4)
    0.1429
    """
    data, rate = risk_outcome(score, truth, clusters=clusters, weights=weights), exchange_rate(threshold)
    spared = data.score < threshold
    return _test(data, [spared & ~data.truth, spared & data.truth], [rate, -1.0], bounds=(-1.0, rate), level=level)


def net_benefit_against_none(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    threshold: float,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> TestResult:
    """Return net benefit with the test that it is 0, that of acting on nobody; as ``net_benefit_against_all``.

    Examples
    --------
    >>> against = net_benefit_against_none([0.1, 0.4, 0.35, 0.8, 0.7, 0.2], [0, 0, 1, 1, 1, 0], threshold=0.3)
    >>> round(against.difference.value, 4)
    0.4286
    """
    data, rate = risk_outcome(score, truth, clusters=clusters, weights=weights), exchange_rate(threshold)
    called = data.score >= threshold
    return _test(data, [called & data.truth, called & ~data.truth], [1.0, -rate], bounds=(-rate, 1.0), level=level)


def net_benefit_difference(
    scores_a: ArrayLike,
    scores_b: ArrayLike,
    truth: ArrayLike,
    *,
    threshold: float,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> TestResult:
    """Return ``net benefit(a) - net benefit(b)`` on the same records, with its test.

    Only records on which the two disagree count: positives, and negatives, that a alone or b alone acts on. The four
    shares are joined as in ``net_benefit``. Where they never disagree the difference is 0 and p = 1.

    Parameters
    ----------
    scores_a, scores_b : float64 (record,)
        Probabilities in [0, 1], in the same order of records.
    truth, threshold, clusters, weights, level
        As in ``net_benefit``.

    Examples
    --------
    >>> truth = [0, 0, 1, 1, 1, 0]
    >>> a, b = [0.1, 0.4, 0.35, 0.8, 0.7, 0.2], [0.3, 0.4, 0.2, 0.6, 0.7, 0.5]
    >>> round(net_benefit_difference(a, b, truth, threshold=0.3).difference.value, 4)
    0.3095
    """
    data, rate = risk_outcome(scores_a, truth, clusters=clusters, weights=weights), exchange_rate(threshold)
    other = risk_outcome(scores_b, truth, clusters=clusters)
    a, b = data.score >= threshold, other.score >= threshold
    only_a, only_b = a & ~b, b & ~a
    hits = [only_a & data.truth, only_b & data.truth, only_a & ~data.truth, only_b & ~data.truth]
    greatest = 1.0 + rate
    return _test(data, hits, [1.0, -1.0, -rate, rate], bounds=(-greatest, greatest), level=level)


def risk_outcome(
    score: ArrayLike, truth: ArrayLike, *, clusters: ArrayLike | None = None, weights: ArrayLike | None = None
) -> BinaryOutcome:
    """Return checked probabilities with a truth of both classes; a score outside [0, 1] is refused."""
    data = binary_outcome(score, truth, clusters=clusters, weights=weights)
    outside = (data.score < 0) | (data.score > 1)
    if outside.any():
        first = int(np.flatnonzero(outside)[0])
        raise InvalidScoreError(f"probabilities must lie in [0, 1], got {data.score[first]} at position {first}")
    return data


def exchange_rate(threshold: float) -> float:
    """Return ``p / (1 - p)``: found patients that one needless action costs.

    Examples
    --------
    >>> exchange_rate(0.2)
    0.25
    """
    if not 0 < threshold < 1:
        raise SpecificationError(f"a threshold probability must lie between 0 and 1, got {threshold}")
    return threshold / (1 - threshold)


def _estimate(
    data: BinaryOutcome,
    hits: Sequence[NDArray[np.bool_]],
    coefficient: Sequence[float],
    *,
    bounds: tuple[float, float],
    level: float,
) -> Estimate:
    return _interval(data, moments(np.stack(hits), data), np.array(coefficient), bounds=bounds, level=level)


def _interval(
    data: BinaryOutcome, found: ShareMoments, factor: NDArray[np.float64], *, bounds: tuple[float, float], level: float
) -> Estimate:
    counts = (data.n, data.events, data.patients)
    if data.patients < 2:
        value = float(factor @ found.share)
        return Estimate(value, *bounds, *counts, "no interval: a single patient", level)
    value, low, high = map(float, combination_interval(found, factor, exact=few(data), level=level))
    return Estimate(value, low, high, *counts, interval_method(data), level)


def _test(
    data: BinaryOutcome,
    hits: Sequence[NDArray[np.bool_]],
    coefficient: Sequence[float],
    *,
    bounds: tuple[float, float],
    level: float,
) -> TestResult:
    found, factor = moments(np.stack(hits), data), np.array(coefficient)
    estimate = _interval(data, found, factor, bounds=bounds, level=level)
    if data.patients < 2:
        return TestResult(estimate, float("nan"), float("nan"), estimate.method)
    error = math.sqrt(max(float(factor @ found.covariance @ factor), 0.0))
    statistic = estimate.value / error if error > 0 else 0.0
    return TestResult(estimate, statistic, combination_p_value(found, factor, exact=few(data)), estimate.method)
