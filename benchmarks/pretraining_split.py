"""Who is tested and who is learnt from: the arrays by patient, and no ECG of a test patient anywhere else.

An ECG is kept from pretraining when its patient is tested, by number, or when it, or another ECG of its patient, holds
a recording of a tested patient, by its signal alone. The second search knows no numbers; what it finds is counted
against the recordings that are known to be in two folders.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from einthoven.cohort.near_duplicates import NearDuplicate, near_duplicates
from einthoven.cohort.signal_fingerprint import fingerprint
from einthoven.cohort.split_patients import deal_patients
from einthoven.store.store import Store
from pretraining_ecgs import ARRAYS, SUPERCLASSES, array_labels

__all__ = ["FRACTIONS", "AuditCounts", "Experiment", "audit_counts", "connected", "experiment", "same_recordings"]

FRACTIONS = {"train": 0.5, "validation": 0.1, "test": 0.4}
SPLIT_SEED = 9
_SIMULATED = "simulated/"


@dataclass(frozen=True, slots=True)
class AuditCounts:
    """Recordings in two folders.

    Attributes
    ----------
    known : frozenset of pairs of record ids
        By their numbers: arrays that are also in ``ptb_xl``, ``HR`` files of the challenge that are.
    found : frozenset of pairs of record ids
        By signal, all of them.
    patients_in_both : int
        With an array and an ECG in ``ptb_xl``, by number.
    """

    known: frozenset[tuple[str, str]]
    found: frozenset[tuple[str, str]]
    patients_in_both: int

    def kind(self, name: str) -> tuple[int, int]:
        """Return how many known pairs with a record id that begins so were found, and how many there are."""
        of = {pair for pair in self.known if any(record_id.startswith(name) for record_id in pair)}
        return len(of & self.found), len(of)


@dataclass(frozen=True, slots=True, eq=False)
class Experiment:
    """All ECGs with their parts.

    Attributes
    ----------
    table : DataFrame
        ``record_id, patient_id, source, split, y.<superclass>``; the split of an array is its own, that of other ECGs
        ``pretraining`` or ``left out``; labels of arrays alone.
    audit : AuditCounts
    left_out_by_number, left_out_by_signal : tuple of str
        Records kept from pretraining because of a test patient, the arrays themselves apart; those of the second not
        in the first.
    """

    table: pl.DataFrame
    audit: AuditCounts
    left_out_by_number: tuple[str, ...]
    left_out_by_signal: tuple[str, ...]


def experiment(store: Store, folder: Path) -> Experiment:
    """Return the parts; which recordings are the same is kept in ``folder``."""
    manifest = pl.DataFrame(store.manifest.select(["record_id", "patient_id"]))
    real = manifest.filter(~pl.col("record_id").str.starts_with(_SIMULATED))
    pairs = _remembered(store, real["record_id"].to_list(), folder / "same_recordings.json")
    labels = array_labels()
    parts = deal_patients(labels, labels=SUPERCLASSES, fractions=FRACTIONS, seed=SPLIT_SEED)
    tested = set(parts.filter(pl.col("split") == "test")["patient_id"])
    same = connected(tested, pairs, dict(real.iter_rows()))
    others = real.filter(~pl.col("record_id").str.starts_with(ARRAYS))
    by_number = others.filter(pl.col("patient_id").is_in(tested))["record_id"].to_list()
    by_signal = real.filter(pl.col("patient_id").is_in(same - tested))["record_id"].to_list()
    left_out = {*by_number, *by_signal}
    table = (
        manifest.join(parts, on="patient_id", how="left")
        .join(labels.drop("patient_id"), on="record_id", how="left")
        .with_columns(source=pl.col("record_id").str.split("/").list.first())
        .with_columns(
            split=pl.when(pl.col("record_id").is_in(left_out))
            .then(pl.lit("left out"))
            .when(pl.col("source") == ARRAYS)
            .then("split")
            .otherwise(pl.lit("pretraining"))
        )
    )
    audit = audit_counts(real, pairs)
    return Experiment(table, audit, tuple(sorted(by_number)), tuple(sorted(by_signal)))


def same_recordings(
    ids: list[str], signals: dict[str, NDArray[np.float32]], *, rate_hz: float
) -> list[tuple[str, str]]:
    """Return the pairs of records that hold one recording, by signal alone."""
    prints = np.stack([fingerprint(signals[record_id], rate_hz) for record_id in ids])
    found: list[NearDuplicate] = near_duplicates(ids, prints, signals.__getitem__, rate_hz=rate_hz)
    return [(pair.first, pair.second) for pair in found]


def audit_counts(real: pl.DataFrame, pairs: list[tuple[str, str]]) -> AuditCounts:
    """Return what was found by signal beside what is known by number, of records with ``record_id, patient_id``."""
    ids = set(real["record_id"])
    known = {
        frozenset((record_id, f"ptb_xl/{number}"))
        for record_id in ids
        if (number := _number_in_ptb_xl(record_id)) is not None and f"ptb_xl/{number}" in ids
    }
    patients = [
        set(real.filter(pl.col("record_id").str.starts_with(name))["patient_id"]) for name in ("ptb_xl/", f"{ARRAYS}/")
    ]
    return AuditCounts(
        known=frozenset(_ordered(pair) for pair in known),
        found=frozenset(_ordered(frozenset(pair)) for pair in pairs),
        patients_in_both=len(patients[0] & patients[1]),
    )


def _number_in_ptb_xl(record_id: str) -> int | None:
    """Return the number of an ECG in PTB-XL, of the arrays and of the challenge's ``HR`` files."""
    found = re.fullmatch(rf"(?:{ARRAYS}/|cinc2021_samples/HR|multi_source/HR)(\d+)", record_id)
    return int(found[1]) if found else None


def _ordered(pair: frozenset[str]) -> tuple[str, str]:
    first, second = sorted(pair)
    return first, second


def _remembered(store: Store, ids: list[str], path: Path) -> list[tuple[str, str]]:
    if not path.is_file():
        rows = store.rows(ids)
        signals = {record_id: store.signal(row) for record_id, row in zip(ids, rows.tolist(), strict=True)}
        path.write_text(json.dumps(same_recordings(ids, signals, rate_hz=store.spec.rate_hz), indent=0))
    return [(first, second) for first, second in json.loads(path.read_text())]


def connected(patients: set[str], pairs: list[tuple[str, str]], patient_of: dict[str, str]) -> set[str]:
    """Return the patients, and all who share a recording with one of them, or with one who does."""
    reached = set(patients)
    while True:
        more = {
            patient
            for pair in pairs
            if reached & (both := {patient_of[record_id] for record_id in pair})
            for patient in both - reached
        }
        if not more:
            return reached
        reached |= more
