"""Chapman-Shaoxing-Ningbo: 45,152 ECGs of 10 s at 500 Hz (Zheng 2020, 2022; PhysioNet "ecg-arrhythmia" 1.0.0).

doi:10.1038/s41597-020-0386-x, doi:10.13026/wgex-er52. Folders as published (``WFDBRecords/01/010/JS00001.hea`` beside
``ConditionNames_SNOMED-CT.csv``), those of the CinC challenge, or all files in one. The owners count one ECG per
person, and write no person's id: each ECG is a patient. The source ``cinc2021`` holds the same ECGs. JS01052 and
JS23074 have damaged headers in version 1.0.0: their rows are here, their signals are refused at ingest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from einthoven.cohort.sources.cinc2021 import data_set_of
from einthoven.cohort.sources.coded_headers import coded_data
from einthoven.cohort.sources.source import LabelRequest, SourceData, read_table, require_columns
from einthoven.cohort.sources.wfdb_headers import read_headers

__all__ = ["ChapmanNingbo"]

CONDITIONS = "ConditionNames_SNOMED-CT.csv"
ACRONYM, CODE = "Acronym Name", "Snomed_CT"


@dataclass(frozen=True)
class ChapmanNingbo:
    """Settings of the source.

    Attributes
    ----------
    path : str
        The folder with ``WFDBRecords`` and ``ConditionNames_SNOMED-CT.csv``, or any folder with headers ``JS*.hea``.
    """

    path: str

    def load(self, labels: LabelRequest = "cinc2021", auxiliary: LabelRequest = ()) -> SourceData:
        """Read the headers; the column ``site`` holds ``chapman_shaoxing`` or ``ningbo``.

        Labels may also be acronyms of the owners' table of conditions (``SB``, ``AFIB``, ...), or all of them:
        ``conditions``. A code that isn't there counts as absent.

        Raises
        ------
        CohortError
            For a folder without such headers, an unknown label, or acronyms without the table of conditions.
        """
        folder = Path(self.path)
        headers = read_headers(folder, "JS[0-9]*.hea")
        is_there = (folder / CONDITIONS).is_file()
        own = _conditions(folder) if is_there or "conditions" in (labels, auxiliary) else {}
        return coded_data(
            folder,
            headers,
            labels=labels,
            auxiliary=auxiliary,
            owner="Chapman-Shaoxing-Ningbo" if is_there else f"Chapman-Shaoxing-Ningbo without its {CONDITIONS}",
            own=own,
            own_sets={"conditions": tuple(own)} if own else {},
            more={"site": [data_set_of(header.record_id) for header in headers]},
        )


def _conditions(folder: Path) -> Mapping[str, frozenset[str]]:
    """Return acronym -> SNOMED CT codes of the owners' table."""
    table = read_table(folder, CONDITIONS)
    require_columns(table, (ACRONYM, CODE), file=str(folder / CONDITIONS))
    codes: dict[str, set[str]] = {}
    for acronym, code in zip(table[ACRONYM], table[CODE], strict=True):
        if acronym and code:
            codes.setdefault(acronym.strip(), set()).add(code.strip().lstrip("0"))
    return {acronym: frozenset(found) for acronym, found in codes.items()}
