"""The real ECGs that the simulator is tuned beside: PTB-XL's first 500 without the withdrawn ones, and LUDB's 120."""

from __future__ import annotations

import csv
from ast import literal_eval
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from findings import findings_of_ludb, findings_of_scp, groups_of
from shared import real_data

from einthoven.cohort.sources.ptb_xl import WITHDRAWN
from einthoven.ecg.formats import read
from einthoven.ecg.record import Record

__all__ = ["RealEcg", "real_ecgs"]

NO_FINDINGS = frozenset({"ID", "Sex", "Age"})
"""Columns of LUDB's table that are none."""

OLDEST = 91.0
"""PTB-XL writes 300 for over 89, or 91 in newer tables; LUDB writes >89."""

UNKNOWN_AGE = 62.0
"""Median of PTB-XL (Wagner 2020)."""


@dataclass(frozen=True, slots=True, eq=False)
class RealEcg:
    """One real ECG with what is known of it.

    Attributes
    ----------
    source : ``ptb_xl`` or ``ludb``
    number : int
        Of the record in its source.
    patient : str
    record : Record
        12 leads, 500 Hz, mV.
    findings : frozenset of str
        See ``findings``.
    age_years : float
    sex : ``F`` or ``M``
    height_cm, weight_kg : float, optional
    infarct_stage : str
        PTB-XL's ``infarction_stadium1``, empty where unknown.
    """

    source: str
    number: int
    patient: str
    record: Record
    findings: frozenset[str]
    age_years: float
    sex: Literal["F", "M"]
    height_cm: float | None = None
    weight_kg: float | None = None
    infarct_stage: str = ""

    @property
    def groups(self) -> frozenset[str]:
        """Groups in which it is compared."""
        return groups_of(self.findings)


def real_ecgs(sources: tuple[str, ...] = ("ptb_xl", "ludb")) -> list[RealEcg]:
    """Return all real ECGs of the named sources."""
    readers = {"ptb_xl": _ptb_xl, "ludb": _ludb}
    return [ecg for source in sources for ecg in readers[source]()]


def _ptb_xl() -> Iterator[RealEcg]:
    folder = real_data() / "ptb_xl"
    with (folder / "ptbxl_database.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            number = int(row["ecg_id"])
            path = folder / f"{row['filename_hr']}.hea"
            if number in WITHDRAWN or not path.is_file():
                continue
            yield RealEcg(
                source="ptb_xl",
                number=number,
                patient=f"ptb_xl:{row['patient_id']}",
                record=read(path, with_sha256=False),
                findings=findings_of_scp(literal_eval(row["scp_codes"])) | _extra_beats(row["extra_beats"]),
                age_years=min(float(row["age"] or UNKNOWN_AGE), OLDEST),
                sex="M" if row["sex"] == "0" else "F",
                height_cm=float(row["height"]) if row["height"] else None,
                weight_kg=float(row["weight"]) if row["weight"] else None,
                infarct_stage=row["infarction_stadium1"].removeprefix("Stadium ").removeprefix("unknown"),
            )


def _extra_beats(cell: str) -> frozenset[str]:
    """Return the ectopy that PTB-XL's column of extra beats names; ``ES`` alone says not from where."""
    if "SVES" in cell:
        return frozenset({"atrial_ectopy"})
    return frozenset({"ventricular_ectopy"} if "VES" in cell else ())


def _ludb() -> Iterator[RealEcg]:
    folder = real_data() / "ludb"
    with (folder / "ludb.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            path = folder / "data" / f"{row['ID'].strip()}.hea"
            if not path.is_file():
                continue
            words = [line for name, cell in row.items() if name not in NO_FINDINGS for line in cell.splitlines()]
            age = row["Age"].strip()
            yield RealEcg(
                source="ludb",
                number=int(row["ID"]),
                patient=f"ludb:{row['ID'].strip()}",
                record=read(path, with_sha256=False),
                findings=findings_of_ludb(words),
                age_years=OLDEST if age.startswith(">") else float(age),
                sex="M" if row["Sex"].strip() == "M" else "F",
            )
