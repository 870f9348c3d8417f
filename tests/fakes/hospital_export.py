"""A made-up hospital's export, with the answer: tables as hospitals write them, and the traps that lie in them.

Ejection fractions are drawn per visit and known; reports, statements, diagnoses, deaths and the shape of the ECG follow
from them. Patients' ids have leading zeros, sex is 1 or 2, echo dates are DD/MM/YYYY, ages are missing (birth dates are
there), and a part of the reports has its LVEF as a fraction in a column of its own instead of in the text.
"""

from __future__ import annotations

import csv
import json
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl

from einthoven.cohort.simulated import MARKER, MARKER_TYPE
from einthoven.ecg.formats.writing import write
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Record
from fakes.ptb_xl_folder import fake_ecg

EXPORTED = datetime.fromisoformat("2023-12-31")
SUFFIX = {"muse": ".xml", "wfdb": ".hea", "dicom": ".dcm"}
# how a report says it, the value that stands for it, its bounds, and how it was measured
WORDINGS = (
    ("LV ejection fraction {ef} % (biplane Simpson).", 0, 0, 0, "simpson"),
    ("Visually estimated EF {low}-{high} %.", 0, -5, 5, "visual"),
    ("EF by eye {eye} %. Biplane Simpson EF {ef} %.", 0, 0, 0, "simpson"),
    ("M-mode EF {eye} %, modified Simpson EF {ef} %.", 0, 0, 0, "simpson"),
    ("Previous EF {eye} %. LVEF {ef} % by Simpson's method.", 0, 0, 0, "simpson"),
)
CODES = {True: ("I50.1", "I42.0", "I48.0", "I10"), False: ("I10", "E11.9", "J45.9", "M54.5")}


@dataclass(frozen=True)
class HospitalTruth:
    """What is true of the export.

    Attributes
    ----------
    ecgs : DataFrame
        ``record_id, patient_id, ecg_time, age_years, sex, lvef`` (the true one), ``path`` of all usable ECGs.
    reports : DataFrame
        ``outcome_id, patient_id, outcome_time, lvef, low, high, method``; null where the report gives no number.
    pairs : DataFrame
        ``record_id, outcome_id, gap_days`` (report minus ECG, calendar days), none more than ``most_days_apart``.
    diagnoses, events : DataFrame
        In canonical columns.
    settings : dict
        What stands in the study file under ``[data.NAME]``, but for ``path``.
    n_unreadable : int
        Rows of the table of ECGs that can't be used.
    """

    ecgs: pl.DataFrame
    reports: pl.DataFrame
    pairs: pl.DataFrame
    diagnoses: pl.DataFrame
    events: pl.DataFrame
    settings: dict[str, Any]
    n_unreadable: int


@dataclass
class _Rows:
    """Rows of the tables as they are written, and of the truth."""

    ecgs: list[list[object]] = field(default_factory=list)
    reports: list[list[object]] = field(default_factory=list)
    diagnoses: list[list[object]] = field(default_factory=list)
    events: list[list[object]] = field(default_factory=list)
    patients: list[list[object]] = field(default_factory=list)
    true_ecgs: list[dict[str, Any]] = field(default_factory=list)
    true_reports: list[dict[str, Any]] = field(default_factory=list)
    pairs: list[dict[str, Any]] = field(default_factory=list)
    true_diagnoses: list[dict[str, Any]] = field(default_factory=list)
    true_events: list[dict[str, Any]] = field(default_factory=list)


def write_hospital_export(
    folder: Path,
    *,
    seed: int = 0,
    n_patients: int = 60,
    with_signals: bool = False,
    ecg_format: str = "muse",
    table_format: Literal["csv", "parquet", "sqlite"] = "csv",
    most_days_apart: int = 14,
    device: str | None = None,
) -> HospitalTruth:
    """Write the tables, and an ECG file per row.

    Parameters
    ----------
    folder : Path
    seed : int
    n_patients : int
        Each has one to three visits: an ECG, and mostly an echo within two weeks, before or after.
    with_signals : bool
        Whether files hold ECGs; otherwise they are empty, which is enough as long as nobody reads signals.
    ecg_format : ``muse``, ``wfdb`` or ``dicom``
    table_format : ``csv``, ``parquet`` or ``sqlite``
    most_days_apart : int
        Between an ECG and its echo; one echo in ten comes far later and belongs to no ECG.
    device : str, optional
        What the ECG files call their recorder.
    """
    rng = np.random.default_rng(seed)
    rows = _Rows()
    for number in range(n_patients):
        _add_patient(rows, number, rng, suffix=SUFFIX[ecg_format], most_days_apart=most_days_apart)
    # a row whose time nobody can read, and one whose file is lost
    rows.ecgs += [
        ["9999998", rows.patients[0][0], "unknown", f"ecg/none{SUFFIX[ecg_format]}", "Sinus rhythm", "90 ms", "A"],
        ["9999999", rows.patients[0][0], "2019-01-01 08:00:00", f"ecg/lost{SUFFIX[ecg_format]}", "", "", "A"],
    ]
    _write_tables(folder, rows, table_format=table_format)
    _write_ecgs(folder, rows, with_signals=with_signals, ecg_format=ecg_format, rng=rng, device=device)
    return HospitalTruth(
        pl.DataFrame(rows.true_ecgs, infer_schema_length=None),
        pl.DataFrame(rows.true_reports, infer_schema_length=None),
        pl.DataFrame(rows.pairs, infer_schema_length=None),
        pl.DataFrame(rows.true_diagnoses, infer_schema_length=None),
        pl.DataFrame(rows.true_events, infer_schema_length=None),
        study_settings(ecg_format, table_format),
        n_unreadable=1,
    )


def mark_as_simulated(folder: Path, *, hospital: str = "A", seed: int = 0) -> None:
    """Write the marker that the simulator leaves in the folder of a hospital."""
    marker = {"type": MARKER_TYPE, "version": 1, "hospital": hospital, "seed": seed, "parameters_sha256": "0" * 64}
    (folder / MARKER).write_text(json.dumps(marker))


def study_settings(ecg_format: str = "muse", table_format: str = "csv") -> dict[str, Any]:
    """Return what the study file says of the export."""
    settings = _settings_of_csv(ecg_format)
    for kind in ("ecgs", "reports", "diagnoses", "events", "patients"):
        name = Path(settings[kind].pop("file")).stem
        lies = (
            {"sql": name, "database": "export.db"} if table_format == "sqlite" else {"file": f"{name}.{table_format}"}
        )
        settings[kind] |= lies
    return settings


def _settings_of_csv(ecg_format: str) -> dict[str, Any]:
    return {
        "format": ecg_format,
        "statement_separator": "|",
        "export_date": "2023-12-31",
        "ecgs": {
            "file": "ecgs.csv",
            "on_error": "drop",
            "columns": {
                "record_id": "ECG_NO",
                "patient_id": "PAT_ID",
                "ecg_time": "ACQUIRED",
                "path": "FILE",
                "statements": "DIAGNOSIS",
                "measurement.qrs_ms": "QRS",
                "site": "SITE",
            },
        },
        "reports": {
            "file": "echo.csv",
            "time_format": "DD/MM/YYYY",
            "columns": {
                "outcome_id": "REPORT_NO",
                "patient_id": "PAT_ID",
                "outcome_time": "ECHO_DATE",
                "report": "REPORT",
                "lvef": {"column": "EF", "unit": "fraction"},
            },
        },
        "diagnoses": {
            "file": "icd.csv",
            "columns": {"patient_id": "PAT_ID", "code": "ICD10", "diagnosis_time": "CODED"},
        },
        "events": {
            "file": "follow_up.csv",
            "columns": {
                "patient_id": "PAT_ID",
                "last_contact": "LAST_SEEN",
                "death_time": "DIED",
                "mace_time": "MACE",
            },
        },
        "patients": {
            "file": "patients.csv",
            "columns": {
                "patient_id": "PAT_ID",
                "sex": {"column": "SEX", "values": {"1": "M", "2": "F"}},
                "birth_date": "BIRTH",
            },
        },
    }


def _add_patient(rows: _Rows, number: int, rng: np.random.Generator, *, suffix: str, most_days_apart: int) -> None:
    patient = f"{number + 1:07d}"
    sex = "U" if number % 17 == 3 else "FM"[number % 2]  # some sexes are missing
    birth = EXPORTED - timedelta(days=int(rng.integers(30 * 365, 88 * 365)))
    is_weak = bool(rng.random() < 0.3)  # heart failure with reduced ejection fraction
    rows.patients.append([patient, {"M": 1, "F": 2, "U": ""}[sex], f"{birth:%Y%m%d}"])
    first = EXPORTED - timedelta(days=int(rng.integers(1200, 2000)), minutes=int(rng.integers(0, 600)))
    for visit in range(int(rng.integers(1, 4))):
        time = first + timedelta(days=200 * visit)
        ef = int(np.clip(rng.normal(30 if is_weak else 60, 6), 12, 75))
        record = f"{patient}-{visit + 1}"
        # by the birth date, as nothing else tells it
        age = (time - birth).days / 365.25
        statements = ["Sinus rhythm", "Left bundle branch block"] if ef <= 40 else ["Sinus rhythm", "Normal ECG"]
        path = f"ecg/{record}{suffix}"
        row = [record, patient, f"{time:%Y-%m-%d %H:%M:%S}", path, "|".join(statements)]
        rows.ecgs.append([*row, f"{150 if ef <= 40 else 92} ms", "AB"[number % 2]])
        rows.true_ecgs.append(
            {
                "record_id": record,
                "patient_id": patient,
                "ecg_time": time,
                "age_years": age,
                "sex": sex,
                "lvef": float(ef),
                "path": path,
            }
        )
        _add_reports(rows, len(rows.true_ecgs), rng, ecg=rows.true_ecgs[-1], ef=ef, most_days_apart=most_days_apart)
    _add_diagnoses(rows, patient, rng, first=first, is_weak=is_weak)
    _add_events(rows, patient, rng, first=first, is_weak=is_weak)


def _add_reports(
    rows: _Rows, number: int, rng: np.random.Generator, *, ecg: dict[str, Any], ef: int, most_days_apart: int
) -> None:
    """Add no echo, one, or two that share the ECG; before it or after it, a few too far from it."""
    if number % 9 == 4:
        return
    for _ in range(2 if number % 11 == 5 else 1):
        gap = int(rng.integers(-most_days_apart, most_days_apart + 1)) if number % 10 else most_days_apart + 26
        day = ecg["ecg_time"].replace(hour=0, minute=0, second=0) + timedelta(days=gap)
        report = f"E{len(rows.reports) + 1:05d}"
        wording, middle, low, high, method = WORDINGS[int(rng.integers(len(WORDINGS)))]
        text = wording.format(ef=ef, low=ef - 5, high=ef + 5, eye=min(ef + 8, 80))
        value: dict[str, Any] = {"lvef": ef + middle, "low": ef + low, "high": ef + high, "method": method}
        column = ""
        if number % 4 == 1:  # this laboratory writes it into a column, and words without a number into the text
            text, column = "Global function as in the table.", f"{ef / 100:.2f}"
            value = {"lvef": ef, "low": ef, "high": ef, "method": "table"}
        elif number % 13 == 6:
            text = "EF could not be measured for want of a window."
            value = {"lvef": None, "low": None, "high": None, "method": None}
        text = f"LV of normal size.\n{text}\nNo effusion, no thrombus."
        rows.reports.append([report, ecg["patient_id"], f"{day:%d/%m/%Y}", column, text])
        truth = {"outcome_id": report, "patient_id": ecg["patient_id"], "outcome_time": day}
        rows.true_reports.append(
            truth | {name: float(part) if isinstance(part, int) else part for name, part in value.items()}
        )
        if abs(gap) <= most_days_apart:
            rows.pairs.append({"record_id": ecg["record_id"], "outcome_id": report, "gap_days": gap})


def _add_diagnoses(rows: _Rows, patient: str, rng: np.random.Generator, *, first: datetime, is_weak: bool) -> None:
    for code in CODES[is_weak]:
        if rng.random() < 0.6:
            day = (first - timedelta(days=int(rng.integers(-300, 900)))).replace(hour=0, minute=0, second=0)
            # dots are optional, and each row stands twice as it does where a stay has several departments
            rows.diagnoses += [[patient, code.replace(".", "" if rng.random() < 0.3 else "."), f"{day:%Y-%m-%d}"]]
            rows.true_diagnoses.append({"patient_id": patient, "code": code.replace(".", ""), "diagnosis_time": day})


def _add_events(rows: _Rows, patient: str, rng: np.random.Generator, *, first: datetime, is_weak: bool) -> None:
    day = first.replace(hour=0, minute=0, second=0)
    last = day + timedelta(days=int(rng.integers(500, 1100)))
    died = rng.random() < (0.4 if is_weak else 0.1)
    mace = last - timedelta(days=int(rng.integers(0, 400))) if rng.random() < (0.5 if is_weak else 0.1) else None
    rows.events.append([patient, _day(last), _day(last) if died else "", _day(mace)])
    rows.true_events.append(
        {
            "patient_id": patient,
            "last_contact": last,
            "death_time": last if died else None,
            "mace_time": mace,
        }
    )


def _day(time: datetime | None) -> str:
    return "" if time is None else f"{time:%Y-%m-%d}"


def _write_tables(folder: Path, rows: _Rows, *, table_format: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "ecgs": (("ECG_NO", "PAT_ID", "ACQUIRED", "FILE", "DIAGNOSIS", "QRS", "SITE"), rows.ecgs),
        "echo": (("REPORT_NO", "PAT_ID", "ECHO_DATE", "EF", "REPORT"), rows.reports),
        "icd": (("PAT_ID", "ICD10", "CODED"), rows.diagnoses),
        "follow_up": (("PAT_ID", "LAST_SEEN", "DIED", "MACE"), rows.events),
        "patients": (("PAT_ID", "SEX", "BIRTH"), rows.patients),
    }
    for name, (columns, cells) in tables.items():
        if table_format == "csv":
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([columns, *cells])
        elif table_format == "parquet":
            table = pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String), orient="row", strict=False)
            table.write_parquet(folder / f"{name}.parquet")
        else:
            connection = sqlite3.connect(folder / "export.db")
            connection.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
            connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})", cells)
            connection.commit()
            connection.close()


def _write_ecgs(
    folder: Path,
    rows: _Rows,
    *,
    with_signals: bool,
    ecg_format: str,
    rng: np.random.Generator,
    device: str | None,
) -> None:
    """Write a file per usable ECG; a low ejection fraction mostly widens QRS and turns T."""
    (folder / "ecg").mkdir(exist_ok=True)
    for number, ecg in enumerate(rows.true_ecgs):
        path = folder / ecg["path"]
        if not with_signals:
            path.touch()
            continue
        is_low = ecg["lvef"] <= 40
        microvolts = fake_ecg(rng, kind=2 if is_low and number % 4 else 0, rate_hz=250)
        record = Record(
            (microvolts.T / 1000).astype(np.float32),
            STANDARD_LEADS,
            250.0,
            ecg["record_id"],
            patient_id=ecg["patient_id"],
            time=ecg["ecg_time"],
            time_kind="naive",
            age_years=float(int(ecg["age_years"])),
            sex=ecg["sex"],
            device=device,
            statements=tuple(str(rows.ecgs[number][4]).split("|")),
        )
        write(record, path, format=ecg_format)
