"""LUDB in small: the table with line breaks in its cells, and three of its four ECGs."""

from __future__ import annotations

import csv
from pathlib import Path

from einthoven.cohort.sources.ludb import STATEMENT_COLUMNS, Ludb
from fakes.wfdb_files import STANDARD, write_wfdb

ROWS = (
    ("1", "F\n", "51\n", {"Rhythms": "Sinus rhythm", "Hypertrophies": "Left atrial hypertrophy\nLeft atrial overload"}),
    ("2", "M\n", ">89\n", {"Rhythms": "Atrial fibrillation", "Ischemia": "Stemi: lateral wall\nStemi: apical"}),
    ("3", "M\n", "", {"Rhythms": "Sinus rhythm", "Ischemia": "Undefined ischemia/scar/supp.nstemi: apical"}),
    ("4", "F\n", "30\n", {"Rhythms": "Sinus rhythm"}),
)


def make_ludb(folder: Path, *, n_signals: int = 3) -> Ludb:
    """Write the table of four ECGs and ``n_signals`` of their signals."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    with (folder / "ludb.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["ID", "Sex", "Age", *STATEMENT_COLUMNS])
        for number, sex, age, cells in ROWS:
            writer.writerow([number, sex, age, *(cells.get(column, "") for column in STATEMENT_COLUMNS)])
    for number, *_ in ROWS[:n_signals]:
        write_wfdb(folder / "data", number, leads=[lead.lower() for lead in STANDARD], gain="1716(6)/mV")
    return Ludb(str(folder))
