"""Test of two readers' yes/no answers on the same records (McNemar)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from einthoven.errors import StatisticsError
from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.statistics.binary_outcome import patient_codes

__all__ = ["mcnemar_test"]


def mcnemar_test(
    hit_a: ArrayLike, hit_b: ArrayLike, *, clusters: ArrayLike | None = None, level: float = 0.95
) -> TestResult:
    """Return the test of ``share(hit_a) - share(hit_b)`` on the same records.

    Among positives a hit is a yes, and the shares are sensitivities; among negatives it is a no, and they are
    specificities. With one record per patient the p value is the exact binomial one of the records on which the two
    disagree [1]_, and the interval Agresti and Min's: Wald's after half a record was added to each of the four cells
    [2]_. With several records per patient both come from the variance with sums over patients [3]_. The statistic is
    the number of records that only ``a`` hits minus those that only ``b`` hits, divided by the square root of its
    variance (0 where they never disagree).

    Parameters
    ----------
    hit_a, hit_b : 0 or 1 (record,)
        Other values and NaN are refused.
    clusters : (record,), optional
        Patient of each record.
    level : float in (0, 1)

    Returns
    -------
    TestResult
        Without any record the difference is undefined with a reason.

    References
    ----------
    .. [1] McNemar, Psychometrika 12:153 (1947), doi:10.1007/BF02295996
    .. [2] Agresti and Min, Statistics in Medicine 24:729 (2005), doi:10.1002/sim.1781
    .. [3] Rao and Scott, Biometrics 48:577 (1992), doi:10.2307/2532311

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
    change = a.astype(np.float64) - b
    if patients < a.size:
        return _clustered(change, patient, patients=patients, level=level)
    return _exact(int((change > 0).sum()), int((change < 0).sum()), n=a.size, level=level)


def _exact(only_a: int, only_b: int, *, n: int, level: float) -> TestResult:
    disagreements = only_a + only_b
    p_value = float(stats.binomtest(only_a, disagreements).pvalue) if disagreements else 1.0
    statistic = (only_a - only_b) / math.sqrt(disagreements) if disagreements else 0.0
    # half a record in each cell: two more records, one more disagreement
    center = (only_a - only_b) / (n + 2)
    variance = ((disagreements + 1) / (n + 2) - center**2) / (n + 2)
    method = "exact McNemar, interval of Agresti and Min"
    return _result((only_a - only_b) / n, center, variance, counts=(n, disagreements, n), level=level,
                   statistic=statistic, p_value=p_value, method=method)  # fmt: skip


def _clustered(change: NDArray[np.float64], patient: NDArray[np.int64], *, patients: int, level: float) -> TestResult:
    n, value = change.size, float(change.mean())
    counts = (n, int((change != 0).sum()), patients)
    method = "Wald, clustered by patient"
    sums = np.bincount(patient, change - value, patients)
    variance = patients / max(patients - 1, 1) * float(sums @ sums) / n**2
    statistic = value / math.sqrt(variance) if variance > 0 else 0.0
    p_value = float(2 * stats.norm.sf(abs(statistic)))
    if variance == 0 and value != 0:
        reason = "the variance over patients is 0, so there is no interval and no p value"
        return TestResult(Estimate(value, -1.0, 1.0, *counts, method, level, reason), math.nan, math.nan, method)
    return _result(value, value, variance, counts=counts, level=level, statistic=statistic, p_value=p_value,
                   method=method)  # fmt: skip


def _result(
    value: float,
    center: float,
    variance: float,
    *,
    counts: tuple[int, int, int],
    level: float,
    statistic: float,
    p_value: float,
    method: str,
) -> TestResult:
    reach = float(stats.norm.ppf((1 + level) / 2)) * math.sqrt(variance)
    low, high = max(-1.0, min(center - reach, value)), min(1.0, max(center + reach, value))
    return TestResult(Estimate(value, low, high, *counts, method, level), statistic, p_value, method)


def _answers(hit: ArrayLike) -> NDArray[np.bool_]:
    values = np.asarray(hit)
    if values.ndim != 1 or not ((values == 0) | (values == 1)).all():
        raise StatisticsError(f"answers must be 0 or 1 on one axis (record,), got shape {values.shape}")
    return np.asarray(values == 1, dtype=np.bool_)
