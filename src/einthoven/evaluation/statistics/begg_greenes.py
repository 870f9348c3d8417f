"""Sensitivity and specificity of a yes/no test of which only some results were verified (Begg and Greenes).

The share of diseased among the verified is taken to hold for the unverified of the same test result and stratum.

**Assumption** (missing at random): given the test's result and the stratum, whether a record was verified has nothing
to do with the truth. It can't be tested on the data.

References
----------
.. [1] Begg and Greenes, Biometrics 39:207 (1983), doi:10.2307/2530820
.. [2] Zhou, Communications in Statistics 22:3177 (1993), doi:10.1080/03610929308831209
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from einthoven.errors import StatisticsError
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.binary_outcome import patient_codes
from einthoven.evaluation.statistics.logit_interval import edge_of_share, logit_interval

__all__ = ["begg_greenes"]

METHOD = "Begg and Greenes, delta method on the logit"


@dataclass(frozen=True, slots=True, eq=False)
class _Expected:
    """What is expected of each record: ``disease``, the share among the verified of its cell; ``influence`` on it."""

    disease: NDArray[np.float64]
    influence: NDArray[np.float64]


def begg_greenes(
    called: ArrayLike,
    truth: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    among: int = 1,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return the sensitivity (``among`` 1) or specificity (``among`` 0) of all records.

    With ``p(t, x)`` the share of diseased among the verified of test result t and stratum x, and ``n(t, x)`` all
    records there, the sensitivity is ``sum_x n(1, x) p(1, x) / sum_tx n(t, x) p(t, x)`` [1]_. The interval is Wald's on
    the logit with the variance of the delta method [2]_: without strata that of
    ``1/n(1) + 1/n(0) + (1 - p(1)) / (m(1) p(1)) + (1 - p(0)) / (m(0) p(0))`` with m verified ones, here as the
    sum of squared influences, over patients where they repeat.

    Parameters
    ----------
    called : bool (record,)
        The test's result, of all records.
    truth : float64 (record,)
        0 or 1; NaN where not verified.
    strata : (record,), optional
        What else decided on verification, of any type that sorts.
    among : {0, 1}
    clusters : (record,), optional
        Patient of each record.
    weights : float64 (record,), optional
        Sampling weights.
    level : float in (0, 1)

    Returns
    -------
    Estimate
        Undefined with a reason where records lie in a cell in which nobody was verified. Where a share of
        0 or 1 leaves no variance, the interval is the exact bound of the verified records on the other side. ``n`` and
        ``events`` count verified records and diseased among them.

    Raises
    ------
    StatisticsError
        Lengths differ, or truth holds something else than 0, 1 and NaN.

    Examples
    --------
    Hepatic scintigraphy of 650 patients, 344 verified (Drum and Christacopoulos 1972, the example of [1]_):

    >>> called = np.repeat([1, 1, 1, 0, 0, 0], [231, 32, 166, 27, 54, 140]) == 1
    >>> truth = np.repeat([1, 0, np.nan, 1, 0, np.nan], [231, 32, 166, 27, 54, 140])
    >>> [round(begg_greenes(called, truth, among=among).value, 3) for among in (1, 0)]  # 0.895 and 0.628 of verified
    [0.836, 0.738]
    """
    result, known = np.asarray(called, dtype=np.bool_), np.asarray(truth, dtype=np.float64)
    _check(result, known)
    weight = np.ones(known.size) if weights is None else np.asarray(weights, dtype=np.float64)
    patient, patients = patient_codes(clusters, n=known.size)
    told = ~np.isnan(known)
    counts = int(told.sum()), int((known == 1).sum()), int(np.unique(patient[told]).size)
    cell, cells = _cells(result, strata)
    bare = np.bincount(cell[told], minlength=cells) == 0
    if bare.any():
        lost = int(bare[cell].sum())
        reason = f"nobody is verified in {bare.sum()} of {cells} cells of call and stratum ({lost} records)"
        return _undefined(reason, counts)
    expected = _expected(cell, cells, known, told, weight)
    # being among is having the disease, or not having it; the hit is the call that is right
    share = expected.disease if among else 1 - expected.disease
    influence = expected.influence if among else -expected.influence
    hit = result if among else ~result
    total, right = float(weight @ share), float(weight @ (share * hit))
    if total == 0:
        word = "positives" if among else "negatives"
        return _undefined(f"no verified {word}", counts)
    value = right / total
    moves = weight * (hit - value) * (share + influence) / total
    sums = np.bincount(patient, moves, patients)
    error = float(np.sqrt(patients / max(patients - 1, 1) * (sums @ sums)))
    reach = float(stats.norm.ppf((1 + level) / 2)) * error
    # at a share of 1 the other side are all records without a hit, as far as they were verified; at 0 those with one
    other = hit != (value == 1.0)
    looked_at = int((told & other).sum())
    stands_for = float(weight[other].sum()) / looked_at if looked_at else 0.0
    found = logit_interval(value, reach, edge_of_share(total, looked_at, weight=stands_for, level=level))
    return Estimate(value, found.low, found.high, *counts, METHOD + found.edge, level)


def _undefined(reason: str, counts: tuple[int, int, int]) -> Estimate:
    n, events, clusters = counts
    return Estimate.undefined(reason, n=n, events=events, clusters=clusters, method=METHOD)


def _check(result: NDArray[np.bool_], known: NDArray[np.float64]) -> None:
    if result.shape != known.shape or result.ndim != 1:
        raise StatisticsError(f"called and truth must be of one length, got {result.shape} and {known.shape}")
    if not np.isin(known[~np.isnan(known)], (0, 1)).all():
        raise StatisticsError("truth must be 0 or 1, or NaN where not verified")


def _cells(result: NDArray[np.bool_], strata: ArrayLike | None) -> tuple[NDArray[np.int64], int]:
    """Return the cell of call and stratum of each record, and how many there are."""
    stratum = np.zeros(result.size) if strata is None else np.asarray(strata)
    if stratum.shape != result.shape:
        raise StatisticsError(f"strata must name one of each of the {result.size} records, got shape {stratum.shape}")
    _, code = np.unique(stratum, return_inverse=True)
    _, cell = np.unique(2 * code.reshape(-1) + result, return_inverse=True)
    return cell.reshape(-1).astype(np.int64), int(cell.max(initial=-1)) + 1


def _expected(
    cell: NDArray[np.int64],
    cells: int,
    known: NDArray[np.float64],
    told: NDArray[np.bool_],
    weight: NDArray[np.float64],
) -> _Expected:
    all_weight = np.bincount(cell, weight, cells)
    told_weight = np.bincount(cell[told], weight[told], cells)
    diseased = np.bincount(cell[told], weight[told] * known[told], cells)
    share = (diseased / told_weight)[cell]
    error = np.where(told, np.nan_to_num(known) - share, 0.0)
    return _Expected(share, error * (all_weight / told_weight)[cell])
