"""A hospital's table as the study file describes it -> canonical columns, typed and checked, and what was left out.

Nothing is repaired in silence: a cell that can't be read stops the reading (or is left out, when the study file says
so), a value that can't be true is left out, and each of them is reported with its line and the reason.
"""

from __future__ import annotations

import posixpath
from pathlib import Path

import polars as pl

from einthoven.cohort.tables.coded_rows import without_unusable_codes
from einthoven.cohort.tables.doubled_rows import Rows, without, without_doubled_rows
from einthoven.cohort.tables.kinds import CanonicalColumn, Kind, columns_to_read
from einthoven.cohort.tables.raw_table import RawTable, read_raw_table
from einthoven.cohort.tables.same_person import merge_patients, one_sex_each
from einthoven.cohort.tables.settings import TableSettings
from einthoven.cohort.tables.times import is_date_only
from einthoven.cohort.tables.typed_column import TypedColumn, type_column
from einthoven.cohort.tables.typed_table import TypedTable, dropped_cells, no_rows_dropped
from einthoven.errors import CohortError

__all__ = ["read_table_as"]

KEYS = {"ecgs": "record_id", "reports": "outcome_id", "events": "patient_id"}


def read_table_as(kind: Kind, settings: TableSettings, folder: Path) -> TypedTable:
    """Read a table.

    Parameters
    ----------
    kind : ``ecgs``, ``reports``, ``diagnoses``, ``events`` or ``patients``
    settings : TableSettings
    folder : Path
        That of the source; file and database count from it.

    Returns
    -------
    TypedTable
        Its columns are those of the kind (``kinds.csv``) that the table has.

    Raises
    ------
    CohortError
        For what is missing, unreadable or contradicts itself; names table, line, column and cell.
    SpecificationError
        For settings that contradict themselves.
    """
    raw = read_raw_table(settings, folder)
    columns = columns_to_read(kind, settings, present=raw.cells.columns, name=raw.name)
    rows = Rows(pl.DataFrame(), raw.lines, _torn_rows(kind, raw, settings))
    rows, notes = _typed(kind, columns, rows, raw=raw, settings=settings)
    rows = _without_idle_patients(rows) if kind == "events" else rows
    _check_left(rows, raw.name)
    rows, named = _named(kind, rows)
    rows = _checked(kind, rows, name=raw.name, settings=settings)
    _check_left(rows, raw.name)
    times = [series for series in rows.table if series.dtype == pl.Datetime]
    return TypedTable(kind, raw.name, rows.table, rows.lines, rows.dropped, (*notes, *named), is_date_only(times))


def _torn_rows(kind: Kind, raw: RawTable, settings: TableSettings) -> pl.DataFrame:
    """Refuse or note rows that don't have a cell for each column."""
    if not raw.torn:
        return no_rows_dropped()
    line, reason = raw.torn[0]
    if settings.on_error == "refuse":
        raise CohortError(
            f"{raw.name}, line {line} can't be read: {reason} ({len(raw.torn):,} such rows); text that holds the "
            "delimiter belongs in quotes; on_error = 'drop' leaves such rows out and reports them"
        )
    reasons = pl.Series([f"the row is torn: {reason}" for _, reason in raw.torn])
    return dropped_cells(kind, [line for line, _ in raw.torn], column="", values=None, reasons=reasons)


def _typed(
    kind: Kind, columns: list[CanonicalColumn], rows: Rows, *, raw: RawTable, settings: TableSettings
) -> tuple[Rows, list[str]]:
    """Return typed columns without the rows that say nothing, and notes."""
    values: dict[str, pl.Series] = {}
    dropped, notes = [rows.dropped], list(raw.notes)
    is_gone = pl.repeat(value=False, n=raw.cells.height, dtype=pl.Boolean, eager=True)
    for column in columns:
        typed = type_column(column, raw, settings)
        values[column.name] = typed.values
        if typed.low is not None and typed.high is not None:
            values |= {f"{column.name}.low": typed.low, f"{column.name}.high": typed.high}
        notes += typed.notes
        reasons = typed.reasons
        if column.required:
            is_gone |= typed.values.is_null()
            reasons = _reasons_of_rows(typed, column.name)
        is_noted = reasons.is_not_null()
        cells = raw.cells[str(settings.of_column(column.name).column)].filter(is_noted)
        lines = raw.lines.filter(is_noted)
        dropped.append(dropped_cells(kind, lines, column=column.name, values=cells, reasons=reasons.filter(is_noted)))
    table = pl.DataFrame(values)
    return Rows(table.filter(~is_gone), rows.lines.filter(~is_gone), pl.concat(dropped)), notes


def _reasons_of_rows(typed: TypedColumn, name: str) -> pl.Series:
    """Return why rows are left out for want of a value."""
    frame = pl.DataFrame({"value": typed.values, "reason": typed.reasons})
    reason = pl.format("{}; the row is left out", pl.col("reason").fill_null(f"{name} is missing"))
    return frame.select(pl.when(pl.col("value").is_null()).then(reason)).to_series()


def _without_idle_patients(rows: Rows) -> Rows:
    """Leave out patients of whom neither an event nor a contact is known."""
    times = [column for column in rows.table.columns if column != "patient_id"]
    is_idle = rows.table.select(pl.all_horizontal(pl.col(times).is_null())).to_series()
    return without("events", rows, is_idle, column="patient_id", reasons="neither an event nor a contact is known")


def _named(kind: Kind, rows: Rows) -> tuple[Rows, list[str]]:
    """Give ECGs and reports an id where the table has none."""
    if kind == "reports":
        return _named_reports(rows)
    if kind != "ecgs":
        return rows, []
    table, notes = rows.table, []
    if "record_id" not in table.columns:
        if "path" not in table.columns:
            raise CohortError("ECGs need an id: set ecgs.columns.record_id, or .path for the file's name as id")
        notes = ["record_id: made of the file's name"]
        ids = pl.Series("record_id", _stems(table["path"].to_list()), dtype=pl.String)
        table = table.select(ids, pl.all())
    rows = Rows(table, rows.lines, rows.dropped)
    is_nameless = table["record_id"].is_null()
    return without(kind, rows, is_nameless, column="record_id", reasons="the ECG has no id; the row is left out"), notes


def _named_reports(rows: Rows) -> tuple[Rows, list[str]]:
    """Name reports by their line; the number would make twins differ, so these go first."""
    if "outcome_id" not in rows.table.columns:
        rows = without_doubled_rows("reports", rows, key=None, name="")
        table = rows.table.select(pl.lit(None, pl.String).alias("outcome_id"), pl.all())
        rows = Rows(table, rows.lines, rows.dropped)
    n_nameless = rows.table["outcome_id"].null_count()
    if not n_nameless:
        return rows, []
    ids = pl.coalesce("outcome_id", pl.format("line {}", rows.lines))
    note = f"outcome_id: {n_nameless:,} reports are named by their line in the file"
    return Rows(rows.table.with_columns(outcome_id=ids), rows.lines, rows.dropped), [note]


def _stems(paths: list[str | None]) -> list[str | None]:
    """Return the names of files without suffix; where two share one, whole paths."""
    bare = [None if path is None else posixpath.splitext(path.replace("\\", "/"))[0] for path in paths]
    stems = [None if path is None else posixpath.basename(path) for path in bare]
    return stems if len(set(stems)) == len(set(bare)) else bare


def _checked(kind: Kind, rows: Rows, *, name: str, settings: TableSettings) -> Rows:
    """Leave out doubled rows, and refuse two contents of one key or person."""
    if kind == "patients":
        return merge_patients(rows, name=name, on_error=settings.on_error)
    if kind == "diagnoses":
        rows = without_unusable_codes(rows, name=name)
    rows = without_doubled_rows(kind, rows, key=KEYS.get(kind), name=name, on_error=settings.on_error)
    if kind == "ecgs" and "sex" in rows.table.columns:
        rows = one_sex_each(kind, rows, name=name, on_error=settings.on_error)
    return rows


def _check_left(rows: Rows, name: str) -> None:
    """Refuse a table of which nothing is left, with the commonest reason."""
    if not rows.table.is_empty():
        return
    if rows.dropped.is_empty():
        raise CohortError(f"{name} has no row below its header")
    reason, n_rows = rows.dropped["reason"].value_counts(sort=True).row(0)
    raise CohortError(f"{name}: no row can be used, {n_rows:,} because {reason}")
