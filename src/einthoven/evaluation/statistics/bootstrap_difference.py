"""Difference of any statistic of two scores on the same records, by bootstrap over patients."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.errors import StatisticsError
from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.statistics.bca_interval import (
    Resampled,
    bca_interval,
    bca_p_value,
    influence_of_jackknife,
)
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome, binary_outcome
from einthoven.evaluation.statistics.bootstrap import patient_draws

__all__ = ["bootstrap_difference"]

# groups of patients that the jackknife leaves out in turn; more change nothing but the time
JACKKNIFE_GROUPS = 200

Statistic = Callable[..., float]


def bootstrap_difference(
    statistic: Statistic,
    scores_a: ArrayLike,
    scores_b: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> TestResult:
    """Return the test of ``statistic(a) - statistic(b)`` on the same records.

    Patients are drawn with replacement, the same for both scores; a patient who is drawn twice brings his records
    twice. The interval is BCa, and p inverts it [1]_; its acceleration comes from a jackknife that leaves out one
    patient at a time, or one of 200 random groups of patients where there are more. Resamples in which the statistic
    is not defined, for want of a class, say, are left out, and ``method`` counts them. Scores with equal statistics in
    every resample have p = 1.

    Parameters
    ----------
    statistic : callable
        Of ``(score, truth)``, both (record,), ``truth`` bool; with ``weights`` of ``(score, truth, weight)``. It
        returns a number, and is called some 1,200 times for each score.
    scores_a, scores_b : float64 (record,)
    truth : 0 or 1 (record,)
    clusters : (record,), optional
        Patient of each record.
    weights : (record,), optional
    level : float in (0, 1)
    resamples, seed : int

    Returns
    -------
    TestResult
        ``statistic`` is the difference over the standard deviation of the replicates (0 where they don't vary).

    References
    ----------
    .. [1] DiCiccio and Efron, Statistical Science 11:189 (1996), doi:10.1214/ss/1032280214

    Examples
    --------
    >>> truth = [0, 0, 0, 0, 1, 1, 1, 1] * 5
    >>> a, b = [0.1, 0.2, 0.3, 0.6, 0.4, 0.5, 0.7, 0.9] * 5, [0.1, 0.5, 0.3, 0.6, 0.2, 0.4, 0.7, 0.9] * 5
    >>> def brier(score, truth):
    ...     return float(((score - truth) ** 2).mean())
    >>> result = bootstrap_difference(brier, a, b, truth, resamples=500)
    >>> round(result.difference.value, 3), bool(result.p_value < 0.05)
    (-0.075, True)
    """
    data, scores = _in_order(scores_a, scores_b, truth, clusters=clusters, weights=weights)

    def difference(counts: NDArray[np.int32]) -> float:
        rows = np.repeat(np.arange(data.n), counts[data.patient])
        chosen = (data.truth[rows],) if data.weight is None else (data.truth[rows], data.weight[rows])
        return float(statistic(scores[0][rows], *chosen)) - float(statistic(scores[1][rows], *chosen))

    def if_defined(counts: NDArray[np.int32]) -> float:
        try:
            return difference(counts)
        except StatisticsError:
            return math.nan

    value = difference(np.ones(data.patients, dtype=np.int32))
    together = np.zeros(data.patients, dtype=np.int64)
    draws = patient_draws(together, resamples=resamples, seed=seed, records=data.n)
    replicates = np.array([if_defined(counts) for block in draws for counts in block])
    groups = _groups(data.patients, seed=seed)
    left_out = np.array([if_defined((groups != one).astype(np.int32)) for one in range(int(groups.max()) + 1)])
    found = Resampled(value, replicates, influence_of_jackknife(left_out[~np.isnan(left_out)]), bounds=None)
    interval = bca_interval(found, level=level)
    estimate = Estimate(value, interval.low, interval.high, data.n, data.events, data.patients, interval.method, level)
    kept = replicates[~np.isnan(replicates)]
    deviation = float(kept.std(ddof=1)) if kept.size > 1 else 0.0
    return TestResult(estimate, value / deviation if deviation > 0 else 0.0, bca_p_value(found), interval.method)


def _in_order(
    scores_a: ArrayLike, scores_b: ArrayLike, truth: ArrayLike, *, clusters: ArrayLike | None,
    weights: ArrayLike | None,
) -> tuple[BinaryOutcome, tuple[NDArray[np.float64], NDArray[np.float64]]]:  # fmt: skip
    a = binary_outcome(scores_a, truth, clusters=clusters, weights=weights)
    b = binary_outcome(scores_b, truth)
    # an order that depends on the values alone, so that shuffled rows give the same resamples
    keys = (b.score, a.score, a.truth) if a.weight is None else (a.weight, b.score, a.score, a.truth)
    order = np.lexsort((*keys, a.patient) if a.repeated else keys)
    patient = a.patient[order] if a.repeated else a.patient
    weight = None if a.weight is None else a.weight[order]
    data = BinaryOutcome(a.score[order], a.truth[order], patient, a.patients, weight)
    return data, (data.score, b.score[order])


def _groups(patients: int, *, seed: int) -> NDArray[np.int64]:
    # the group of each patient that the jackknife leaves out together
    shuffled = np.random.default_rng(np.random.SeedSequence([seed, patients])).permutation(patients)
    return np.asarray(shuffled % min(JACKKNIFE_GROUPS, patients), dtype=np.int64)
