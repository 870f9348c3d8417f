"""One column of a table: its cells become values of the canonical type, or the reading stops."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

import polars as pl

from einthoven.cohort.tables.column import Column, cleaned
from einthoven.cohort.tables.identifiers import read_identifiers
from einthoven.cohort.tables.intervals import Intervals, read_intervals
from einthoven.cohort.tables.kinds import CanonicalColumn
from einthoven.cohort.tables.numbers import looks_numeric, read_numbers
from einthoven.cohort.tables.raw_table import RawTable
from einthoven.cohort.tables.settings import ColumnSettings, TableSettings
from einthoven.cohort.tables.times import check_one_zone, check_order_of_dates, read_times
from einthoven.cohort.tables.units import quantity_of
from einthoven.cohort.tables.words import mapped, read_sex, read_text
from einthoven.errors import CohortError

__all__ = ["TypedColumn", "type_column"]

# beyond this share of implausible values it is the unit or the column that is wrong, not the typing; fewer say nothing
WRONG_SHARE, WRONG_COUNT = 0.1, 5


@dataclass(frozen=True, slots=True, eq=False)
class TypedColumn:
    """A canonical column.

    Attributes
    ----------
    values : Series
    reasons : Series of String
        Why cells came to nothing; null for the others.
    notes : tuple of str
    low, high : Series of Float64, optional
        Where cells of the column are ranges or bounds.
    """

    values: pl.Series
    reasons: pl.Series
    notes: tuple[str, ...]
    low: pl.Series | None = None
    high: pl.Series | None = None


def type_column(column: CanonicalColumn, raw: RawTable, settings: TableSettings) -> TypedColumn:
    """Read a column.

    Parameters
    ----------
    column : CanonicalColumn
    raw : RawTable
    settings : TableSettings
        With ``on_error = "refuse"`` the first cell that can't be read stops the reading.

    Raises
    ------
    CohortError
        Names table, line, column and cell; also where more than a tenth of the values can't be true.
    """
    said = settings.of_column(column.name)
    dtype = raw.cells.schema[str(said.column)]
    if dtype.is_nested() or dtype in (pl.Binary, pl.Object):
        raise CohortError(f"{raw.name}: column {said.column!r} holds {dtype}, not one text, number or time per row")
    is_sex = column.type == "sex"
    cells = mapped(cleaned(raw.cells[str(said.column)], settings.missing), {} if is_sex else said.values)
    limits = _read(cells, column, said=said, raw=raw, settings=settings)
    read = limits.column
    _check_unreadable(read, raw, source=str(said.column), is_refused=settings.on_error == "refuse")
    _check_implausible(read, raw, column=column.name, source=str(said.column))
    notes = tuple(note if column.name in note else f"{column.name}: {note}" for note in read.notes)
    reasons = read.unreadable.fill_null(read.implausible)
    return TypedColumn(read.values, reasons, notes, low=limits.low, high=limits.high)


def _read(
    cells: pl.Series, column: CanonicalColumn, *, said: ColumnSettings, raw: RawTable, settings: TableSettings
) -> Intervals:
    if column.type == "free":
        if _is_number(cells, column, said=said, raw=raw):
            return read_intervals(cells, column=column.name, unit=said.unit, spelling=said.format)
        return Intervals(read_text(cells))
    if column.type == "time":
        stated = said.format or settings.time_format
        if stated is None or stated.upper() == "ISO":
            check_order_of_dates(cells, raw.lines, column=str(said.column), name=raw.name)
            check_one_zone(cells, column=str(said.column), name=raw.name)
        return Intervals(_without_future(read_times(cells, spelling=stated), export_date=settings.export_date))
    if column.type == "number":
        read = read_numbers(cells, column=column.name, unit=said.unit, spelling=said.format)
        dtype = pl.Float32 if column.name == "age_years" else pl.Float64
        return Intervals(Column(read.values.cast(dtype), read.unreadable, read.implausible, read.notes))
    if column.type == "sex":
        return Intervals(read_sex(cells, values=said.values))
    return Intervals(read_identifiers(cells) if column.type == "id" else read_text(cells))


def _is_number(cells: pl.Series, column: CanonicalColumn, *, said: ColumnSettings, raw: RawTable) -> bool:
    """Return whether a column of free choice holds numbers; half numbers, half text is refused."""
    if said.unit is not None:
        return said.unit != "text"
    if quantity_of(column.name).unit is not None or said.format is not None:
        return True
    is_number = looks_numeric(cells)
    is_other = cells.is_not_null() & ~is_number
    if not is_other.any():
        return bool(is_number.any())
    if is_number.sum() < is_other.sum():
        return False
    first = is_other.arg_max()
    assert first is not None, "there is one"
    raise CohortError(
        f"{raw.name}: {is_number.sum():,} cells of column {said.column!r} are numbers and {is_other.sum():,} are not, "
        f"the first is {str(cells[first])[:40]!r} in {raw.row_word} {raw.lines[first]}: set {column.name}.unit to "
        "'text' or to the unit ('1' for none), or list the spelling in 'missing'"
    )


def _without_future(read: Column, *, export_date: date | None) -> Column:
    if export_date is None:
        return read
    end = datetime.combine(export_date, time.max)
    frame = pl.DataFrame({"time": read.values, "implausible": read.implausible}).with_columns(
        is_late=(pl.col("time") > end).fill_null(value=False)
    )
    reason = pl.lit(f"the time is later than the export of {export_date:%Y-%m-%d}")
    checked = frame.select(
        time=pl.when(~pl.col("is_late")).then("time"),
        implausible=pl.when("is_late").then(reason).otherwise("implausible"),
    )
    return Column(checked["time"], read.unreadable, checked["implausible"], read.notes)


def _check_unreadable(read: Column, raw: RawTable, *, source: str, is_refused: bool) -> None:
    row = read.unreadable.is_not_null().arg_max()
    if not is_refused or row is None or read.unreadable[row] is None:
        return
    n_more = read.unreadable.is_not_null().sum() - 1
    more = f" ({n_more:,} more such cells)" if n_more else ""
    raise CohortError(
        f"{raw.name}, {raw.row_word} {raw.lines[row]}: column {source!r} holds {str(raw.cells[source][row])[:60]!r}: "
        f"{read.unreadable[row]}{more}; on_error = 'drop' leaves such cells out and reports them"
    )


def _check_implausible(read: Column, raw: RawTable, *, column: str, source: str) -> None:
    is_wrong = read.implausible.is_not_null()
    n_wrong, n_filled = int(is_wrong.sum()), int((is_wrong | read.values.is_not_null()).sum())
    row = is_wrong.arg_max()
    if row is None or n_wrong < WRONG_COUNT or n_wrong <= WRONG_SHARE * n_filled:
        return
    raise CohortError(
        f"{raw.name}: {n_wrong:,} of {n_filled:,} cells of column {source!r} can't be true, the first is "
        f"{str(raw.cells[source][row])[:40]!r} in {raw.row_word} {raw.lines[row]} ({read.implausible[row]}): "
        f"check the column and its unit or format ({column}.unit), or list stand-ins in 'missing'"
    )
