"""Selective prediction: what errors are left when the least confident records are passed on to somebody else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from einthoven.evaluation.estimate import Curve, Estimate
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome, binary_outcome
from einthoven.evaluation.statistics.probability_bins import record_weights, undefined_estimate

__all__ = ["area_under_risk_coverage", "risk_coverage_curve"]


@dataclass(frozen=True, slots=True, eq=False)
class _Risks:
    """Groups of equal confidence, the most confident first; ``group`` (record,) is each record's."""

    group: NDArray[np.int64]
    weight: NDArray[np.float64]
    kept: NDArray[np.float64]
    risk: NDArray[np.float64]


def risk_coverage_curve(
    confidence: ArrayLike, error: ArrayLike, *, weights: ArrayLike | None = None, points: int = 200
) -> Curve:
    """Return the share of errors among the records kept against their share of all, the most confident kept first.

    Parameters
    ----------
    confidence : float64 (record,)
        Higher means surer, on any scale; NaN is refused. Equal ones are kept or passed on together.
    error : 0 or 1 (record,)
        Whether the answer is wrong.
    weights : (record,), optional
    points : int
        At most so many of the curve's points.

    Examples
    --------
    >>> curve = risk_coverage_curve([0.9, 0.8, 0.6, 0.5], [0, 0, 1, 0])
    >>> curve.x, curve.y.round(2)
    (array([0.25, 0.5 , 0.75, 1.  ]), array([0.  , 0.  , 0.33, 0.25]))
    """
    found = _risks(binary_outcome(confidence, error, weights=weights, both_classes=False))
    kept = np.unique(np.linspace(0, found.risk.size - 1, min(points, found.risk.size)).round().astype(np.int64))
    return Curve(found.kept[kept] / found.kept[-1], found.risk[kept], ("coverage", "risk"))


def area_under_risk_coverage(
    confidence: ArrayLike,
    error: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return the mean over coverages of the share of errors among the records kept (AURC) [1]_; lower is better.

    ``sum over records, most confident first, of share * risk so far``. A confidence that says nothing has the overall
    share of errors. The interval is normal, by the influence of each record, with sums over patients, cut to [0, 1].
    Undefined, with a reason, where no answer, or every one, is wrong.

    Parameters
    ----------
    confidence, error
        As in ``risk_coverage_curve``.
    clusters, weights : (record,), optional
        Patient of each record, and how much it counts.
    level : float in (0, 1)

    References
    ----------
    .. [1] Geifman and El-Yaniv, NeurIPS (2017), doi:10.48550/arXiv.1705.08500

    Examples
    --------
    >>> round(area_under_risk_coverage([0.9, 0.8, 0.6, 0.5], [0, 0, 1, 0]).value, 4)
    0.1458
    """
    data = binary_outcome(confidence, error, clusters=clusters, weights=weights, both_classes=False)
    method = "normal, clustered by patient" if data.repeated else "normal"
    if data.events in {0, data.n}:
        which = "no answer is" if data.events == 0 else "all answers are"
        return undefined_estimate(f"{which} wrong, so confidence can't tell errors", data, method=method)
    found, weight = _risks(data), record_weights(data)
    total = float(found.kept[-1])
    value = float(found.weight @ found.risk) / total
    if data.patients < 2:
        method = "no interval: a single patient"
        return Estimate(value, 0.0, 1.0, data.n, data.events, data.patients, method, level)
    # a record adds its group's risk, and shifts the risk of its own and of all less confident groups
    behind = np.cumsum((found.weight / found.kept)[::-1])[::-1][found.group]
    risk_behind = np.cumsum((found.weight * found.risk / found.kept)[::-1])[::-1][found.group]
    influence = found.risk[found.group] + data.truth * behind - risk_behind - value
    sums = np.bincount(data.patient, weight * influence, data.patients)
    variance = data.patients / (data.patients - 1) * float(sums @ sums) / total**2
    reach = float(stats.norm.ppf((1 + level) / 2)) * variance**0.5
    low, high = max(0.0, value - reach), min(1.0, value + reach)
    return Estimate(value, low, high, data.n, data.events, data.patients, method, level)


def _risks(data: BinaryOutcome) -> _Risks:
    weight = record_weights(data)
    values, ascending = np.unique(data.score, return_inverse=True)
    group = values.size - 1 - ascending
    mass = np.bincount(group, weight).astype(np.float64)
    kept = np.cumsum(mass)
    return _Risks(group, mass, kept, np.cumsum(np.bincount(group, weight * data.truth)) / kept)
