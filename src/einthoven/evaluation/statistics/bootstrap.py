"""Bootstrap by patient: seeded, stratified so that no class is lost, in blocks of bounded memory.

Patients, not records, are drawn with replacement, because records of one patient are not independent. They are drawn
within strata: each patient belongs to the rarest class it has a record of (a positive or a negative of some label), so
every label keeps its positives and its negatives in (nearly) every resample. The price: prevalence is held fixed, and a
class with a single patient adds no spread. Intervals are made of the replicates in ``bca_interval``.

References
----------
.. [1] Efron and Tibshirani, An Introduction to the Bootstrap (1993), doi:10.1201/9780429246593
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import SpecificationError

__all__ = ["bootstrap_p_value", "patient_draws", "rarest_class"]

# counts held at once; half a million int32 and what is derived from them stay in the processor's cache
BLOCK_CELLS = 500_000


def rarest_class(truth: NDArray[np.float64], *, patient: NDArray[np.int64], patients: int) -> NDArray[np.int64]:
    """Return each patient's stratum: the class, among those it has a record of, that the fewest patients have.

    Parameters
    ----------
    truth : float64 (record, label)
        0, 1, or NaN where unknown.
    patient : int64 (record,)
    patients : int

    Returns
    -------
    stratum : int64 (patient,)
        ``2 * label`` for a negative, ``2 * label + 1`` for a positive; -1 for patients without any known truth.

    Examples
    --------
    >>> rarest_class(np.array([[0.0], [0.0], [1.0]]), patient=np.array([0, 1, 1]), patients=2)
    array([0, 1])
    """
    size = np.full(patients, np.iinfo(np.int64).max)
    stratum = np.full(patients, -1, dtype=np.int64)
    for label in range(truth.shape[1]):
        # positives first: where both classes are equally rare, the positives' stratum wins
        for value in (1, 0):
            has = np.bincount(patient[truth[:, label] == value], minlength=patients) > 0
            rarer = has & (has.sum() < size)
            size[rarer], stratum[rarer] = has.sum(), 2 * label + value
    return stratum


def patient_draws(
    stratum: NDArray[np.int64], *, resamples: int, seed: int, records: int
) -> Iterator[NDArray[np.int32]]:
    """Yield blocks (resample, patient) of how often each patient is drawn.

    Parameters
    ----------
    stratum : int64 (patient,)
        Draws never cross strata.
    resamples : int
    seed : int
        The draws depend on nothing but the seed and the strata, not on the size of the blocks.
    records : int
        Records per resample, which bounds the size of a block.
    """
    if resamples < 1:
        raise SpecificationError(f"a bootstrap needs at least 1 resample, got {resamples}")
    generator = np.random.default_rng(np.random.SeedSequence([seed]))
    by_stratum = np.argsort(stratum, kind="stable")
    _, first, size = np.unique(stratum[by_stratum], return_index=True, return_counts=True)
    first_of, size_of = np.repeat(first, size), np.repeat(size, size)
    block = max(1, BLOCK_CELLS // max(records, stratum.size))
    for done in range(0, resamples, block):
        by_patient = np.empty((min(block, resamples - done), stratum.size), dtype=np.int32)
        for row in by_patient:  # one at a time stays in the processor's cache
            drawn = first_of + (generator.random(stratum.size) * size_of).astype(np.int64)
            row[:] = np.bincount(by_stratum[drawn], minlength=stratum.size)
        yield by_patient


def bootstrap_p_value(replicates: NDArray[np.float64]) -> float:
    """Return twice the smaller share of replicates on one side of 0, with the estimate counted in (never 0).

    Examples
    --------
    >>> bootstrap_p_value(np.array([0.1, 0.2, 0.3, -0.1]))
    0.8
    >>> bootstrap_p_value(np.zeros(99))
    1.0
    """
    kept = replicates[~np.isnan(replicates)]
    smaller = min(int((kept <= 0).sum()), int((kept >= 0).sum()))
    return min(1.0, 2 * (smaller + 1) / (kept.size + 1))
