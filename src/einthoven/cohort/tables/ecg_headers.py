"""The table of ECGs that the files themselves tell: ids, time, age, sex, device, statements and measurements."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from einthoven.cohort.tables.doubled_rows import Rows, no_rows, without
from einthoven.cohort.tables.same_person import one_sex_each
from einthoven.cohort.tables.settings import OnError
from einthoven.cohort.tables.times import is_date_only
from einthoven.cohort.tables.typed_table import TypedTable, dropped_cells
from einthoven.cohort.tables.units import quantity_of
from einthoven.ecg.formats import RecordLocation, read
from einthoven.ecg.formats.named_apart import in_natural_order, named_apart
from einthoven.ecg.formats.recognition import recognised_format
from einthoven.errors import CohortError, RecordError
from einthoven.progress import ProgressCallback, no_progress

__all__ = ["EcgHeaders", "read_ecg_headers"]

ALONE = 200  # so few files are read before processes have started
CHUNK = 32
SCHEMA: dict[str, type[pl.DataType] | pl.DataType] = {
    "record_id": pl.String,
    "patient_id": pl.String,
    "ecg_time": pl.Datetime("us"),
    "path": pl.String,
    "age_years": pl.Float32,
    "sex": pl.String,
    "device": pl.String,
    "statements": pl.String,
}


class EcgHeaders(NamedTuple):
    """The table, where its ECGs lie by their ids, how many files there are, and how many can't be read."""

    typed: TypedTable
    locations: dict[str, RecordLocation]
    n_files: int
    n_unreadable: int


def read_ecg_headers(
    folder: Path,
    pattern: str,
    *,
    file_format: str | None = None,
    options: Mapping[str, Any] | None = None,
    workers: int = 1,
    on_error: OnError = "refuse",
    export_date: date | None = None,
    progress: ProgressCallback = no_progress,
) -> EcgHeaders:
    """Read all files of a folder that match a pattern.

    Parameters
    ----------
    folder : Path
    pattern : str
        For example ``**/*.xml``; for WFDB ``**/*.hea``.
    file_format : str, optional
        Of all files; otherwise each shows its own.
    options : mapping, optional
        For the reader.
    workers : int
        Processes, spawned; a few hundred files are read in this one.
    on_error : ``refuse`` or ``drop``
        What happens to patients with two sexes. Files that can't be read are left out and reported in any case.
    export_date : date, optional
        ECGs of recorders whose clock is later are left out.
    progress : callable

    Raises
    ------
    CohortError
        When no file matches or none can be read, for two sexes of one patient, and when a worker dies.
    """
    paths = sorted(path for path in folder.glob(pattern) if path.is_file())
    if not paths:
        raise CohortError(
            f"{folder} holds no file that matches ecg_files = {pattern!r}: check the path and the pattern"
        )
    unnamed = [RecordLocation(path.stem, str(path), file_format or "", options or {}) for path in paths]
    named = named_apart(in_natural_order(unnamed), folder)
    headers = list(_headers(named, workers=workers, progress=progress))
    read_in = [header for header in headers if not header.reason]
    if not read_in:
        raise CohortError(f"none of the {len(paths):,} files can be read; the first: {headers[0].reason}")
    rows = _with_plausible_ages(_without_future(_rows(headers, folder), export_date))
    rows = _with_patients(rows)
    rows = one_sex_each("ecgs", rows, name=str(folder / pattern), on_error=on_error)
    if rows.table.is_empty():
        raise CohortError(f"no ECG is left of {len(paths):,} files: {rows.dropped['reason'][-1]}")
    date_only = is_date_only([rows.table["ecg_time"]])
    typed = TypedTable("ecgs", pattern, rows.table, rows.lines, rows.dropped, _notes(read_in), date_only)
    locations = {header.location.record_id: header.location for header in read_in}
    return EcgHeaders(typed, locations, len(paths), len(paths) - len(read_in))


class _Header(NamedTuple):
    """What one file tells; ``reason`` says why it could not be read."""

    location: RecordLocation
    reason: str
    values: dict[str, object]
    is_utc: bool = False


def _headers(locations: Sequence[RecordLocation], *, workers: int, progress: ProgressCallback) -> Iterator[_Header]:
    """Yield what each file tells, in order."""
    total = len(locations)
    if workers <= 1 or total <= ALONE:
        for done, location in enumerate(locations, 1):
            yield _header(location)
            progress(done, total)
        return
    # spawned, never forked: the threads of polars would deadlock
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    try:
        for done, header in enumerate(pool.map(_header, locations, chunksize=CHUNK), 1):
            yield header
            progress(done, total)
    except BrokenProcessPool as error:
        raise CohortError("a process that reads ECG files died, perhaps for want of memory: lower workers") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _header(location: RecordLocation) -> _Header:
    """Read one file; the signal stays in the process that read it."""
    try:
        name = location.format or recognised_format(Path(location.path))
        location = RecordLocation(location.record_id, location.path, name, location.options)
        record = read(location, with_sha256=False)
    except RecordError as error:
        return _Header(location, str(error), {})
    values: dict[str, object] = {
        "patient_id": record.patient_id or None,
        "ecg_time": record.time.replace(tzinfo=None) if record.time else None,
        "age_years": record.age_years,
        "sex": record.sex,
        "device": record.device,
        "statements": "\n".join(record.statements) or None,
    }
    values |= {f"measurement.{name}": float(value) for name, value in record.measurements.items()}
    patient_id = record.patient_id or ""
    location = RecordLocation(location.record_id, location.path, name, location.options, patient_id=patient_id)
    return _Header(location, "", values, record.time_kind == "utc")


def _rows(headers: Sequence[_Header], folder: Path) -> Rows:
    """Return a row for each file that could be read, and the others as left out; lines count files."""
    measured = sorted({name for header in headers for name in header.values if name.startswith("measurement.")})
    values = [
        {
            **header.values,
            "record_id": header.location.record_id,
            "path": str(Path(header.location.path).relative_to(folder)),
            "reason": header.reason or None,
        }
        for header in headers
    ]
    schema = {**SCHEMA, **dict.fromkeys(measured, pl.Float64), "reason": pl.String}
    table = pl.DataFrame(values, schema=schema)
    every = no_rows(table.drop("reason"), pl.int_range(1, table.height + 1, dtype=pl.Int64, eager=True))
    return without("ecgs", every, table["reason"].is_not_null(), column="path", reasons=table["reason"])


def _with_patients(rows: Rows) -> Rows:
    """Leave out files that name no patient: they can't be split without a leak."""
    is_nameless = rows.table["patient_id"].is_null()
    if rows.table.height and is_nameless.all():
        raise CohortError(
            f"none of the {rows.table.height:,} ECG files names its patient: export a table that does, and set ecgs"
        )
    return without("ecgs", rows, is_nameless, column="path", reasons="the file names no patient")


def _without_future(rows: Rows, export_date: date | None) -> Rows:
    if export_date is None:
        return rows
    is_late = (rows.table["ecg_time"] > datetime.combine(export_date, time.max)).fill_null(value=False)
    reason = f"the ECG's time is later than the export of {export_date:%Y-%m-%d}"
    return without("ecgs", rows, is_late, column="path", reasons=reason)


def _with_plausible_ages(rows: Rows) -> Rows:
    ages, limits = rows.table["age_years"], quantity_of("age_years")
    is_wrong = ~ages.is_between(limits.low, limits.high).fill_null(value=True)
    reason = f"outside {limits.low:g} to {limits.high:g} years"
    noted = dropped_cells(
        "ecgs", rows.lines.filter(is_wrong), column="age_years", values=ages.filter(is_wrong), reasons=reason
    )
    table = rows.table.with_columns(age_years=pl.when(~is_wrong).then("age_years"))
    return Rows(table, rows.lines, pl.concat([rows.dropped, noted]))


def _notes(headers: Sequence[_Header]) -> tuple[str, ...]:
    n_utc = sum(header.is_utc for header in headers)
    return (f"ecg_time: {n_utc:,} files give it in UTC, which is kept",) if n_utc else ()
