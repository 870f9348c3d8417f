"""Two scores compared at one sensitivity (or one specificity), and at the cut-offs that each of them has.

A gain in sensitivity that is paid for in specificity is a moved cut-off, not a better score. At equal sensitivity only
the score counts; at own cut-offs what was decided counts. Both belong into a comparison of two models.

References
----------
.. [1] Pepe, The Statistical Evaluation of Medical Tests for Classification and Prediction (2003), section 5.2,
   doi:10.1093/oso/9780198509844.001.0001
.. [2] Bantis and Feng, Biometrical Journal 58:1188 (2016), doi:10.1002/bimj.201500160
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.statistics.area_difference import FEW_PATIENTS
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome, binary_outcome
from einthoven.evaluation.statistics.bootstrap import bootstrap_p_value
from einthoven.evaluation.statistics.mcnemar_test import mcnemar_test
from einthoven.evaluation.statistics.share_at_target import (
    ShareAtTarget,
    class_draws,
    grouped_patients,
    reversed_classes,
)

__all__ = ["OwnCutOffs", "equal_sensitivity_test", "equal_specificity_test", "own_cut_offs_test"]


@dataclass(frozen=True, slots=True)
class OwnCutOffs:
    """Differences of two readers' calls; a test among no records is undefined with a reason."""

    sensitivity: TestResult
    specificity: TestResult
    accuracy: TestResult


def equal_sensitivity_test(
    scores_a: ArrayLike,
    scores_b: ArrayLike,
    truth: ArrayLike,
    *,
    sensitivity: float = 0.9,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> TestResult:
    """Return the difference of specificity, ``a - b``, each score at its highest cut-off with this sensitivity.

    Patients (of a class with more than 2,000, random groups of them) are drawn with replacement, within classes, the
    same for both scores, and each resample chooses both cut-offs anew [1]_ [2]_. The interval is the percentile one,
    never narrower than McNemar's at the two cut-offs taken as known and, with fewer than 30 patients in a class, than
    Student's t with the resamples' standard deviation (one degree less than those patients); the p value is the largest
    of these, so that neither the cut-offs' uncertainty nor few patients nor few resamples are overlooked. Scores that
    rank the records alike have p = 1.

    Parameters
    ----------
    scores_a, scores_b : float64 (record,)
    truth : 0 or 1 (record,)
    sensitivity : float in (0, 1]
    clusters : (record,), optional
        Patient of each record.
    weights : (record,), optional
    level : float in (0, 1)
    resamples, seed : int

    Returns
    -------
    TestResult
        ``statistic`` is the difference over the standard deviation of the resamples (0 where they don't vary).

    References
    ----------
    .. [1] Pepe, The Statistical Evaluation of Medical Tests (2003), doi:10.1093/oso/9780198509844.001.0001
    .. [2] Bantis and Feng, Biometrical Journal 58:1188 (2016), doi:10.1002/bimj.201500160

    Examples
    --------
    >>> truth = [0, 0, 0, 0, 1, 1, 1, 1]
    >>> a, b = [0.1, 0.2, 0.3, 0.6, 0.4, 0.5, 0.7, 0.9], [0.1, 0.5, 0.3, 0.6, 0.2, 0.4, 0.7, 0.9]
    >>> equal_sensitivity_test(a, b, truth, sensitivity=0.75, resamples=50).difference.value
    0.25
    """
    pair = _pair(scores_a, scores_b, truth, clusters=clusters, weights=weights)
    return _test(pair, sensitivity, name="sensitivity", level=level, resamples=resamples, seed=seed)


def equal_specificity_test(
    scores_a: ArrayLike,
    scores_b: ArrayLike,
    truth: ArrayLike,
    *,
    specificity: float = 0.9,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> TestResult:
    """Return the difference of sensitivity, ``a - b``, at one specificity; all else as ``equal_sensitivity_test``.

    References
    ----------
    .. [1] Pepe, The Statistical Evaluation of Medical Tests (2003), doi:10.1093/oso/9780198509844.001.0001

    Examples
    --------
    >>> truth = [0, 0, 0, 0, 1, 1, 1, 1]
    >>> a, b = [0.1, 0.2, 0.3, 0.6, 0.4, 0.5, 0.7, 0.9], [0.1, 0.5, 0.3, 0.6, 0.2, 0.4, 0.7, 0.9]
    >>> equal_specificity_test(a, b, truth, specificity=0.75, resamples=50).difference.value
    0.5
    """
    pair = [reversed_classes(one) for one in _pair(scores_a, scores_b, truth, clusters=clusters, weights=weights)]
    return _test(pair, specificity, name="specificity", level=level, resamples=resamples, seed=seed)


def own_cut_offs_test(
    calls_a: ArrayLike,
    calls_b: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> OwnCutOffs:
    """Return the differences of sensitivity, specificity and accuracy of two readers' calls by McNemar's test.

    Parameters
    ----------
    calls_a, calls_b, truth : 0 or 1 (record,)
        Calls of two readers, or of two scores at the cut-off that each was given beforehand.
    clusters, weights : (record,), optional
    level : float in (0, 1)

    References
    ----------
    .. [1] McNemar, Psychometrika 12:153 (1947), doi:10.1007/BF02295996

    Examples
    --------
    >>> found = own_cut_offs_test([1, 1, 0, 0], [1, 0, 0, 1], [1, 1, 0, 0])
    >>> found.sensitivity.difference.value, found.specificity.difference.value, found.accuracy.difference.value
    (0.5, 0.5, 0.5)
    """
    a = binary_outcome(calls_a, truth, clusters=clusters, weights=weights, both_classes=False)
    b = binary_outcome(calls_b, truth, both_classes=False)
    # what is neither 0 nor 1 stays so, and McNemar's test refuses it
    hits = [np.where(one.truth, one.score, 1 - one.score) for one in (a, b)]

    def among(kept: NDArray[np.bool_]) -> TestResult:
        weight = None if a.weight is None else a.weight[kept]
        return mcnemar_test(hits[0][kept], hits[1][kept], clusters=a.patient[kept], weights=weight, level=level)

    return OwnCutOffs(among(a.truth), among(~a.truth), among(np.ones(a.n, dtype=np.bool_)))


def _pair(
    scores_a: ArrayLike, scores_b: ArrayLike, truth: ArrayLike, *, clusters: ArrayLike | None,
    weights: ArrayLike | None,
) -> list[BinaryOutcome]:  # fmt: skip
    a = binary_outcome(scores_a, truth, clusters=clusters, weights=weights)
    b = binary_outcome(scores_b, truth)
    if a.repeated:
        return [a, BinaryOutcome(b.score, a.truth, a.patient, a.patients, a.weight)]
    # each record its own patient: an order that depends on the values alone, so that shuffled rows draw alike
    keys = (b.score, a.score, a.truth)
    order = np.lexsort(keys if a.weight is None else (a.weight, *keys))
    weight = None if a.weight is None else a.weight[order]
    return [BinaryOutcome(one.score[order], a.truth[order], a.patient, a.patients, weight) for one in (a, b)]


def _test(
    pair: list[BinaryOutcome], target: float, *, name: str, level: float, resamples: int, seed: int
) -> TestResult:
    data = pair[0]
    drawn = grouped_patients(data, seed=seed)
    shares = [ShareAtTarget.of(dataclasses.replace(drawn, score=one.score), target, name=name) for one in pair]
    once = np.ones((1, drawn.patients), dtype=np.int32)
    value = float(shares[0].shares(once)[0] - shares[1].shares(once)[0])
    draws = class_draws(drawn, resamples=resamples, seed=seed)
    found = np.concatenate([shares[0].shares(counts) - shares[1].shares(counts) for counts in draws])
    found = found[~np.isnan(found)]
    second = ~data.truth
    hits = [one.score[second] < share.cut_off() for one, share in zip(pair, shares, strict=True)]
    weight = None if data.weight is None else data.weight[second]
    known = mcnemar_test(*hits, clusters=data.patient[second], weights=weight, level=level)
    deviation = float(found.std(ddof=1)) if found.size > 1 else 0.0
    limits = np.quantile(found, [(1 - level) / 2, (1 + level) / 2]) if found.size else (value, value)
    fewest = min(np.unique(data.patient[one]).size for one in (data.truth, second))
    by_t = _student(value, deviation, patients=fewest, level=level)
    low, high = min(float(limits[0]), known.difference.low), max(float(limits[1]), known.difference.high)
    low, high = max(-1.0, min(low, by_t.low)), min(1.0, max(high, by_t.high))
    events = data.n - data.events if name == "specificity" else data.events
    method = (
        f"at equal {name} {target:g}: percentile bootstrap by patient, {found.size} resamples, each with its own "
        "cut-offs; never narrower than McNemar at known cut-offs"
    )
    statistic = value / deviation if deviation > 0 else 0.0
    p_value = max(bootstrap_p_value(found), known.p_value, by_t.p_value)
    estimate = Estimate(value, low, high, data.n, events, data.patients, method, level)
    return TestResult(estimate, statistic, p_value, method)


@dataclass(frozen=True, slots=True)
class _Student:
    low: float
    high: float
    p_value: float


def _student(value: float, deviation: float, *, patients: int, level: float) -> _Student:
    # few patients choose the cut-offs: their resamples vary too little, by as much as t exceeds z
    if patients >= FEW_PATIENTS or deviation == 0:
        return _Student(value, value, 0.0)
    law = stats.t(max(1, patients - 1))
    reach = float(law.ppf((1 + level) / 2)) * deviation
    return _Student(value - reach, value + reach, float(2 * law.sf(abs(value) / deviation)))
