"""Test of two readers' yes/no answers on the same records (McNemar), exact also where patients have several records."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from einthoven.errors import StatisticsError
from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.statistics.binary_outcome import checked_weights, patient_codes

__all__ = ["mcnemar_test"]

# beyond this sum of net answers the normal law with a correction for continuity is the exact one to four digits
MOST_EXACT = 20_000


def mcnemar_test(
    hit_a: ArrayLike,
    hit_b: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> TestResult:
    """Return the test of ``share(hit_a) - share(hit_b)`` on the same records.

    Among positives a hit is a yes, and the shares are sensitivities; among negatives it is a no, and they are
    specificities. Each patient's net answer ``d`` is the number of his records that only ``a`` hits minus those that
    only ``b`` hits. Where the two are equally good, each ``d`` is as likely as ``-d``; the p value is twice the tail of
    the exact law of ``sum(d)`` under these changes of sign. With one record per patient that is the exact binomial one
    of the records on which the two disagree [1]_. The statistic is ``sum(d) / sqrt(sum(d**2))``, McNemar's z and
    Durkalski's for repeated patients [3]_ (0 where they never disagree). With weights p is that of the normal law, and
    beyond 20,000 disagreements, too, there with a correction for continuity.

    The interval is Agresti and Min's: Wald's, with sums over patients, after half a patient of average size was added
    to each of the four cells [2]_, so that it has a width where the two never disagree.

    Parameters
    ----------
    hit_a, hit_b : 0 or 1 (record,)
        Other values and NaN are refused.
    clusters : (record,), optional
        Patient of each record.
    weights : (record,), optional
        How much each record counts.
    level : float in (0, 1)

    Returns
    -------
    TestResult
        Without any record the difference is undefined with a reason. ``events`` counts the disagreements.

    References
    ----------
    .. [1] McNemar, Psychometrika 12:153 (1947), doi:10.1007/BF02295996
    .. [2] Agresti and Min, Statistics in Medicine 24:729 (2005), doi:10.1002/sim.1781
    .. [3] Durkalski et al., Statistics in Medicine 22:2417 (2003), doi:10.1002/sim.1438

    Examples
    --------
    >>> result = mcnemar_test([1, 1, 1, 1, 1, 1, 0, 0], [0, 0, 0, 0, 0, 1, 1, 0])
    >>> result.difference.value, result.p_value
    (0.5, 0.21875)
    """
    a, b = _answers(hit_a), _answers(hit_b)
    if a.shape != b.shape:
        raise StatisticsError(f"both readers must answer the same records, got {a.size} and {b.size} answers")
    patient, patients = patient_codes(clusters, n=a.size)
    if a.size == 0:
        nothing = Estimate.undefined("there is no record", n=0, events=0, clusters=0, method="none")
        return TestResult(nothing, math.nan, math.nan, "none")
    weight = checked_weights(weights, n=a.size)
    change = a.astype(np.float64) - b
    counted = np.ones(a.size) if weight is None else weight
    net, size = (np.asarray(np.bincount(patient, x, patients), float) for x in (counted * change, counted))
    squares = float(net @ net)
    statistic = float(net.sum()) / math.sqrt(squares) if squares > 0 else 0.0
    exact = weight is None and float(np.abs(net).sum()) <= MOST_EXACT
    if exact:
        p_value = _exact_p_value(net)
    else:
        # sums go in steps of 2, so half a step is 1; weights make no steps
        half_step = 1.0 if weight is None else 0.0
        p_value = float(2 * stats.norm.sf(max(0.0, abs(float(net.sum())) - half_step) / math.sqrt(squares or 1.0)))
    repeated = ", clustered by patient" if patients < a.size else ""
    method = f"{'exact ' if exact else ''}McNemar{repeated}, interval of Agresti and Min"
    low, high = _interval(net, size, level=level)
    value = float(counted @ change) / float(counted.sum())
    estimate = Estimate(value, min(low, value), max(high, value), a.size, int((change != 0).sum()), patients, method,
                        level)  # fmt: skip
    return TestResult(estimate, statistic, p_value, method)


def _exact_p_value(net: NDArray[np.float64]) -> float:
    # sum over k of k * (2 * Binomial(patients with |d| = k, 1/2) - patients): polynomials multiply
    sizes, counts = np.unique(np.abs(net[net != 0]).astype(np.int64), return_counts=True)
    chances = np.ones(1)
    for size, count in zip(sizes, counts, strict=True):
        spread = np.zeros(int(size * count) + 1)
        spread[:: int(size)] = stats.binom.pmf(np.arange(count + 1), count, 0.5)
        # term by term: a product by Fourier transforms would lose small p values in rounding errors
        chances = np.convolve(chances, spread)
    # in steps of 2 from -total: the upper tail starts at |sum|
    total = int((sizes * counts).sum())
    tail = float(chances[(total + round(abs(float(net.sum())))) // 2 :].sum())
    return min(1.0, 2 * tail)


def _interval(net: NDArray[np.float64], size: NDArray[np.float64], *, level: float) -> tuple[float, float]:
    # half a patient of average size in each cell: two more patients, who disagree once in either direction's half
    average = float(size.mean())
    total = float(size.sum()) + 2 * average
    center = float(net.sum()) / total
    deviation = net - center * size
    variance = (float(deviation @ deviation) + average**2 * (1 + 2 * center**2)) / total**2
    reach = float(stats.norm.ppf((1 + level) / 2)) * math.sqrt(variance)
    return max(-1.0, center - reach), min(1.0, center + reach)


def _answers(hit: ArrayLike) -> NDArray[np.bool_]:
    values = np.asarray(hit)
    if values.ndim != 1 or not ((values == 0) | (values == 1)).all():
        raise StatisticsError(f"answers must be 0 or 1 on one axis (record,), got shape {values.shape}")
    return np.asarray(values == 1, dtype=np.bool_)
