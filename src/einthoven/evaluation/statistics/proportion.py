"""A share with its exact binomial interval or Wilson's, also when patients have several records or records weights."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from einthoven.errors import SpecificationError
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.binary_outcome import checked_weights, patient_codes

__all__ = ["ShareInterval", "proportion"]

ShareInterval = Literal["clopper-pearson", "wilson"]
NAMES = {"clopper-pearson": "Clopper-Pearson", "wilson": "Wilson"}


def proportion(
    hit: NDArray[np.bool_],
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    method: ShareInterval = "clopper-pearson",
    empty: str = "there is no record",
) -> Estimate:
    """Return the share of records that are a hit, ``sum(w * hit) / sum(w)``.

    The interval is Clopper and Pearson's [1]_, which covers at least its level whatever the share, or Wilson's [2]_,
    which is shorter and covers it on average. With several records per patient, or weights, ``n`` is first divided by
    the design effect [3]_: the variance of the share with sums over patients, divided by the binomial one, never below
    1; and by ``(t(patients - 1) / t(n - 1)) ** 2``, Student's quantiles, because few patients tell little of that
    variance [4]_. A share of 0 or 1 shows no variance, so there a patient counts as one record (by Kish's effective
    number, ``(sum w)^2 / sum w^2`` over patients).

    Parameters
    ----------
    hit : bool (record,)
    clusters : (record,), optional
        Patient of each record.
    weights : (record,), optional
        How many records each stands for, positive.
    level : float in (0, 1)
    method : {"clopper-pearson", "wilson"}
    empty : str
        The reason to give where there is no record: the estimate is then undefined, no error.

    References
    ----------
    .. [1] Clopper and Pearson, Biometrika 26:404 (1934), doi:10.1093/biomet/26.4.404
    .. [2] Wilson, Journal of the American Statistical Association 22:209 (1927), doi:10.1080/01621459.1927.10502953
    .. [3] Rao and Scott, Biometrics 48:577 (1992), doi:10.2307/2532311
    .. [4] Korn and Graubard, Survey Methodology 24:193 (1998)

    Examples
    --------
    >>> share = proportion(np.array([True] * 9 + [False]))
    >>> share.value, round(share.low, 3), round(share.high, 3)
    (0.9, 0.555, 0.997)
    """
    if method not in NAMES:
        raise SpecificationError(f"method must be one of {', '.join(NAMES)}, got {method!r}")
    n, k, name = hit.size, int(hit.sum()), NAMES[method]
    if n == 0:
        return Estimate.undefined(empty, n=0, events=0, clusters=0, method=name)
    patient, patients = patient_codes(clusters, n=n)
    weight = checked_weights(weights, n=n)
    value, effective = k / n, float(n)
    if patients < n or weight is not None:
        value, effective = _effective(hit, patient, patients=patients, weight=weight, level=level)
        causes = ["repeated patients"] * (patients < n) + ["weights"] * (weight is not None)
        name = f"{name} with the design effect of {' and '.join(causes)}"
    limits = _clopper_pearson if method == "clopper-pearson" else _wilson
    low, high = limits(value, effective, level=level)
    return Estimate(value, min(low, value), max(high, value), n, k, patients, name, level)


def _effective(
    hit: NDArray[np.bool_],
    patient: NDArray[np.int64],
    *,
    patients: int,
    weight: NDArray[np.float64] | None,
    level: float,
) -> tuple[float, float]:
    # the share, and the number of independent records that would know it as well
    w = np.ones(hit.size) if weight is None else weight
    of_patient, hits = np.bincount(patient, w, patients), np.bincount(patient, w * hit, patients)
    total = float(of_patient.sum())
    value = float(hits.sum()) / total
    if patients < 2 or hit.all() or not hit.any():
        return value if 0 < value < 1 else float(hit.all()), total**2 / float(of_patient @ of_patient)
    deviation = hits - value * of_patient
    variance = patients / (patients - 1) * float(deviation @ deviation) / total**2
    effective = min(float(hit.size), value * (1 - value) / variance) if variance > 0 else float(hit.size)
    tail = (1 + level) / 2
    return value, effective * float(stats.t.ppf(tail, hit.size - 1) / stats.t.ppf(tail, patients - 1)) ** 2


def _clopper_pearson(value: float, n: float, *, level: float) -> tuple[float, float]:
    tail, k = (1 - level) / 2, value * n
    low = float(stats.beta.ppf(tail, k, n - k + 1)) if k > 0 else 0.0
    high = float(stats.beta.isf(tail, k + 1, n - k)) if k < n and not math.isclose(k, n) else 1.0
    return low, high


def _wilson(value: float, n: float, *, level: float) -> tuple[float, float]:
    z = float(stats.norm.ppf((1 + level) / 2))
    centre = (value + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(value * (1 - value) / n + z**2 / (4 * n**2))
    return max(0.0, centre - half), min(1.0, centre + half)
