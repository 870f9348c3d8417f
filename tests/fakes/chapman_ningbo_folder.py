"""PhysioNet's "ecg-arrhythmia" in small: folders by number, and the owners' table of conditions."""

from __future__ import annotations

from pathlib import Path

from einthoven.cohort.sources.chapman_ningbo import ChapmanNingbo
from fakes.coded_header_files import write_coded_folder

NAMES = ("01/010/JS00001", "01/010/JS00002", "23/236/JS23074", "46/460/JS45551")
CONDITIONS = "Acronym Name,Full Name,Snomed_CT\nAFIB,Atrial Fibrillation,164889003\nSR,Sinus Rhythm,426783006\n"


def make_chapman_ningbo(folder: Path) -> ChapmanNingbo:
    """Write four ECGs, and the table with the mark that spreadsheets put before a text."""
    write_coded_folder(folder / "WFDBRecords", NAMES)
    (folder / "ConditionNames_SNOMED-CT.csv").write_text(CONDITIONS, encoding="utf-8-sig")
    return ChapmanNingbo(str(folder))
