"""A share with its exact binomial interval, also when patients have several records."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.binary_outcome import patient_codes

__all__ = ["proportion"]


def proportion(
    hit: NDArray[np.bool_], *, clusters: ArrayLike | None = None, level: float = 0.95, empty: str = "there is no record"
) -> Estimate:
    """Return the share of records that are a hit.

    ``k / n`` with the interval of Clopper and Pearson [1]_. With several records per patient, ``n`` is first divided by
    the design effect: the variance of the share with sums over patients [2]_, divided by the binomial one; it is
    never taken below 1. A share of 0 or 1 shows no variance, so there every patient counts as one record.

    Parameters
    ----------
    hit : bool (record,)
    clusters : (record,), optional
        Patient of each record.
    level : float in (0, 1)
    empty : str
        The reason to give where there is no record: the estimate is then undefined, no error.

    References
    ----------
    .. [1] Clopper and Pearson, Biometrika 26:404 (1934), doi:10.1093/biomet/26.4.404
    .. [2] Rao and Scott, Biometrics 48:577 (1992), doi:10.2307/2532311

    Examples
    --------
    >>> share = proportion(np.array([True] * 9 + [False]))
    >>> share.value, round(share.low, 3), round(share.high, 3)
    (0.9, 0.555, 0.997)
    """
    patient, patients = patient_codes(clusters, n=hit.size)
    n, k = hit.size, int(hit.sum())
    method = "Clopper-Pearson"
    if n == 0:
        return Estimate.undefined(empty, n=0, events=0, clusters=0, method=method)
    value, effective = k / n, float(n)
    if patients < n:
        effective = n / _design_effect(hit, patient, patients=patients)
        method = "Clopper-Pearson with the design effect of repeated patients"
    low, high = _clopper_pearson(value * effective, effective, level=level)
    return Estimate(value, min(low, value), max(high, value), n, k, patients, method, level)


def _clopper_pearson(k: float, n: float, *, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    low = float(stats.beta.ppf(tail, k, n - k + 1)) if k > 0 else 0.0
    high = float(stats.beta.isf(tail, k + 1, n - k)) if k < n and not math.isclose(k, n) else 1.0
    return low, high


def _design_effect(hit: NDArray[np.bool_], patient: NDArray[np.int64], *, patients: int) -> float:
    n, value = hit.size, float(hit.mean())
    if value in {0.0, 1.0} or patients < 2:
        return n / patients
    deviation = np.bincount(patient, hit - value, patients)
    variance = patients / (patients - 1) * float(deviation @ deviation) / n**2
    return max(1.0, variance / (value * (1 - value) / n))
