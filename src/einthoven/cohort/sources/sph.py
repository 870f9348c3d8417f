"""SPH: 25,770 ECGs of 24,666 patients of Shandong Provincial Hospital (Liu 2022, doi:10.1038/s41597-022-01403-5).

10 to 60 s at 500 Hz, in mV. Statements are codes of the AHA/ACC/HRS recommendations (Mason 2007,
doi:10.1161/CIRCULATIONAHA.106.180200), each with its modifiers: ``22;23`` are two, ``60+310`` is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from einthoven.cohort.labels.codes import concepts_of_codes, unknown_codes
from einthoven.cohort.sources.published import flow_step, identifiers, numbers, read_published, recoded, times
from einthoven.cohort.sources.requested_labels import Columns, FindingLabels, RequestedLabels, finding_columns
from einthoven.cohort.sources.source import LabelRequest, SourceData
from einthoven.ecg.formats import RecordLocation
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.errors import CohortError

__all__ = ["Sph"]

METADATA = "metadata.csv"
ORIGIN = "get metadata.csv and records.tar.gz, unpacked, from doi.org/10.6084/m9.figshare.c.5779802"
RATE_HZ = 500


@dataclass(frozen=True)
class Sph:
    """Settings of the source.

    Attributes
    ----------
    path : str
        The folder with ``metadata.csv``; the ECGs are in its folder ``records``, or beside the table.
    """

    path: str

    def load(self, labels: LabelRequest = "", auxiliary: LabelRequest = ()) -> SourceData:
        """Read the table; labels are sets of labels or findings.

        Raises
        ------
        CohortError
            For a missing folder, table or column, an unknown label, or an unreadable cell or code.
        """
        requested = RequestedLabels.of(labels, auxiliary, owner="SPH")
        folder = Path(self.path)
        wanted = ("ECG_ID", "AHA_Code", "Patient_ID", "Age", "Sex", "Date")
        table = read_published(folder, METADATA, origin=ORIGIN, columns=wanted)
        file = str(folder / METADATA)
        stem = identifiers(table, "ECG_ID", file=file).str.strip_suffix(".h5")
        records = "records/" if (folder / "records").is_dir() else ""
        columns: Columns = {
            "record_id": stem.to_list(),
            "patient_id": identifiers(table, "Patient_ID", file=file).to_list(),
            "path": (records + stem + ".h5").to_list(),
            "ecg_time": times(table, "Date", file=file).to_list(),
            "age_years": numbers(table, "Age", file=file).to_list(),
            "sex": recoded(table, "Sex", {"m": "M", "f": "F"}, unknown="U").to_list(),
        }
        if requested.shared:
            columns |= finding_columns(_findings(table, file=file), requested.shared)
        return SourceData(
            columns=columns,
            locations=tuple(_locations(folder, columns)),
            flow=(flow_step("ECGs in the table", table["Patient_ID"]),),
            labels=requested.outcomes,
            auxiliary=requested.auxiliary,
            date_only=frozenset({"ecgs"}),
        )


def _findings(table: pl.DataFrame, *, file: str) -> FindingLabels:
    statements = table.select("AHA_Code")
    different = statements.unique(maintain_order=True).with_row_index("row_of")
    foreign = unknown_codes(different["AHA_Code"].drop_nulls(), system="aha")
    if foreign:
        raise CohortError(f"{file}: column 'AHA_Code' holds {', '.join(foreign)}: no AHA statement")
    joined = statements.join(different, on="AHA_Code", how="left", maintain_order="left", nulls_equal=True)
    found = [concepts_of_codes((cell,), system="aha") if cell else None for cell in different["AHA_Code"]]
    return FindingLabels(found, joined["row_of"], {})


def _locations(folder: Path, columns: Columns) -> Iterator[RecordLocation]:
    options = {
        "axes": "lead,sample",
        "rate_hz": RATE_HZ,
        "unit": "mV",
        "leads": list(STANDARD_LEADS),
        "dataset": "ecg",
    }
    for record_id, patient_id, path in zip(columns["record_id"], columns["patient_id"], columns["path"], strict=True):
        yield RecordLocation(str(record_id), f"{folder}/{path}", "array", options, patient_id=str(patient_id))
