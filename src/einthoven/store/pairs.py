"""Which two windows make a pair: of two ECGs of a patient, or next to each other in one record."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from einthoven.store.windows import Places, Windows

__all__ = ["PatientPairs", "PlacePair", "neighbouring_windows"]


class PlacePair(NamedTuple):
    """Where the windows of samples lie, and those of their partners."""

    own: Places
    partner: Places


class PatientPairs:
    """Two different records of each patient who has two.

    Parameters
    ----------
    patients : int64 (record,)
        Number of the patient.

    Attributes
    ----------
    patients : int64 (unit,)
        Those with two records or more, in the order of their first records.
    """

    def __init__(self, patients: NDArray[np.int64]) -> None:
        numbers, first, counts = np.unique(np.sort(patients), return_index=True, return_counts=True)
        self._records = np.argsort(patients, kind="stable")
        several = np.flatnonzero(counts > 1)
        several = several[np.argsort(self._records[first[several]])]
        self.patients = numbers[several]
        self._first, self._counts = first[several], counts[several]

    def __len__(self) -> int:
        return len(self.patients)

    def records(self, units: NDArray[np.int64], draws: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Return two different records per unit, int64 (2, B), each ordered pair with the same chance.

        Parameters
        ----------
        units : int64 (B,)
            Indices into ``patients``.
        draws : uint32 (B, 2) or wider
        """
        counts = self._counts[units]
        own = _choice(draws[:, 0], counts)
        partner = (own + 1 + _choice(draws[:, 1], counts - 1)) % counts
        return self._records[self._first[units] + np.stack([own, partner])]


def neighbouring_windows(
    windows: Windows, n_samples: NDArray[np.int64], draws: NDArray[np.uint32], partner_draws: NDArray[np.uint32]
) -> PlacePair:
    """Return the two halves of a stretch of twice the window, in either order, as in CMSC (arXiv:2005.13249).

    Both halves are sampled alike: the heart rate of neighbouring seconds is one. A record that is shorter than two
    windows gives two windows that are drawn each for itself, and overlap; one as long as a window gives it twice.

    Parameters
    ----------
    windows : Windows
    n_samples : int64 (B,)
        Of the records.
    draws, partner_draws : uint32 (B, 3) or wider
    """
    length = windows.length
    stretch = windows.places(n_samples, draws[:, :2], length=2 * length)
    halves = stretch, stretch.later(length)
    swapped = (draws[:, 2] & 1).astype(bool)
    fits = n_samples >= 2 * length
    own = halves[1].where(swapped, halves[0]).where(fits, windows.places(n_samples, draws[:, :2]))
    partner = halves[0].where(swapped, halves[1]).where(fits, windows.places(n_samples, partner_draws[:, :2]))
    return PlacePair(own, partner)


def _choice(draws: NDArray[np.uint32], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a number from 0 to below the count, int64 (B,)."""
    return (draws.astype(np.uint64) * counts.astype(np.uint64) >> np.uint64(32)).astype(np.int64)
