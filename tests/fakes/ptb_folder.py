"""PTB in small, in both releases: patients' folders with a history, and coded headers."""

from __future__ import annotations

from pathlib import Path

from einthoven.cohort.sources.ptb import Ptb
from fakes.coded_header_files import write_coded_folder
from fakes.wfdb_files import STANDARD, write_wfdb

# record, reason for admission, acute and former infarction
RECORDS = (
    ("patient001/s0010_re", "Myocardial infarction", "infero-latera", "no"),
    ("patient001/s0014lre", "Myocardial infarction", "infero-latera", "no"),
    ("patient002/s0015lre", "Myocardial infarction", "no", "antero-septal"),
    ("patient104/s0306lre", "Healthy control", "no", "no"),
    ("patient130/s0166_re", "Heart failure (NYHA 4)", "no", "no"),
    ("patient285/s0544_re", "n/a", "n/a", "n/a"),
)


def write_history(folder: Path, name: str, *, reason: str, acute: str, former: str) -> None:
    """Write one record with the comments of the original release."""
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    comments = [
        " age: 81",
        " sex: female",
        " ECG date: 01/10/1990",
        "",
        " Diagnose:",
        f" Reason for admission: {reason}",
        f" Acute infarction (localization): {acute}",
        f" Former infarction (localization): {former}",
        " Additional diagnoses: Diabetes mellitus",
        " Catheterization date: 16-Oct-90",
    ]
    leads = (*(lead.lower() for lead in STANDARD), "vx", "vy", "vz")
    write_wfdb(place.parent, place.name, leads=leads, rate="1000", gain="2000", comments=comments)


def make_ptb(folder: Path) -> Ptb:
    """Write six records of five persons."""
    for name, reason, acute, former in RECORDS:
        write_history(folder, name, reason=reason, acute=acute, former=former)
    return Ptb(str(folder))


def make_ptb_of_challenge(folder: Path) -> Ptb:
    """Write three records with codes."""
    return Ptb(str(write_coded_folder(folder, ["g1/S0001", "g1/S0002", "g1/S0003"])))
