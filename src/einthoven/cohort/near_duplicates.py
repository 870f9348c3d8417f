"""ECGs that are one recording: the same samples after another filter, gain, polarity or rate, or a piece of the other.

Fingerprints that lie close together are candidates; the signals themselves decide. Candidates are found without
comparing all with all: sorted by their first principal component, only neighbours on it are multiplied, block by block.

What is not found: pieces that share less than 4 s, and leads in another order. What may be taken for one recording and
is not: two ECGs of a patient whose pacemaker beats at one fixed rate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.cohort.signal_overlap import Overlap, SpectralSignal, best_overlap, spectral_signal
from einthoven.errors import CohortError
from einthoven.progress import ProgressCallback, no_progress

__all__ = ["NearDuplicate", "close_pairs", "near_duplicates"]

# benchmarks/near_duplicates.py: 97 % of ECGs cut to half their length lie within, and 1 in 10,000 of other pairs, which
# the comparison of samples then turns down
RADIUS = 0.2
BLOCK = 2000  # rows per product, which takes 16 MB
MOST_NEIGHBOURS = 20  # per row and block, the nearest: an archive of simulated ECGs would have all its pairs compared
REPORT_EVERY = 1000


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """Two records that hold one recording.

    Attributes
    ----------
    first, second : str
    correlation : float
        Median over the leads where they overlap; negative when one is upside down.
    lag_s : float
        How much later the second begins.
    gain : float
        What the first is multiplied by to be the second, at least in size.
    overlap_s : float
        How much of the recording both hold.
    """

    first: str
    second: str
    correlation: float
    lag_s: float
    gain: float
    overlap_s: float


def near_duplicates(
    ids: Sequence[str],
    fingerprints: NDArray[np.float32],
    read: Callable[[str], NDArray[np.float32]],
    *,
    rate_hz: float,
    progress: ProgressCallback = no_progress,
) -> list[NearDuplicate]:
    """Return pairs of records that hold one recording, in the order of ``ids``.

    Parameters
    ----------
    ids : sequence of str (record,)
    fingerprints : float32 (record, value)
        Of ``signal_fingerprint.fingerprint``; rows of zeros are compared with nothing.
    read : callable
        Returns the signal of a record, float32 (lead, sample), the leads always in the same order.
    rate_hz : float
        Of these signals.
    progress : callable
        Told of candidates that were looked at.

    Raises
    ------
    CohortError
        When there isn't a fingerprint for each id.
    """
    if len(ids) != len(fingerprints):
        raise CohortError(f"each record needs a fingerprint, got {len(fingerprints)} for {len(ids)} records")
    pairs = close_pairs(fingerprints)
    found: list[NearDuplicate] = []
    held: tuple[int, SpectralSignal] | None = None
    for number, (i, j) in enumerate(pairs.tolist()):
        if number % REPORT_EVERY == 0:
            progress(number, len(pairs))
        if held is None or held[0] != i:
            held = (i, spectral_signal(read(ids[i]), rate_hz))
        overlap = best_overlap(held[1], spectral_signal(read(ids[j]), rate_hz))
        if overlap is not None:
            found.append(_near_duplicate(ids[i], ids[j], overlap))
    progress(len(pairs), len(pairs))
    return found


def close_pairs(fingerprints: NDArray[np.float32], *, radius: float = RADIUS) -> NDArray[np.int64]:
    """Return int64 (pair, 2), first below second, sorted: rows that lie within ``radius``.

    Where one row has very many neighbours, only the nearest of each block of rows are returned. Memory is that of two
    copies of the fingerprints; time grows with the square of their number, divided by about five for the neighbours.
    """
    usable = np.flatnonzero(np.any(fingerprints != 0, axis=1))
    if usable.size < 2:
        return np.empty((0, 2), dtype=np.int64)
    values = fingerprints[usable].astype(np.float32, copy=False)
    along = values @ _first_component(values)
    order = np.argsort(along, kind="stable")
    values, along, usable = values[order], along[order], usable[order]
    bound = np.float32(1 - radius**2 / 2)  # of the product of two vectors of length 1
    # beside the radius, room for the rounding of single precision
    ends = np.searchsorted(along, along + np.float32(radius + 1e-4), side="right")
    found = []
    for start in range(0, usable.size, BLOCK):
        stop = min(start + BLOCK, usable.size)
        for other in range(start, int(ends[stop - 1]), BLOCK):
            last = min(other + BLOCK, int(ends[stop - 1]))
            close = _nearest(values[start:stop] @ values[other:last].T, bound) + np.array([start, other])
            found.append(usable[close[close[:, 0] < close[:, 1]]])
    pairs = np.sort(np.concatenate(found), axis=1)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))].astype(np.int64)


def _nearest(products: NDArray[np.float32], bound: np.float32) -> NDArray[np.int64]:
    """Return int64 (pair, 2): where the products reach the bound, the greatest of each row where many do."""
    close = np.argwhere(products >= bound)
    if len(close) <= MOST_NEIGHBOURS * len(products):
        return close
    nth = max(products.shape[1] - MOST_NEIGHBOURS - 1, 0)  # one more, for the row itself
    least = np.partition(products, nth, axis=1)[:, nth]
    return np.argwhere(products >= np.maximum(least, bound)[:, np.newaxis])


def _first_component(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the direction of greatest variance, with a sign that doesn't depend on the machine."""
    centred = values - values.mean(axis=0)
    direction: NDArray[np.float64] = np.linalg.eigh((centred.T @ centred).astype(np.float64))[1][:, -1]
    upright: NDArray[np.float64] = direction * np.sign(direction[np.abs(direction).argmax()])
    return upright.astype(np.float32)


def _near_duplicate(first: str, second: str, overlap: Overlap) -> NearDuplicate:
    return NearDuplicate(first, second, overlap.correlation, overlap.lag_s, overlap.gain, overlap.overlap_s)
