"""The cohort table: one row per ECG and outcome pair, with everything that a study knows about it but the signal."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from einthoven.cohort.simulated import notice_of
from einthoven.errors import CohortError, LeakageError
from einthoven.registry import nearest

__all__ = ["SPLITS", "Cohort"]

TESTED = ("test", "external")
VERSION = 2  # version 1 had no history and no events, which are optional still
SPLITS = ("train", "validation", "test", "external")

# exact names and types of the columns that cross the boundary; families are checked by prefix
COLUMNS: dict[str, pa.DataType] = {
    "record_id": pa.string(),
    "patient_id": pa.string(),
    "source": pa.string(),
    "site": pa.string(),
    "path": pa.string(),
    "ecg_time": pa.timestamp("us"),
    "age_years": pa.float32(),
    "sex": pa.string(),
    "split": pa.string(),
    "pair": pa.string(),
    "outcome_id": pa.string(),
    "outcome_time": pa.timestamp("us"),
    "outcome_gap_days": pa.float32(),
}
OPTIONAL: dict[str, pa.DataType] = {
    "history": pa.list_(
        pa.struct(
            [
                ("record_id", pa.string()),
                ("outcome_id", pa.string()),
                ("outcome", pa.float32()),
                ("gap_days", pa.float32()),
            ]
        )
    ),
    "earlier_ecgs": pa.list_(pa.struct([("record_id", pa.string()), ("gap_days", pa.float32())])),
}
FAMILIES: dict[str, pa.DataType] = {
    "y.": pa.float32(),
    "u.": pa.bool_(),
    "event.": pa.bool_(),
    "event_days.": pa.float32(),
    "group.": pa.string(),
    "covariate.": pa.float64(),
}
DEFAULTS = {"sex": "U", "pair": "none", "outcome_id": ""}


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """A validated cohort.

    Attributes
    ----------
    table : pa.Table
        Columns ``COLUMNS``; any of the families ``y.<label>`` (0, 1, a value, or null for unknown), ``u.<label>``
        (uncertain), ``event.<name>`` with ``event_days.<name>`` (from the ECG to the event, or to the last contact),
        ``group.<name>`` and ``covariate.<name>``; where asked for, ``history`` (what was measured before, latest first)
        and ``earlier_ecgs``. Key ``record_id, outcome_id``, the latter empty where unpaired.
    simulated : mapping of source to str
        Those of the sources whose patients are simulated, each with its settings in words.

    Raises
    ------
    CohortError
        For an unknown column, a doubled key, an empty table, or a split that isn't one of ``SPLITS``.
    LeakageError
        When a patient is in two splits.
    """

    table: pa.Table
    simulated: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_columns(self.table.column_names)
        if self.table.num_rows == 0:
            raise CohortError("the cohort is empty: no ECG is left after all exclusions; look at flow.json")
        _check_keys(self.table)
        _check_splits(self.table)

    @classmethod
    def from_frame(cls, frame: pl.DataFrame, *, simulated: Mapping[str, str] | None = None) -> Cohort:
        """Build a cohort from a polars table; columns that are absent get their default or null."""
        _check_columns([*COLUMNS, *frame.columns])
        absent = [pl.lit(DEFAULTS.get(name)).alias(name) for name in COLUMNS if name not in frame.columns]
        complete = frame.with_columns(absent).select(*COLUMNS, *(name for name in frame.columns if name not in COLUMNS))
        return cls(_as_declared(complete.to_arrow()), dict(simulated or {}))

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of all ``y.`` columns."""
        return tuple(name.removeprefix("y.") for name in self.table.column_names if name.startswith("y."))

    @property
    def notice(self) -> str:
        """What stands before every result where patients are simulated; empty where all are real."""
        tested = self.table.filter(pa.compute.is_in(self.table["split"], pa.array(TESTED)))
        sources, judged = (part["source"].unique().drop_null().to_pylist() for part in (self.table, tested))
        return notice_of(self.simulated, sources, judged)

    @property
    def hash(self) -> str:
        """SHA-256 over sorted columns and rows as Arrow IPC, and over what is simulated, in any order of all these."""
        ordered = self.table.select(sorted(self.table.column_names))
        ordered = ordered.sort_by([("record_id", "ascending"), ("outcome_id", "ascending")]).combine_chunks()
        buffer = io.BytesIO()
        with pa.ipc.new_stream(buffer, ordered.schema.remove_metadata()) as writer:
            writer.write_table(ordered.replace_schema_metadata())
        return hashlib.sha256(buffer.getvalue() + self._simulated_bytes).hexdigest()

    def write(self, path: Path) -> None:
        """Write Parquet with the version, and what is simulated, in its metadata."""
        metadata = {b"einthoven.type": b"cohort", b"einthoven.version": str(VERSION).encode()}
        metadata |= {b"einthoven.simulated": self._simulated_bytes} if self.simulated else {}
        pq.write_table(self.table.replace_schema_metadata(metadata), path)

    @classmethod
    def read(cls, path: Path) -> Cohort:
        """Inverse of ``write``; a newer version is refused."""
        try:
            table = pq.read_table(path)
        except (OSError, pa.ArrowInvalid) as error:
            raise CohortError(f"{path} is damaged ({error}); delete its folder and run the study again") from error
        metadata = table.schema.metadata or {}
        if metadata.get(b"einthoven.type") != b"cohort":
            raise CohortError(f"{path} is no cohort file of einthoven")
        if int(metadata[b"einthoven.version"]) > VERSION:
            raise CohortError(f"{path} was written by a newer einthoven; update to read it")
        _check_columns(table.column_names)
        return cls(_as_declared(table), json.loads(metadata.get(b"einthoven.simulated", b"{}")))

    @property
    def _simulated_bytes(self) -> bytes:
        """Nothing for real data, whose hash and file are those of a cohort that never heard of simulation."""
        return json.dumps(dict(self.simulated), sort_keys=True).encode() if self.simulated else b""


def _type_of(column: str) -> pa.DataType:
    family = next((prefix for prefix in FAMILIES if column.startswith(prefix)), None)
    return FAMILIES[family] if family else (COLUMNS | OPTIONAL)[column]


def _as_declared(table: pa.Table) -> pa.Table:
    """Return the table with the types of this file to the letter; Parquet calls the items of lists otherwise."""
    return table.cast(pa.schema([(name, _type_of(name)) for name in table.column_names]))


def _check_columns(names: Iterable[str]) -> None:
    names = list(names)
    for name in names:
        if name not in COLUMNS and name not in OPTIONAL and not name.startswith(tuple(FAMILIES)):
            raise CohortError(f"a cohort has no column {name!r}{nearest(name, [*COLUMNS, *OPTIONAL, *FAMILIES])}")
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise CohortError(f"the cohort lacks the columns {', '.join(missing)}")


def _check_keys(table: pa.Table) -> None:
    counts = table.group_by(["record_id", "outcome_id"]).aggregate([([], "count_all")])
    doubled = counts.filter(pa.compute.greater(counts["count_all"], 1))
    if doubled.num_rows:
        record, outcome = doubled["record_id"][0], doubled["outcome_id"][0].as_py()
        pair = f" with the same report, {outcome}" if outcome else ""
        raise CohortError(f"{doubled.num_rows} record ids occur twice{pair}, the first is {record}")


def _check_splits(table: pa.Table) -> None:
    foreign = set(table["split"].unique().to_pylist()) - {*SPLITS, None}
    if foreign:
        raise CohortError(f"split must be one of {', '.join(SPLITS)}, got {', '.join(map(repr, sorted(foreign)))}")
    known = table.filter(pa.compute.is_valid(table["split"]))
    per_patient = known.group_by("patient_id").aggregate([("split", "count_distinct")])
    torn = per_patient.filter(pa.compute.greater(per_patient["split_count_distinct"], 1))
    if torn.num_rows:
        raise LeakageError(
            f"{torn.num_rows} patients are in two splits, the first is {torn['patient_id'][0]}: "
            "split by patient, not by ECG"
        )
