"""Patients are dealt out to splits at random, so that each split gets its share of every label.

Each patient draws a number from seed and id alone, and the lowest numbers of a group go to the first split. So a study
that changes a rule, a window or an outcome keeps nearly all of its test patients in the test split: whoever looked at
results before did not train on them afterwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["deal_patients"]


def deal_patients(
    rows: pl.DataFrame, *, labels: Sequence[str], fractions: Mapping[str, float], seed: int
) -> pl.DataFrame:
    """Return ``patient_id, split``, one row per patient; the same for any order of the rows.

    Patients are grouped by their rarest positive label, ordered within the group by the number that they draw, and
    cut by largest remainder, so that each split gets its share of every group to within one patient.

    Parameters
    ----------
    rows : DataFrame
        One per ECG and pair: ``patient_id``, ``y.<label>`` (1 is positive, anything else isn't), and perhaps ``pair``.
    labels : sequence of str
    fractions : mapping of split to share
        They sum to 1.
    seed : int
    """
    patients = _patients(rows, labels)
    stratum = _strata(patients)
    order = np.lexsort((_drawn(patients["patient_id"], seed), stratum))
    names = list(fractions)
    slots = np.array(_largest_remainder(order.size, [fractions[name] for name in names]), dtype=np.int64)
    bounds = np.flatnonzero(np.diff(stratum[order])) + 1
    receiver = np.empty(order.size, dtype=np.int64)
    receiver[order] = np.concatenate([np.sort(group) for group in np.split(slots, bounds)])
    split = pl.Series(names, dtype=pl.String).gather(receiver)
    return patients.select("patient_id").with_columns(split=split)


def _drawn(patient_ids: pl.Series, seed: int) -> NDArray[np.uint64]:
    """Return the number that each patient draws."""
    digests = (hashlib.blake2b(f"{seed}:{patient}".encode(), digest_size=8).digest() for patient in patient_ids)
    return np.frombuffer(b"".join(digests), dtype=np.uint64)


def _patients(rows: pl.DataFrame, labels: Sequence[str]) -> pl.DataFrame:
    """Return one row per patient, sorted: which labels any of their ECGs has, and whether there is a pair."""
    has = {label: pl.col(f"y.{label}").cast(pl.Float64) == 1 for label in labels}
    if "pair" in rows.columns:
        has[""] = pl.col("pair") != "none"
    found = [is_positive.any().fill_null(value=False).alias(f"has.{label}") for label, is_positive in has.items()]
    return rows.group_by("patient_id").agg(found).sort("patient_id")


def _strata(patients: pl.DataFrame) -> NDArray[np.int64]:
    """Return of each patient the rank of the rarest label, 0 for the rarest of all; the last are without any."""
    names = [name for name in patients.columns if name != "patient_id"]
    if not names:
        return np.zeros(patients.height, dtype=np.int64)
    counts = {name: int(patients[name].sum()) for name in names}
    rarest_first = sorted(names, key=lambda name: (counts[name], name))
    has = patients.select(rarest_first).to_numpy()
    return np.where(has.any(axis=1), has.argmax(axis=1), len(names)).astype(np.int64)


def _largest_remainder(n: int, shares: Sequence[float]) -> list[int]:
    """Return who gets each of ``n`` cards: always the one to whom most is owed, the first of equals."""
    owed = [0.0] * len(shares)
    receivers = []
    for _ in range(n):
        owed = [debt + share for debt, share in zip(owed, shares, strict=True)]
        receiver = owed.index(max(owed))
        owed[receiver] -= 1
        receivers.append(receiver)
    return receivers
