"""Which ECGs of UK Biobank a folder holds, by the names of their files, and who withdrew since."""

from __future__ import annotations

import os
import re
from pathlib import Path

import polars as pl

from einthoven.cohort.sources.published import first_there
from einthoven.errors import CohortError

__all__ = ["ORIGIN", "ecg_files", "withdrawn_eids"]

ORIGIN = (
    "fetch field 20205 with ukbfetch or from the Research Analysis Platform, and export a table of the participants"
)
NAME = re.compile(r"(\d+)_(\d+)_(\d+)_(\d+)\.xml", re.IGNORECASE)


def ecg_files(folder: Path, ecg_field: int) -> pl.DataFrame:
    """Return ``record_id``, ``patient_id``, ``instance`` and ``path`` of each ECG, by participant and visit.

    Raises
    ------
    CohortError
        For a missing folder, or one without ECGs of the field.
    """
    if not folder.is_dir():
        raise CohortError(f"there is no folder {folder}; set the path of the data in the study file; {ORIGIN}")
    found = [
        (int(match[1]), int(match[3]), int(match[4]), Path(place, name).relative_to(folder))
        for place, _, names in os.walk(folder)
        for name in names
        if (match := NAME.fullmatch(name)) and int(match[2]) == ecg_field
    ]
    if not found:
        raise CohortError(f"{folder} holds no ECG <eid>_{ecg_field}_<instance>_<array>.xml; {ORIGIN}")
    ordered = sorted(found)
    return pl.DataFrame(
        {
            "record_id": [path.stem for *_, path in ordered],
            "patient_id": [str(eid) for eid, *_ in ordered],
            "instance": [instance for _, instance, *_ in ordered],
            "path": [path.as_posix() for *_, path in ordered],
        }
    )


def withdrawn_eids(folder: Path, name: str | None) -> pl.Series:
    """Return the participants of a list of withdrawals, one a line; none without a list."""
    if name is None:
        return pl.Series([], dtype=pl.String)
    lines = first_there(folder, (name,), origin="it is the list that UK Biobank sends").read_text(encoding="utf-8")
    return pl.Series([line.strip() for line in lines.splitlines() if line.strip().isdigit()], dtype=pl.String)
