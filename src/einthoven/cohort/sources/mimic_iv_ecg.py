"""MIMIC-IV-ECG 1.0: 800,035 ECGs of 161,352 patients of one hospital (Gow 2023, doi:10.13026/4nqg-sb35).

Age, sex, diagnoses and deaths are in the hospital tables of MIMIC-IV, which have the same patients. All times are
shifted per patient: differences are true, years are not. The cardiologists' reports to which
``waveform_note_links.csv`` points have not been published.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from einthoven.cohort.sources.followed_ecgs import followed_ecgs
from einthoven.cohort.sources.mimic_iv_hospital import HospitalTables, read_hospital
from einthoven.cohort.sources.mimic_iv_measurements import MACHINE_COLUMNS, MEASURED, machine_measurements
from einthoven.cohort.sources.mimic_iv_statements import REPORTS, ReadReports, read_reports
from einthoven.cohort.sources.published import flow_step, identifiers, read_published, times
from einthoven.cohort.sources.requested_labels import Columns, FindingLabels, RequestedLabels, finding_columns
from einthoven.cohort.sources.source import LabelRequest, SourceData
from einthoven.ecg.formats import RecordLocation

__all__ = ["MimicIvEcg"]

RECORDS = "record_list.csv"
ORIGIN = "get it from physionet.org/content/mimic-iv-ecg/1.0"
ABOUT = ("subject_id", "study_id", "cart_id", "ecg_time", "bandwidth", "filtering")


@dataclass(frozen=True)
class MimicIvEcg:
    """Settings of the source.

    Attributes
    ----------
    path : str
        The folder with ``record_list.csv``, ``machine_measurements.csv`` and ``files``.
    hospital : str, optional
        The folder ``hosp`` of MIMIC-IV, for age, sex, diagnoses and deaths; a relative path starts at ``path``.
    measurements : str
        The table of the machine's statements and measurements.
    waveforms : ``files`` or ``absent``
        ``absent`` does without ``record_list.csv``: for the table of measurements alone. The ECGs are then expected
        where the owners put them.
    """

    path: str
    hospital: str | None = None
    measurements: str = "machine_measurements.csv"
    waveforms: Literal["files", "absent"] = "files"

    def load(self, labels: LabelRequest = "", auxiliary: LabelRequest = ()) -> SourceData:
        """Read the tables.

        Labels are sets of labels or findings of the machine's statements, such as ``einthoven46``. Measurements become
        ``covariate.`` columns.

        Raises
        ------
        CohortError
            For a missing folder, table or column, an unknown label, or an unreadable cell.
        """
        requested = RequestedLabels.of(labels, auxiliary, owner="MIMIC-IV-ECG")
        folder = Path(self.path)
        table = self._table(folder)
        file = str(folder / self.measurements)
        hospital = read_hospital(folder / self.hospital, table) if self.hospital else HospitalTables.unknown(table)
        measured = {name: table[name] for name in MEASURED}
        said = read_reports(table, file=file) if requested.stated else ReadReports.none(table.height)
        known = FindingLabels(said.findings, said.row_of, measured, sex=hospital.sex)
        columns: Columns = {name: table[name].to_list() for name in ("record_id", "patient_id", "path", "ecg_time")}
        columns |= {"age_years": hospital.age_years.to_list(), "sex": hospital.sex.to_list()}
        columns |= {"group.device": table["cart_id"].to_list(), "group.filter": table["filter"].to_list()}
        columns |= {f"covariate.{name}": values.to_list() for name, values in measured.items()}
        followed = followed_ecgs(table, hospital.events, by_date=False)
        return SourceData(
            columns=columns | followed.columns | finding_columns(known, requested.shared),
            locations=_locations(folder, table),
            flow=(flow_step("ECGs in the table", table["patient_id"]),),
            labels=requested.outcomes,
            auxiliary=requested.auxiliary,
            diagnoses=hospital.diagnoses,
            events=hospital.events,
            dropped=pl.concat([*followed.notes, *said.notes]) if followed.notes or said.notes else None,
        )

    def _table(self, folder: Path) -> pl.DataFrame:
        """Return one row per ECG: ids, time, path, what the machine stated as text, and what it measured."""
        wanted = (*ABOUT, *MACHINE_COLUMNS)
        machine = read_published(folder, self.measurements, origin=ORIGIN, columns=wanted, optional=REPORTS)
        file = str(folder / self.measurements)
        table = machine.with_columns(
            identifiers(machine, "study_id", file=file).alias("record_id"),
            identifiers(machine, "subject_id", file=file).alias("patient_id"),
            times(machine, "ecg_time", file=file).alias("ecg_time"),
        )
        table = table.with_columns(
            path=pl.format(
                "files/p{}/p{}/s{}/{}", pl.col("patient_id").str.slice(0, 4), "patient_id", "record_id", "record_id"
            ),
            filter=pl.concat_str("bandwidth", "filtering", separator=", ", ignore_nulls=True),
            **machine_measurements(machine, file=file),
        )
        return table if self.waveforms == "absent" else _as_listed(folder, table)


def _as_listed(folder: Path, machine: pl.DataFrame) -> pl.DataFrame:
    """Return the ECGs of ``record_list.csv``, in its order, with what the machine said of each."""
    origin = f"{ORIGIN}; for the table of measurements alone, set waveforms = 'absent'"
    listed = read_published(folder, RECORDS, origin=origin, columns=("subject_id", "study_id", "ecg_time", "path"))
    file = str(folder / RECORDS)
    listed = listed.select(
        identifiers(listed, "study_id", file=file).alias("record_id"),
        identifiers(listed, "subject_id", file=file).alias("patient_id"),
        times(listed, "ecg_time", file=file).alias("ecg_time"),
        identifiers(listed, "path", file=file).alias("path"),
    )
    said = machine.drop("patient_id", "ecg_time", "path").unique("record_id", keep="first")
    return listed.join(said, on="record_id", how="left", maintain_order="left")


def _locations(folder: Path, table: pl.DataFrame) -> tuple[RecordLocation, ...]:
    options: dict[str, object] = {}
    rows = table.select("record_id", pl.concat_str(pl.lit(f"{folder}/"), "path"), "patient_id").iter_rows()
    return tuple(RecordLocation(record_id, at, "wfdb", options, patient_id=patient) for record_id, at, patient in rows)
