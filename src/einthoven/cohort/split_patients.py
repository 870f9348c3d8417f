"""Patients are dealt out to splits at random, so that each split gets its share of every label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["deal_patients"]

SALT = 0x5711  # keeps the split's random numbers apart from others of the same seed


def deal_patients(
    rows: pl.DataFrame, *, labels: Sequence[str], fractions: Mapping[str, float], seed: int
) -> pl.DataFrame:
    """Return ``patient_id, split``, one row per patient; the same for any order of the rows.

    Patients are grouped by their rarest positive label, shuffled within the group and dealt out by largest remainder,
    so that each split gets its share of every group to within one patient.

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
    generator = np.random.default_rng(np.random.SeedSequence([seed, SALT]))
    order = np.argsort(stratum, kind="stable")
    bounds = np.flatnonzero(np.diff(stratum[order])) + 1
    shuffled = np.concatenate([group[generator.permutation(group.size)] for group in np.split(order, bounds)])
    names = list(fractions)
    receiver = np.empty(shuffled.size, dtype=np.int64)
    receiver[shuffled] = _largest_remainder(shuffled.size, [fractions[name] for name in names])
    split = pl.Series(names, dtype=pl.String).gather(receiver)
    return patients.select("patient_id").with_columns(split=split)


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
