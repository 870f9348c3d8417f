"""A hospital's own archive: ECG files of any format, and tables of reports, diagnoses, events and patients.

Which column means what is said in the study file (``einthoven.cohort.tables``). Without a table of ECGs all about them
is read from the files themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

from einthoven.cohort.flow import FlowStep
from einthoven.cohort.simulated import DEVICE, is_simulated_device, simulation_of
from einthoven.cohort.sources.hospital_labels import hospital_labels
from einthoven.cohort.sources.requested_labels import RequestedLabels
from einthoven.cohort.sources.source import LabelRequest, SourceData
from einthoven.cohort.tables import TableSettings, TypedTable, read_table_as
from einthoven.cohort.tables.ages import with_patients
from einthoven.cohort.tables.doubled_rows import Rows, without
from einthoven.cohort.tables.ecg_files import locate_rows, paths_of_rows
from einthoven.cohort.tables.ecg_headers import read_ecg_headers
from einthoven.cohort.tables.echo_text import ReadReports, with_read_quantities
from einthoven.cohort.tables.follow_up import follow_up_columns, is_by_date, with_deaths
from einthoven.cohort.tables.kinds import Kind
from einthoven.cohort.tables.linked import check_linked
from einthoven.cohort.tables.same_person import ages_note
from einthoven.cohort.tables.settings import OnError
from einthoven.cohort.tables.typed_table import dropped_cells
from einthoven.ecg.formats import FORMATS, RecordLocation
from einthoven.errors import CohortError, SpecificationError
from einthoven.progress import ProgressCallback, no_progress
from einthoven.registry import names, nearest

__all__ = ["Hospital"]

# of the table of ECGs, what the cohort has under the same name
SAME = ("record_id", "patient_id", "ecg_time", "age_years", "sex", "site", "path")
MOST_UNUSABLE = 0.1
OTHERS: tuple[Kind, ...] = ("patients", "reports", "diagnoses", "events")


@dataclass(frozen=True)
class Hospital:
    """Settings of the source.

    Attributes
    ----------
    path : str
        The folder of the export; tables and ECGs lie below it.
    ecgs, reports, diagnoses, events, patients : TableSettings, optional
    ecg_folder : str
        Where the paths of the ECGs start.
    path_pattern : str, optional
        Where each ECG lies when the table has no column of paths, for example ``{record_id}.xml``.
    ecg_files : str
        Without a table of ECGs: which files below ``ecg_folder`` are ECGs, for example ``**/*.xml``.
    format : str, optional
        Of all ECG files; stated, no file is opened to find out.
    format_options : dict
        For the reader of the files, for example ``{ unit = "uV" }``.
    statement_separator : str
        What stands between two statements in the column ``statements``.
    report_quantities : tuple of str
        What is read out of the column ``report`` of the reports.
    export_date : date, optional
        Times after it can't be true.
    on_error : ``refuse`` or ``drop``
        What happens to patients whom the ECG files themselves give two sexes.
    workers : int
        Processes that read texts of reports, and the ECG files where there is no table of ECGs.

    Examples
    --------
    In a study file::

        [data.A]
        source = "hospital"
        path = "export"
        format = "muse"

        [data.A.ecgs]
        file = "ecgs.csv"
        columns = { record_id = "ECG_NO", patient_id = "PAT_ID", ecg_time = "ACQUIRED", path = "FILE" }

        [data.A.reports]
        file = "echo.csv"
        time_format = "DD/MM/YYYY"
        columns = { patient_id = "PAT_ID", outcome_time = "ECHO_DATE", lvef = { column = "EF", unit = "fraction" } }
    """

    path: str
    ecgs: TableSettings | None = None
    reports: TableSettings | None = None
    diagnoses: TableSettings | None = None
    events: TableSettings | None = None
    patients: TableSettings | None = None
    ecg_folder: str = "."
    path_pattern: str | None = None
    ecg_files: str = "**/*.xml"
    format: str | None = None
    format_options: dict[str, str | bool | int | float | list[str]] = field(default_factory=dict)
    statement_separator: str = "\n"
    report_quantities: tuple[str, ...] = ("lvef",)
    export_date: date | None = None
    on_error: OnError = "refuse"
    workers: int = 4

    def load(
        self, labels: LabelRequest = "", auxiliary: LabelRequest = (), *, progress: ProgressCallback = no_progress
    ) -> SourceData:
        """Read the tables, and where there is none of ECGs, the ECG files.

        Parameters
        ----------
        labels, auxiliary : label request
            Sets of labels or findings of the ECGs' statements, such as ``einthoven46``.
        progress : callable
            Told of ECG files that were read.

        Raises
        ------
        CohortError
            For whatever is missing, unreadable or contradicts itself; names table, line, column and cell.
        """
        requested = RequestedLabels.of(labels, auxiliary, owner="a hospital")
        self._check()
        folder = Path(self.path)
        if not folder.is_dir():
            raise CohortError(f"there is no folder {folder}; set the path of the data, or --data NAME=PATH")
        typed = {kind: table for kind in OTHERS if (table := self._typed(kind, folder)) is not None}
        archive = self._archive(folder, progress)
        flow, rows = list(archive.flow), archive.rows
        if "patients" in typed:
            rows = with_patients(rows, typed["patients"].table, name=archive.typed.name)
            _count(flow, "contradicts the table of patients", archive.rows, rows)
        notes = [*_linked(rows.table["patient_id"], typed), *archive.typed.notes, *ages_note(rows.table)]
        tables = {kind: each.table for kind, each in typed.items()}
        columns = _columns(rows.table)
        events = with_deaths(tables.get("events"), tables.get("patients"))
        if events is not None:
            follow_up = follow_up_columns(rows.table, events, by_date=is_by_date(archive.typed, events))
            columns |= follow_up.table.to_dict(as_series=False)
            notes += follow_up.notes
        columns |= hospital_labels(rows.table, requested, separator=self._separator, notes=notes)
        reports = self._reports(tables.get("reports"))
        notes += reports.notes
        dated = {"ecgs": archive.typed, **typed}
        return SourceData(
            columns=columns,
            locations=tuple(archive.locations[record_id] for record_id in rows.table["record_id"]),
            flow=tuple(flow),
            labels=requested.outcomes,
            auxiliary=requested.auxiliary,
            reports=reports.table,
            diagnoses=tables.get("diagnoses"),
            events=events,
            date_only=frozenset(kind for kind in ("ecgs", "reports") if kind in dated and dated[kind].date_only),
            dropped=_dropped(rows, typed, notes),
            unusable_reports=_unusable(typed["reports"]) if "reports" in typed else 0,
            findings=reports.findings,
            simulated=self._simulation(folder, archive),
        )

    @property
    def _separator(self) -> str:
        """What stands between two statements: files give one per line."""
        return "\n" if self.ecgs is None else self.statement_separator

    def _check(self) -> None:
        """Refuse words that would only fail later, when tables or signals have been read."""
        from einthoven.cohort.reports.rules import rules

        if self.format is not None and self.format not in names("formats", FORMATS):
            raise SpecificationError(f"format has no {self.format!r}{nearest(self.format, names('formats', FORMATS))}")
        if self.workers < 1:
            raise SpecificationError(f"workers must be 1 or more, got {self.workers}")
        for quantity in self.report_quantities:
            rules().check(quantity)

    def _typed(self, kind: Kind, folder: Path) -> TypedTable | None:
        settings: TableSettings | None = getattr(self, kind)
        if settings is None:
            return None
        if settings.export_date is None:
            settings = replace(settings, export_date=self.export_date)
        typed = read_table_as(kind, settings, folder)
        _check_unusable(typed, is_refused=settings.on_error == "refuse")
        return typed

    def _reports(self, reports: pl.DataFrame | None) -> ReadReports:
        if reports is None:
            return ReadReports(None, None)
        return with_read_quantities(reports, self.report_quantities, workers=self.workers)

    def _simulation(self, folder: Path, archive: _Archive) -> str:
        """Return how the patients were simulated, by a marker beside tables or ECGs, or by the recorder's name."""
        tables = [getattr(self, kind) for kind in ("ecgs", *OTHERS)]
        files = [folder / str(table.file or table.database) for table in tables if table is not None]
        files += [Path(location.path) for location in archive.locations.values()]
        devices = archive.rows.table["device"].unique() if "device" in archive.rows.table.columns else ()
        told = simulation_of({folder, *(file.parent for file in files)})
        return told or (DEVICE if any(map(is_simulated_device, devices)) else "")

    def _archive(self, folder: Path, progress: ProgressCallback) -> _Archive:
        """Return the ECGs that have a file, and how many have none."""
        typed = self._typed("ecgs", folder)
        if typed is None:
            return self._archive_of_files(folder / self.ecg_folder, progress)
        paths = paths_of_rows(typed.table, self.path_pattern)
        located = locate_rows(
            typed.table, paths, folder / self.ecg_folder, file_format=self.format, options=self.format_options
        )
        before = Rows(typed.table.with_columns(path=paths), typed.lines, typed.dropped)
        reasons = pl.Series("reason", located.reasons, dtype=pl.String)
        rows = without("ecgs", before, reasons.is_not_null(), column="record_id", reasons=reasons)
        n_unusable = _unusable(typed)
        patients = typed.table["patient_id"].n_unique()
        flow = [FlowStep("ECGs in the table", typed.table.height + n_unusable, patients)]
        if n_unusable:
            flow.append(FlowStep("rows that can't be used (see dropped rows)", n_unusable, 0, excluded=True))
        _count(flow, "no file that can be recognised", before, rows)
        return _Archive(typed, rows, located.locations, flow)

    def _archive_of_files(self, folder: Path, progress: ProgressCallback) -> _Archive:
        headers = read_ecg_headers(
            folder,
            self.ecg_files,
            file_format=self.format,
            options=self.format_options,
            workers=self.workers,
            on_error=self.on_error,
            export_date=self.export_date,
            progress=progress,
        )
        typed = headers.typed
        gone = headers.n_files - headers.n_unreadable - typed.table.height
        flow = [FlowStep("ECG files", headers.n_files, typed.table["patient_id"].n_unique())]
        if headers.n_unreadable:
            flow.append(FlowStep("files that can't be read", headers.n_unreadable, 0, excluded=True))
        if gone:
            flow.append(FlowStep("files that can't be used (see dropped rows)", gone, 0, excluded=True))
        return _Archive(typed, Rows(typed.table, typed.lines, typed.dropped), headers.locations, flow)


class _Archive(NamedTuple):
    """ECGs, where they lie by their ids, and the way to them."""

    typed: TypedTable
    rows: Rows
    locations: Mapping[str, RecordLocation]
    flow: list[FlowStep]


def _columns(table: pl.DataFrame) -> dict[str, list[object]]:
    """Return what the cohort knows of each ECG."""
    names = {name: name for name in table.columns if name in SAME or name.startswith(("group.", "covariate."))}
    if "device" in table.columns and table["device"].is_not_null().any():
        names["group.device"] = "device"
    measured = [name for name in table.columns if name.startswith("measurement.")]
    names |= {name.replace("measurement.", "covariate.", 1): name for name in measured}
    return {name: table[column].to_list() for name, column in names.items()}


def _linked(ids: pl.Series, typed: Mapping[Kind, TypedTable]) -> list[str]:
    told = (check_linked(ids, each.table["patient_id"], name=each.name) for each in typed.values())
    return [note for note in told if note]


def _check_unusable(typed: TypedTable, *, is_refused: bool) -> None:
    """Refuse a table of which a tenth of the rows can't be used, such as one of merged cells."""
    n_gone = _unusable(typed)
    if is_refused and n_gone > MOST_UNUSABLE * (n_gone + typed.table.height):
        first = typed.dropped.row(0, named=True)
        raise CohortError(
            f"{typed.name}: {n_gone:,} of {n_gone + typed.table.height:,} rows can't be used, the first is line "
            f"{first['row']} ({first['column']}: {first['reason']}); mend it, or leave them out by on_error = 'drop'"
        )


def _unusable(typed: TypedTable) -> int:
    """Return how many rows were left out as a whole."""
    return len(set(typed.dropped["row"].drop_nulls()) - set(typed.lines))


def _count(flow: list[FlowStep], label: str, before: Rows, after: Rows) -> None:
    """Note who leaves, when anybody does."""
    n_gone = before.table.height - after.table.height
    if n_gone:
        gone = before.table.join(after.table, on="record_id", how="anti")
        flow.append(FlowStep(label, n_gone, gone["patient_id"].n_unique(), excluded=True))


def _dropped(rows: Rows, typed: Mapping[Kind, TypedTable], notes: list[str]) -> pl.DataFrame:
    """Return what was left out of all tables; notes on whole tables have neither row nor column."""
    told = [("", note) for note in notes] + [(kind, note) for kind, each in typed.items() for note in each.notes]
    noted = [dropped_cells(kind, [None], column="", values=None, reasons=f"note: {note}") for kind, note in told]
    return pl.concat([rows.dropped, *(each.dropped for each in typed.values()), *noted])
