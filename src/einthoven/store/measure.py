"""Measure the waves of many ECG files into one table, with as little memory for millions as for hundreds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from einthoven.ecg.formats import RecordLocation, read
from einthoven.errors import SpecificationError, UnreadableFileError
from einthoven.progress import ProgressCallback, no_progress
from einthoven.store.beat_table import BEATS_SCHEMA, beat_table
from einthoven.store.cancellation import StopRequest
from einthoven.store.manifest import REJECTED_SCHEMA
from einthoven.store.measurement_table import MEASUREMENTS_SCHEMA, MeasuredRow, measured_row, measurements_table
from einthoven.store.ordered_work import in_order
from einthoven.store.table_file import TableFile, check_table_path
from einthoven.store.unusable_files import blames_file, rejection

__all__ = ["MeasureSummary", "measure_files", "rejected_path"]

CHUNK = 32  # ECGs of a task: half a second of work, which is how long Ctrl-C waits
REASONS_KEPT = 3


@dataclass(frozen=True, slots=True)
class MeasureSummary:
    """What ``measure_files`` wrote.

    Attributes
    ----------
    records, rejected : int
        Rows of the table, and files that could not be read.
    unmeasured : int
        Rows without any number.
    reasons : tuple of str
        Of the first rejected files.
    rejected_table : Path, optional
        Where all of them stand; None without any.
    repeated_ids : int
        How many ECGs have the record id of another one before them: ``source_path`` tells them apart.
    """

    records: int
    rejected: int
    unmeasured: int
    reasons: tuple[str, ...]
    rejected_table: Path | None
    repeated_ids: int


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    locations: tuple[RecordLocation, ...]
    with_beats: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Chunk:
    rows: pa.Table
    beats: pa.Table | None
    rejected: list[dict[str, Any]]
    unmeasured: int


def rejected_path(out: Path) -> Path:
    """Return the table of rejected files that stands beside a table of measurements.

    Examples
    --------
    >>> rejected_path(Path("a/measurements.parquet")).name
    'measurements.rejected.parquet'
    """
    return out.with_name(f"{out.stem}.rejected{out.suffix}")


def measure_files(
    locations: Sequence[RecordLocation],
    out: Path,
    *,
    workers: int = 1,
    beats: Path | None = None,
    progress: ProgressCallback | None = None,
) -> MeasureSummary:
    """Write one row per readable ECG, in the order of the list, the same bytes for any number of workers.

    Tables appear whole, at the end. A file that can't be read becomes a row of ``rejected_path(out)``; an ECG that
    can be read and not measured a row without numbers, whose ``reasons`` say why.

    Parameters
    ----------
    locations : sequence of RecordLocation
    out : Path
        Ends in ``.parquet`` or ``.csv``. What lay there before is replaced, unless it is one of the files to measure.
    workers : int
        Processes; 1 works in this one.
    beats : Path, optional
        A second table, of every border of every wave.
    progress : callable, optional
        Told ECGs done and in all.

    Raises
    ------
    SpecificationError
        For a table that can't be written.
    UnreadableFileError
        When no ECG can be read; nothing is written then.
    CancelledError
        After SIGINT or SIGTERM; nothing is written then.
    """
    _check_tables([path for path in (out, rejected_path(out), beats) if path is not None], locations)
    with StopRequest() as stop, ExitStack() as files:
        tables = _Tables(out, beats, files)
        report, total = progress or no_progress, len(locations)
        report(0, total)
        tasks = _tasks(locations, with_beats=beats is not None)
        for chunk in in_order(_measure, tasks, workers=_useful(workers, total), stop=stop):
            tables.write(chunk)
            report(tables.records + tables.rejected, total)
        if stop:
            raise stop.error(
                f"{tables.records + tables.rejected:,} of {total:,} ECGs were measured, nothing is written"
            )
        if not tables.records:
            raise UnreadableFileError(
                f"none of {total:,} ECGs could be read; the first: {next(iter(tables.reasons), '')}"
            )
    if not tables.rejected:
        rejected_path(out).unlink(missing_ok=True)  # of an earlier run
    return MeasureSummary(
        records=tables.records,
        rejected=tables.rejected,
        unmeasured=tables.unmeasured,
        reasons=tuple(tables.reasons),
        rejected_table=rejected_path(out) if tables.rejected else None,
        repeated_ids=total - len({location.record_id for location in locations}),
    )


class _Tables:
    """The tables that are being written, closed by ``files``; the measurements, opened first, appear last."""

    def __init__(self, out: Path, beats: Path | None, files: ExitStack) -> None:
        self._files = files
        self._rejected_path = rejected_path(out)
        self._measurements = files.enter_context(TableFile(out, MEASUREMENTS_SCHEMA))
        self._beats = files.enter_context(TableFile(beats, BEATS_SCHEMA)) if beats else None
        self._rejected: TableFile | None = None  # begun with the first of them
        self.records = self.rejected = self.unmeasured = 0
        self.reasons: list[str] = []

    def write(self, chunk: _Chunk) -> None:
        self._measurements.write(chunk.rows)
        if self._beats is not None and chunk.beats is not None:
            self._beats.write(chunk.beats)
        if chunk.rejected:
            if self._rejected is None:
                self._rejected = self._files.enter_context(TableFile(self._rejected_path, REJECTED_SCHEMA))
            self._rejected.write(pa.Table.from_pylist(chunk.rejected, schema=REJECTED_SCHEMA))
        self.records += chunk.rows.num_rows
        self.rejected += len(chunk.rejected)
        self.unmeasured += chunk.unmeasured
        self.reasons += [str(row["message"]) for row in chunk.rejected[: REASONS_KEPT - len(self.reasons)]]


def _check_tables(paths: Sequence[Path], locations: Sequence[RecordLocation]) -> None:
    """Refuse to write two tables into one file, or a table into one of the ECGs."""
    if len({path.absolute() for path in paths}) < len(paths):
        raise SpecificationError(f"each table needs a file of its own, got {', '.join(map(str, paths))}")
    for path in paths:
        check_table_path(path)
        alike = {location.path for location in locations if location.path.endswith(path.suffix)}
        if path.exists() and any(path.samefile(other) for other in alike if Path(other).exists()):
            raise SpecificationError(f"{path} is one of the files to measure: name another file for the table")


def _useful(workers: int, total: int) -> int:
    """Return how many processes have something to do; starting one takes a second."""
    return max(1, min(workers, -(-total // CHUNK)))


def _tasks(locations: Sequence[RecordLocation], *, with_beats: bool) -> Iterator[_Task]:
    for start in range(0, len(locations), CHUNK):
        yield _Task(tuple(locations[start : start + CHUNK]), with_beats)


def _measure(task: _Task) -> _Chunk:
    rows, rejected, beats = list[MeasuredRow](), list[dict[str, Any]](), list[pa.Table]()
    unmeasured = 0
    for location in task.locations:
        try:
            record = read(location)
        except Exception as error:
            if not blames_file(error):
                raise
            rejected.append(rejection(location, error, stage="read", sha256=None))
            continue
        row, waves = measured_row(location, record)
        rows.append(row)
        unmeasured += waves is None
        if waves is not None and task.with_beats:
            beats.append(beat_table(waves, record_id=row.record_id, source_path=row.source_path))
    return _Chunk(measurements_table(rows), pa.concat_tables(beats) if beats else None, rejected, unmeasured)
