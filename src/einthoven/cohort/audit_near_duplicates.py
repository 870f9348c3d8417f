"""One recording under two ids that differ in their samples: filtered anew, in other units, upside down, or cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from einthoven.cohort.audit_check import AuditCheck
from einthoven.cohort.near_duplicates import NearDuplicate, near_duplicates
from einthoven.cohort.signal_fingerprint import DIMENSIONS, LOWEST_RATE_HZ, fingerprint
from einthoven.progress import ProgressCallback, no_progress

__all__ = ["Recordings", "SignalAccess", "find_recordings", "one_recording_twice"]

NAME = "one recording under two record ids"
COLUMNS = ("first", "second", "where", "correlation", "second begins later by", "gain", "compared")
MOST_SHOWN = 20
REPORT_EVERY = 500
SEVERITY = ("across splits", "two patients of one split", "one patient")


@dataclass(frozen=True, slots=True, eq=False)
class SignalAccess:
    """How the audit gets at prepared signals.

    Attributes
    ----------
    rate_hz : float
        Of all of them.
    read : callable
        Record id -> float32 (lead, sample), leads in one order, absent ones zero.
    progress : callable
        Told of ECGs that were compared.
    """

    rate_hz: float
    read: Callable[[str], NDArray[np.float32]]
    progress: ProgressCallback = no_progress


@dataclass(frozen=True, slots=True)
class Recordings:
    """Which records hold one recording.

    Attributes
    ----------
    found : tuple of NearDuplicate
    n : int
        How many records were compared.
    n_mute : int
        How many of them have too few leads, or are too short, to be compared.
    """

    found: tuple[NearDuplicate, ...]
    n: int
    n_mute: int


def find_recordings(table: pl.DataFrame, signals: SignalAccess) -> Recordings | None:
    """Return the pairs of records that hold one recording; None where signals are sampled too slowly to tell.

    Parameters
    ----------
    table : DataFrame
        The cohort's ``record_id``.
    signals : SignalAccess
        Of every record of the table.
    """
    if signals.rate_hz < LOWEST_RATE_HZ:
        return None
    ids = table.select("record_id").unique("record_id").sort("record_id")["record_id"].to_list()
    n = len(ids)
    prints = np.empty((n, DIMENSIONS), dtype=np.float32)
    for row, record_id in enumerate(ids):
        if row % REPORT_EVERY == 0:
            signals.progress(row, 2 * n)
        prints[row] = fingerprint(signals.read(record_id), signals.rate_hz)
    found = near_duplicates(
        ids,
        prints,
        signals.read,
        rate_hz=signals.rate_hz,
        progress=lambda done, total: signals.progress(n + (n * done // total if total else n), 2 * n),
    )
    return Recordings(tuple(found), n, int((~prints.any(axis=1)).sum()))


def one_recording_twice(table: pl.DataFrame, recordings: Recordings | None, *, refuse: bool) -> AuditCheck:
    """Tell of records that hold one recording; refuse it across splits where that is asked for.

    Parameters
    ----------
    table : DataFrame
        The cohort's ``record_id, patient_id, split``.
    recordings : Recordings, optional
        What was found among these records and perhaps others; None where signals tell too little.
    refuse : bool
        Whether one recording in two splits is refused; within a split it is only told of.
    """
    if recordings is None:
        detail = f"not compared: signals below {LOWEST_RATE_HZ:g} Hz tell too little"
        return AuditCheck(NAME, 0, detail, refuses=False)
    records = table.select("record_id", "patient_id", "split").unique("record_id").sort("record_id")
    held = set(records["record_id"]) if recordings.found else set()
    found = [pair for pair in recordings.found if pair.first in held and pair.second in held]
    return _check(found, records, recordings, refuse=refuse)


def _check(found: list[NearDuplicate], records: pl.DataFrame, recordings: Recordings, *, refuse: bool) -> AuditCheck:
    columns = ("patient_id", "split")
    known = dict(zip(records["record_id"], records.select(columns).iter_rows(), strict=True)) if found else {}
    placed = sorted(
        ((_where(*known[pair.first], *known[pair.second]), pair) for pair in found),
        key=lambda item: (SEVERITY.index(item[0]), item[1].first, item[1].second),
    )
    detail = f"signals of {recordings.n:,} ECGs compared"
    if placed:
        where, worst = placed[0]
        counts = ", ".join(f"{sum(place == name for place, _ in placed):,} {name}" for name in SEVERITY)
        detail = (
            f"for example {worst.first} and {worst.second} ({where}), correlation {worst.correlation:.3f}; {counts}. "
            "Leave one of each out of the table of ECGs, and give one id to a person who has two; "
            "cohort.near_duplicates = 'drop' does so where one of the two is tested"
        )
    if recordings.n_mute:
        detail += f"; {recordings.n_mute:,} ECGs have too few leads, or are too short, to be compared"
    across = any(where == SEVERITY[0] for where, _ in placed)
    rows = tuple(_row(where, pair) for where, pair in placed[:MOST_SHOWN])
    return AuditCheck(NAME, len(placed), detail, COLUMNS if rows else (), rows, refuses=refuse and across)


def _where(patient: str, split: str, other_patient: str, other_split: str) -> str:
    if patient == other_patient:
        return SEVERITY[2]
    return SEVERITY[1] if split == other_split else SEVERITY[0]


def _row(where: str, pair: NearDuplicate) -> tuple[str, ...]:
    lag = f"{pair.lag_s:.2f} s"
    return (
        pair.first,
        pair.second,
        where,
        f"{pair.correlation:.3f}",
        lag,
        f"{pair.gain:.3g}",
        f"{pair.overlap_s:.1f} s",
    )
