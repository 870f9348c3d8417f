"""Sums over records, per bin, in each bootstrap resample of patients; what binned calibration is resampled by.

Patients are drawn with replacement, in one stratum: how many events a sample has is part of what makes calibration
uncertain. With more than 1,000 patients, random groups of patients are drawn instead of single ones, so that a million
records cost no more than some thousands [1]_.

References
----------
.. [1] Wolter, Introduction to Variance Estimation (2007), chapter 2, doi:10.1007/978-0-387-35099-8
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome
from einthoven.evaluation.statistics.bootstrap import patient_draws

__all__ = ["MOST_GROUPS", "centred_interval", "reflected_interval", "resampled_sums"]

# the standard error of this many groups is known to 2 %
MOST_GROUPS = 1000


def resampled_sums(
    data: BinaryOutcome, member: NDArray[np.int64], values: NDArray[np.float64], *, resamples: int, seed: int
) -> NDArray[np.float64]:
    """Return the sum of each column of ``values`` in each bin, in each resample.

    Parameters
    ----------
    data : BinaryOutcome
        Tells the patients; its order of records must not depend on the order of rows (``checked_probabilities``).
    member : int64 (record,)
        Bins 0, 1 ...
    values : float64 (record, column)
    resamples, seed : int

    Returns
    -------
    sums : float64 (resample, bin, column)

    Examples
    --------
    >>> data = BinaryOutcome(np.zeros(3), np.zeros(3, dtype=bool), np.zeros(3, dtype=np.int64), 1)
    >>> resampled_sums(data, np.array([0, 0, 1]), np.array([[1.0], [2.0], [4.0]]), resamples=1, seed=0)[0]
    array([[3.],
           [4.]])
    """
    bins, columns = int(member.max()) + 1, values.shape[1]
    unit, units = _units(data, seed=seed)
    cell = member[:, None] * columns + np.arange(columns)
    place = (unit.repeat(columns), cell.ravel())
    # duplicates of a cell are summed by the conversion
    table = sparse.coo_matrix((values.ravel(), place), shape=(units, bins * columns)).tocsr()
    blocks = patient_draws(
        np.zeros(units, dtype=np.int64), resamples=resamples, seed=seed, records=max(units, bins * columns)
    )
    sums = [np.asarray((table.T @ counts.T.astype(np.float64)).T) for counts in blocks]
    return np.concatenate(sums).reshape(-1, bins, columns)


def reflected_interval(
    value: float, replicates: NDArray[np.float64], noise: NDArray[np.float64], *, level: float
) -> tuple[float, float]:
    """Return the interval of a distance from calibration, which lies in [0, 1] and is biased upwards by noise.

    The quantiles of the resamples are reflected at the value, because resamples of a noisy distance are biased twice;
    the limits are no nearer than the resamples' spread about their mean. The lower one is 0 where noise alone would be
    as great as the value in ``(1 - level) / 2`` of the resamples or more.

    Parameters
    ----------
    value : float
    replicates : float64 (resample,)
        NaN where a resample has no value.
    noise : float64 (resample,)
        The distance of each resample from the sample itself, in place of that from calibration.
    level : float in (0, 1)

    Examples
    --------
    >>> reflected_interval(0.5, np.linspace(0.3, 0.8, 101), np.linspace(0.0, 0.1, 101), level=0.9)
    (0.225, 0.725)
    """
    kept = np.isfinite(replicates)
    lower, upper = (float(q) for q in np.quantile(replicates[kept], [(1 - level) / 2, (1 + level) / 2]))
    # the reflected limits are too near where the resamples' bias is great; the centred ones aren't
    mean = float(np.mean(replicates[kept]))
    low, high = min(value, 2 * value - upper, value + lower - mean), max(value, 2 * value - lower, value + upper - mean)
    by_chance = value <= np.quantile(noise[kept], (1 + level) / 2)
    return 0.0 if by_chance else max(0.0, low), min(high, 1.0)


def centred_interval(value: float, replicates: NDArray[np.float64], *, level: float) -> tuple[float, float]:
    """Return the interval of an estimate whose bias is taken off: the resamples' spread about their own mean.

    Examples
    --------
    >>> centred_interval(0.5, np.linspace(0.3, 0.8, 101), level=0.9)
    (0.275, 0.725)
    """
    kept = replicates[np.isfinite(replicates)]
    lower, upper = np.quantile(kept, [(1 - level) / 2, (1 + level) / 2]) - np.mean(kept)
    return value + min(float(lower), 0.0), value + max(float(upper), 0.0)


def _units(data: BinaryOutcome, *, seed: int) -> tuple[NDArray[np.int64], int]:
    if data.patients <= MOST_GROUPS:
        return data.patient, data.patients
    shuffled = np.random.default_rng(np.random.SeedSequence([seed, data.patients])).permutation(data.patients)
    return np.asarray(shuffled[data.patient] % MOST_GROUPS, dtype=np.int64), MOST_GROUPS
