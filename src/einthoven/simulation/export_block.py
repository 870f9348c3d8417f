"""A block of patients: their ECG files are written, their rows returned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from einthoven.ecg.formats.writing import encode
from einthoven.ecg.record import Record
from einthoven.simulation.export_patient import RecordEcg, export_patient
from einthoven.simulation.hospitals import HospitalSettings
from einthoven.simulation.paper.layout import TABLES, layout_of
from einthoven.simulation.people.simulate_person import simulate_person
from einthoven.simulation.truth_tables import SCHEMAS, truth_table

__all__ = ["BlockResult", "BlockTask", "Counts", "export_block"]

LVSD = 40.0  # %, at or below


@dataclass(frozen=True, slots=True)
class BlockTask:
    """Patients ``first`` up to ``last`` (without it) of a hospital."""

    hospital: HospitalSettings
    folder: Path
    seed: int
    first: int
    last: int
    signals: bool
    record: RecordEcg


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are.

    Attributes
    ----------
    patients, ecgs, echoes : int
    patients_with_echo : int
    lvsd_echoes : int
        Echoes whose measured LVEF is 40 % or less.
    lvsd_ecgs : int
        ECGs at which the true LVEF is 40 % or less.
    """

    patients: int = 0
    ecgs: int = 0
    echoes: int = 0
    patients_with_echo: int = 0
    lvsd_echoes: int = 0
    lvsd_ecgs: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in Counts.__slots__))


@dataclass(frozen=True, slots=True)
class BlockResult:
    """Lines of each table, rows of each table of the truth, counts."""

    lines: Mapping[str, bytes]
    truth: Mapping[str, pa.Table]
    counts: Counts


def export_block(task: BlockTask) -> BlockResult:
    """Write the ECGs of a block, and return the rest; the same whatever else is in the block.

    Raises
    ------
    OSError
        When the disk is full.
    """
    layout = layout_of(task.hospital.site, columns=task.hospital.columns)
    rows: dict[str, list[list[str]]] = {name: [] for name in TABLES}
    truth: dict[str, list[dict[str, object]]] = {name: [] for name in SCHEMAS}
    for number in range(task.first, task.last):
        person = simulate_person(task.hospital, number, seed=task.seed)
        made = export_patient(person, task.hospital, layout, seed=task.seed, signals=task.signals, record=task.record)
        for path, record in made.ecgs:
            _write(record, task.folder / path, file_format=task.hospital.file_format)
        for name, more in made.rows.items():
            rows[name] += more
        for name, facts in made.truth.items():
            truth[name] += facts
    return BlockResult(
        lines={name: layout.encoded(rows[name]) for name in TABLES},
        truth={name: truth_table(name, facts) for name, facts in truth.items()},
        counts=_counts(truth),
    )


def _write(record: Record, path: Path, *, file_format: str) -> None:
    """Write the files of an ECG; what is cut off by a crash lies in a folder without its marker."""
    for name, content in encode(record, path, format=file_format).items():
        (path.parent / name).write_bytes(content)


def _counts(truth: Mapping[str, list[dict[str, object]]]) -> Counts:
    persons, ecgs, echoes = truth["persons"], truth["ecgs"], truth["echoes"]
    return Counts(
        patients=len(persons),
        ecgs=len(ecgs),
        echoes=len(echoes),
        patients_with_echo=sum(one["n_echoes"] != 0 for one in persons),
        lvsd_echoes=sum(_is_low(one["measured_lvef"]) for one in echoes),
        lvsd_ecgs=sum(_is_low(one["lvef"]) for one in ecgs),
    )


def _is_low(lvef: object) -> bool:
    return isinstance(lvef, float) and lvef <= LVSD
