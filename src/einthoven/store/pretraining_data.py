"""What a pretraining learns from: rows of a store, whose they are, and what is known of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["PretrainingData"]


@dataclass(frozen=True, slots=True, eq=False)
class PretrainingData:
    """Each record once, in the order of the store.

    Attributes
    ----------
    rows : int64 (record,)
        In the store, ascending.
    patients : int64 (record,)
        Number of the patient, from 0.
    patient_ids : tuple of str
        By number.
    target : float32 (record, C)
        0 to 1, NaN for unknown or uncertain.
    labels : tuple of str
        Of the targets.
    vector : float32 (record, V), optional
        The other modality's, rows of NaN where there is none.
    records_hash : str
        SHA-256 of the records' names, in their order.
    sources : tuple of str
        Data sets that the records come from.
    notes : tuple of str
        Sentences about what was left out, to be said once.
    """

    rows: NDArray[np.int64]
    patients: NDArray[np.int64]
    patient_ids: tuple[str, ...]
    target: NDArray[np.float32]
    labels: tuple[str, ...] = ()
    vector: NDArray[np.float32] | None = None
    records_hash: str = ""
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def positives(self) -> NDArray[np.int64]:
        """int64 (C,): records with a target above one half."""
        return np.asarray((self.target > 0.5).sum(axis=0), dtype=np.int64)

    @property
    def negatives(self) -> NDArray[np.int64]:
        """int64 (C,): records with a target up to one half."""
        return np.asarray((self.target <= 0.5).sum(axis=0), dtype=np.int64)

    @property
    def vector_width(self) -> int:
        """Numbers per vector; 0 where there are none."""
        return 0 if self.vector is None else self.vector.shape[1]

    @property
    def hash(self) -> str:
        """SHA-256 over names and rows of the records, patients, labels, targets and vectors."""
        digest = hashlib.sha256("\n".join([self.records_hash, *self.labels, "", *self.patient_ids]).encode())
        for part in (self.rows, self.patients, self.target, self.vector):
            if part is not None:
                digest.update(np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()
