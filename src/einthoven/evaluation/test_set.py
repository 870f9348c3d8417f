"""Fingerprints of test sets: which records with which truth, whatever model and scores are laid beside them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol

__all__ = ["fingerprint_of", "fingerprints"]

# rows that are hashed at once; another number makes other fingerprints, which no ledger knows
BLOCK = 1 << 16


def fingerprints(predictions: Predictions, protocol: Protocol) -> dict[str, dict[str, str]]:
    """Return a fingerprint for each split and label that the protocol reports.

    It depends on the ids of records and outcomes and on the truth, not on models, scores or the order of rows; records
    whose truth is unknown don't count.

    Examples
    --------
    >>> table = Predictions.from_arrays([[0.2], [0.7]], [[0], [1]], labels=["AF"])
    >>> other = Predictions.from_arrays([[0.5], [0.1]], [[0], [1]], labels=["AF"], model="another")
    >>> fingerprints(table, Protocol()) == fingerprints(other, Protocol())
    True
    """
    pairs = sorted({(split, label) for _, _, split, label in predictions.keys})
    wanted = [
        (split, label)
        for split, label in pairs
        if split in protocol.splits and (not protocol.outcomes or label in protocol.outcomes)
    ]
    found: dict[str, dict[str, str]] = {}
    for split, label in wanted:
        found.setdefault(split, {})[label] = _fingerprint(predictions, split, label)
    return found


def fingerprint_of(sets: Mapping[str, Mapping[str, str]]) -> str:
    """Return one hash of several fingerprints, whatever their splits and labels are called."""
    parts = sorted(one for labels in sets.values() for one in labels.values())
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _fingerprint(predictions: Predictions, split: str, label: str) -> str:
    known = predictions.known_truth(split, label)
    digest = hashlib.sha256()
    for start in range(0, len(known), BLOCK):
        block = known.slice(start, BLOCK)
        for name in ("record_id", "outcome_id"):
            ids = block[name].cast(pa.string()).combine_chunks().fill_null("")
            # lengths first, so that no two lists of ids look alike
            digest.update(np.ascontiguousarray(pc.binary_length(ids).to_numpy(), dtype="<i4").tobytes())
            whole = pa.ListArray.from_arrays(pa.array([0, len(ids)], pa.int32()), ids)
            digest.update(pc.binary_join(whole, "")[0].as_buffer())
        for name in ("truth", "event", "time_to_event_days"):
            digest.update(np.ascontiguousarray(block[name].to_numpy(), dtype="<f8").tobytes())
    return digest.hexdigest()
