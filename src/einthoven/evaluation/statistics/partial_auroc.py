"""Area under the part of the ROC curve where specificity, or sensitivity, is high."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.errors import SpecificationError
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.area_replicates import MANY_RECORDS
from einthoven.evaluation.statistics.bca_interval import Interval, Resampled, bca_interval
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome, binary_outcome
from einthoven.evaluation.statistics.bootstrap import patient_draws, rarest_class

__all__ = ["partial_auroc"]

Focus = Literal["specificity", "sensitivity"]
# 1 - specificity and sensitivity at each corner, (weighting, corner)
_Curve = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class _Corners:
    """Where the curve bends, from the highest score to the lowest.

    ``positive``, ``negative``: records of each class in that order; ``positives_to``, ``negatives_to``: how many of
    them lie up to a corner, starting with none; ``segment``: on which stretch between two corners each record lies.
    """

    positive: NDArray[np.int64]
    negative: NDArray[np.int64]
    positives_to: NDArray[np.int64]
    negatives_to: NDArray[np.int64]
    segment: NDArray[np.int64]


def partial_auroc(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    minimum: float = 0.9,
    focus: Focus = "specificity",
    corrected: bool = False,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Estimate:
    """Return the area under the ROC curve between specificity (or sensitivity) 1 and ``minimum``.

    The trapezoid rule over the curve's corners, cut off at the limit by linear interpolation, as R's pROC does [2]_.
    Not rescaled, so the greatest possible area is ``1 - minimum``; with ``corrected`` McClish's [1]_
    ``(1 + (area - least) / (most - least)) / 2`` with ``most = 1 - minimum`` and ``least = most**2 / 2``: 0.5 for a
    score without information, 1 for a perfect one.

    The interval is BCa over patients resampled within their class [3]_, or what stands in for it (see
    ``bca_interval``). At the greatest possible area no resample differs: there it is the exact binomial bound of the
    share of positives (with ``focus="sensitivity"``: of negatives) that are on the right side of all others.

    Parameters
    ----------
    score : float64 (record,)
        Higher means more likely positive; ties give a sloping segment.
    truth : 0 or 1 (record,)
    minimum : float in [0, 1)
        Of the specificity or sensitivity in ``focus``.
    focus : {"specificity", "sensitivity"}
    corrected : bool
    clusters, weights : (record,), optional
        Patient of each record, and how much it counts.
    level : float in (0, 1)
    resamples, seed : int
        From a million records on nothing is resampled: the interval is the linearised one.

    Raises
    ------
    InvalidScoreError
        A score is NaN or infinite.
    OneClassError
        No positives or no negatives.
    SpecificationError
        ``minimum`` is outside [0, 1), or there is no such ``focus``.

    References
    ----------
    .. [1] McClish, Medical Decision Making 9:190 (1989), doi:10.1177/0272989X8900900307
    .. [2] Robin et al., BMC Bioinformatics 12:77 (2011), doi:10.1186/1471-2105-12-77
    .. [3] Efron, Journal of the American Statistical Association 82:171 (1987), doi:10.1080/01621459.1987.10478410

    Examples
    --------
    >>> partial_auroc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], minimum=0.5).value
    0.25
    >>> partial_auroc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], minimum=0.5, corrected=True).value
    0.6666666666666666
    """
    if not 0 <= minimum < 1:
        raise SpecificationError(f"minimum must lie in [0, 1), got {minimum}")
    if focus not in {"specificity", "sensitivity"}:
        raise SpecificationError(f"focus must be 'specificity' or 'sensitivity', got {focus!r}")
    data = binary_outcome(score, truth, clusters=clusters, weights=weights)
    if focus == "sensitivity":
        # specificity over sensitivity is the same curve with the classes' parts exchanged
        data = BinaryOutcome(-data.score, ~data.truth, data.patient, data.patients, data.weight)
    data = _sorted(data, keep_patients=clusters is not None)
    limit = 1 - minimum
    found = _resampled(data, limit, resamples=resamples, seed=seed)
    interval = _interval(found, data, level=level)
    value, low, high = found.value, interval.low, interval.high
    if corrected:
        value, low, high = (_mcclish(area, limit) for area in (value, low, high))
    events = data.n - data.events if focus == "sensitivity" else data.events
    return Estimate(value, low, high, data.n, events, data.patients, interval.method, level)


def _mcclish(area: float, limit: float) -> float:
    least = limit**2 / 2
    return (1 + (area - least) / (limit - least)) / 2


def _sorted(data: BinaryOutcome, *, keep_patients: bool) -> BinaryOutcome:
    # an order by the values alone; records that are their own patients are numbered in it
    weight = np.ones(data.n) if data.weight is None else data.weight
    order = np.lexsort((weight, data.truth, data.score))
    patient = data.patient[order] if keep_patients else np.arange(data.n)
    weights = None if data.weight is None else data.weight[order]
    return BinaryOutcome(data.score[order], data.truth[order], patient, data.patients, weights)


def _resampled(data: BinaryOutcome, limit: float, *, resamples: int, seed: int) -> Resampled:
    corners = _corners(data)
    weight = np.ones(data.n) if data.weight is None else data.weight
    stratum = rarest_class(data.truth.astype(np.float64)[:, None], patient=data.patient, patients=data.patients)
    found = [np.empty(0)]
    if data.n < MANY_RECORDS:
        for counts in patient_draws(stratum, resamples=resamples, seed=seed, records=data.n):
            drawn: list[NDArray[Any]] = [
                np.take(counts, data.patient[kept], axis=1) for kept in (corners.positive, corners.negative)
            ]
            if data.weight is not None:
                drawn = [drawn[0] * weight[corners.positive], drawn[1] * weight[corners.negative]]
            found.append(_areas(_curve(corners, *drawn), limit))
    curve = _curve(corners, weight[None, corners.positive], weight[None, corners.negative])
    records = _influence(corners, data, weight, curve, limit)
    influence = np.bincount(data.patient, records, data.patients).astype(np.float64)
    return Resampled(float(_areas(curve, limit)[0]), np.concatenate(found), influence, stratum, bounds=(0.0, limit))


def _corners(data: BinaryOutcome) -> _Corners:
    order = np.arange(data.n)[::-1]
    positive = data.truth[order]
    starts = np.append(True, np.diff(data.score[order]) != 0)
    last = np.flatnonzero(np.append(starts[1:], True))
    positives_to = np.append(0, np.cumsum(positive)[last])
    negatives_to = np.append(0, last + 1 - positives_to[1:])
    # a stretch that goes straight up, or straight to the right, has no corners inside
    rises, runs = np.diff(positives_to) > 0, np.diff(negatives_to) > 0
    straight = (rises[1:] == rises[:-1]) & (runs[1:] == runs[:-1]) & (rises[1:] != runs[1:])
    kept = np.append(~straight, True)
    segment_of_group = np.append(0, np.cumsum(~straight))
    segment = np.empty(data.n, dtype=np.int64)
    segment[order] = segment_of_group[np.cumsum(starts) - 1]
    bends = np.append(True, kept)
    return _Corners(order[positive], order[~positive], positives_to[bends], negatives_to[bends], segment)


def _curve(corners: _Corners, positive: NDArray[Any], negative: NDArray[Any]) -> _Curve:
    # weights of each class, (weighting, record of the class), in the order of the corners
    axes = []
    for weights, reached in ((negative, corners.negatives_to), (positive, corners.positives_to)):
        sums = np.zeros((weights.shape[0], weights.shape[1] + 1), dtype=weights.dtype)
        np.cumsum(weights, axis=1, out=sums[:, 1:])
        with np.errstate(invalid="ignore"):
            axes.append(np.take(sums, reached, axis=1) / sums[:, -1:])
    return axes[0], axes[1]


def _areas(curve: _Curve, limit: float) -> NDArray[np.float64]:
    x, y = curve
    width, height = np.diff(x, axis=1), np.diff(y, axis=1)
    # of each segment the part before the limit counts: all, some, or nothing of it
    inside = np.clip(limit - x[:, :-1], 0.0, width)
    share = np.divide(inside, width, out=np.zeros_like(width), where=width > 0)
    return np.asarray((inside * (y[:, :-1] + share * height / 2)).sum(axis=1))


def _influence(
    corners: _Corners, data: BinaryOutcome, weight: NDArray[np.float64], curve: _Curve, limit: float
) -> NDArray[np.float64]:
    """Return each record's weight times the derivative of the area by it."""
    x, y = (axis[0] for axis in curve)
    width, height = np.diff(x), np.diff(y)
    inside = np.clip(limit - x[:-1], 0.0, width)
    share = np.divide(inside, width, out=(x[:-1] < limit).astype(np.float64), where=width > 0)
    area = float((inside * (y[:-1] + share * height / 2)).sum())
    at_limit = float(np.interp(limit, x, y))
    # a positive lifts all of the curve after its own segment, and its own one along the slope
    lifted = np.clip(limit - x[1:], 0.0, None) + inside * np.minimum(share, 1.0) / 2
    # a negative widens its own segment and pushes the rest over the limit
    widened = np.where(share >= 1, (y[:-1] + y[1:]) / 2 - at_limit, -(share**2) * height / 2)
    widened -= float((widened * width).sum())
    of_positive, of_negative = weight[data.truth].sum(), weight[~data.truth].sum()
    segment = corners.segment
    derivative = np.where(data.truth, (lifted - area)[segment] / of_positive, widened[segment] / of_negative)
    return np.asarray(derivative * weight)


def _interval(found: Resampled, data: BinaryOutcome, *, level: float) -> Interval:
    most = found.bounds[1] if found.bounds else 1.0
    share = found.value / most
    if 1e-12 < share < 1 - 1e-12:
        return bca_interval(found, level=level)
    patients = int(np.unique(data.patient[data.truth]).size)
    bound = ((1 - level) / 2) ** (1 / patients)
    method = f"exact binomial on {patients} patients (the bootstrap has no width at the edge)"
    if math.isclose(share, 1.0, abs_tol=1e-9):
        return Interval(most * bound, max(most, found.value), method)
    return Interval(0.0, most * (1 - bound), method)
