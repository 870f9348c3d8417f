"""Times out of cells: unambiguous spellings are read as they are, all others need a stated format.

A date such as 03/04/2021 is 3 April in one hospital and 4 March in the next: it is refused with both readings. Times
are kept as the clock showed them.
"""

from __future__ import annotations

import re
from datetime import date, time

import polars as pl

from einthoven.cohort.tables.column import Column, read_all
from einthoven.errors import CohortError, SpecificationError

__all__ = ["check_one_zone", "check_order_of_dates", "chrono_format", "is_date_only", "read_times"]

MOMENT = pl.Datetime("us")
CLOCK = r"(?:[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$"
YEAR_FIRST = r"^(\d{4})\s?[-/.년]\s?(\d{1,2})\s?[-/.월]\s?(\d{1,2})[.일]?" + CLOCK
COMPACT = r"^(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(?:(\d{2})(?:\.(\d{1,9}))?)?)?(Z|[+-]\d{4})?(?:\.0)?$"
MONTH_NAMED = r"^(\d{1,2})[- ]([A-Za-z]{3})[A-Za-z]*\.?[-, ]\s*(\d{4})" + CLOCK
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NUMERIC_DATE = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:\D.*)?$"
SHORT_YEAR = r"^\d{1,2}[-/. ](?:\d{1,2}|[A-Za-z]{3,9})[-/. ]\d{2}(?:\D.*)?$"
DAY_NUMBER = r"^[2-6]\d{4}(?:\.\d+)?$"
# from births of the first patients with an ECG to years that deidentification shifts to (MIMIC-IV: 2100 to 2212);
# outside lie placeholders (1753, 2999, 9999) and years that were written with two digits
FIRST_YEAR, LAST_YEAR = 1800, 2299
CLOCK = r"\d\d:\d\d"
ZONE = r"\d\d:\d\d.*?(Z|[+-]\d{2}:?\d{2})$"
ACCEPTED = "accepted are YYYY-MM-DD, YYYYMMDD, both with hours and minutes, and YYYYMMDDHHMMSS; others need time_format"
TOKENS = {"YYYY": "%Y", "MMM": "%b", "MM": "%m", "DD": "%d", "HH": "%H", "SS": "%S"}


def read_times(cells: pl.Series, *, spelling: str | None = None) -> Column:
    """Return times without zone.

    Parameters
    ----------
    cells : Series
        Cleaned text, or dates and times as Parquet has them.
    spelling : str, optional
        As in ``ColumnSettings``; nothing else is accepted then, but a clock time behind a format that is a date.

    Raises
    ------
    SpecificationError
        For a format that isn't one, or writes years with two digits.
    """
    if cells.dtype == pl.Datetime:
        zone = getattr(cells.dtype, "time_zone", None)
        if zone is None:
            return read_all(cells.cast(MOMENT))
        # a zone of Parquet is how the moment is shown
        return read_all(cells.dt.replace_time_zone(None).cast(MOMENT), f"times are kept as clocks show them in {zone}")
    if cells.dtype == pl.Date:
        return read_all(cells.cast(MOMENT))
    text = cells.cast(pl.String)
    if spelling is not None and spelling.upper() != "ISO":
        return _of_format(text, spelling)
    frame = text.to_frame("cell").with_columns(
        time=pl.coalesce(_assembled(YEAR_FIRST), _assembled(COMPACT), _assembled(MONTH_NAMED, names_month=True))
    )
    told = "{} times carry the zone {}: they are kept as the clock showed them"
    notes = tuple(told.format(count, zone) for zone, count in _zones(text).items() if zone)
    return _checked(frame, otherwise=pl.lit(f"it is no time: {ACCEPTED}"), notes=notes)


def check_one_zone(cells: pl.Series, *, column: str, name: str) -> None:
    """Refuse clock times of several zones, or some with and some without: they are hours apart.

    Raises
    ------
    CohortError
        Counts the zones.
    """
    if cells.dtype != pl.String:
        return
    zones = _zones(cells)
    if len(zones) > 1:
        shown = ", ".join(f"{zone or 'none'} in {count:,}" for zone, count in sorted(zones.items())[:5])
        raise CohortError(f"{name}: times in column {column!r} are of several zones ({shown}); export all in one")


def _zones(cells: pl.Series) -> dict[str, int]:
    """Return how many clock times are of each zone; the empty name is for none."""
    clocks = cells.filter(cells.str.contains(CLOCK)).drop_nulls()
    return dict(clocks.str.extract(ZONE).fill_null("").value_counts().rows())


def _assembled(pattern: str, *, names_month: bool = False) -> pl.Expr:
    """Return the time that the groups of a pattern spell; null for what doesn't match, or is no day of the calendar."""
    groups = pl.col("cell").str.extract_groups(pattern).struct
    part = [groups.field(str(number)) for number in range(1, 8)]
    if names_month:
        day, month, year = part[0], part[1].str.to_lowercase(), part[2]
        month = month.replace_strict(MONTHS, [f"{number:02d}" for number in range(1, 13)], default=None)
    else:
        year, month, day = part[:3]
    clock = [p.fill_null("00").str.zfill(2) for p in part[3:6]]
    fraction = part[6].fill_null("0").str.slice(0, 6).str.pad_end(6, "0")
    spelled = pl.format("{}-{}-{} {}:{}:{}.{}", year, month.str.zfill(2), day.str.zfill(2), *clock, fraction)
    return spelled.str.strptime(MOMENT, "%Y-%m-%d %H:%M:%S%.6f", strict=False)


def _of_format(cells: pl.Series, spelling: str) -> Column:
    pattern = chrono_format(spelling)
    has_clock = any(code in pattern for code in ("%H", "%I", "%T", "%R"))
    patterns = [pattern] if has_clock else [pattern, f"{pattern} %H:%M", f"{pattern} %H:%M:%S%.f"]
    times = pl.coalesce(pl.col("cell").str.to_datetime(p, time_unit="us", strict=False) for p in patterns)
    return _checked(
        cells.to_frame("cell").with_columns(time=times),
        otherwise=pl.lit(f"it is no time of the stated format {spelling!r}"),
    )


def chrono_format(spelling: str) -> str:
    """Return the pattern that a stated format means.

    Examples
    --------
    >>> chrono_format("DD/MM/YYYY HH:MM:SS"), chrono_format("%d.%m.%Y")
    ('%d/%m/%Y %H:%M:%S', '%d.%m.%Y')
    """
    # minutes and months are both written MM: behind the hours they are minutes
    date_part, hours, clock_part = spelling.partition("HH")
    pattern = spelling
    if "%" not in spelling:
        clock_part = re.sub("MM|mm", "%M", clock_part, count=1)
        for token, code in TOKENS.items():
            date_part, clock_part = date_part.replace(token, code), clock_part.replace(token, code)
        pattern = date_part + ("%H" if hours else "") + clock_part
    if "%y" in pattern or "YY" in pattern:
        raise SpecificationError(f"a format with years of two digits leaves the century open, got {spelling!r}")
    if not all(
        any(code in pattern for code in group) for group in (("%Y", "%F"), ("%m", "%b", "%B", "%F"), ("%d", "%e", "%F"))
    ):
        raise SpecificationError(
            f"a time format says day, month and year, for example 'DD/MM/YYYY' or '%d.%m.%Y %H:%M', got {spelling!r}"
        )
    return pattern


def _checked(frame: pl.DataFrame, *, otherwise: pl.Expr, notes: tuple[str, ...] = ()) -> Column:
    """Say why cells are no times."""
    cell, moment = pl.col("cell"), pl.col("time")
    year_is_off = ~moment.dt.year().is_between(FIRST_YEAR, LAST_YEAR)
    reason = (
        pl.when(cell.is_null() | (moment.is_not_null() & ~year_is_off))
        .then(None)
        .when(year_is_off)
        .then(
            pl.format(
                f"the year {{}} is outside {FIRST_YEAR} to {LAST_YEAR}; list stand-ins in 'missing'", moment.dt.year()
            )
        )
        .when(cell.str.contains(SHORT_YEAR))
        .then(pl.lit("a year of two digits leaves the century open: export years with four"))
        .when(cell.str.contains(DAY_NUMBER))
        .then(pl.lit(f"it looks like a spreadsheet's count of days: format the column as a date; {ACCEPTED}"))
        .otherwise(otherwise)
    )
    read = frame.with_columns(unreadable=reason).with_columns(time=pl.when(pl.col("unreadable").is_null()).then(moment))
    nothing = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
    return Column(read["time"], read["unreadable"], nothing, notes)


def check_order_of_dates(cells: pl.Series, lines: pl.Series, *, column: str, name: str) -> None:
    """Refuse dates whose day and month may be swapped, with both readings of the first.

    Parameters
    ----------
    cells : Series
        Cleaned cells of a column without stated format.
    lines : Series of Int64
    column, name : str
        Of the column and the table, for the message.

    Raises
    ------
    CohortError
    """
    if cells.dtype != pl.String:
        return
    dates = pl.DataFrame({"cell": cells, "line": lines}).filter(pl.col("cell").str.contains(NUMERIC_DATE))
    if dates.is_empty():
        return
    numbers = dates.with_columns(
        pl.col("cell").str.extract(NUMERIC_DATE, group).cast(pl.Int64).alias(part)
        for part, group in (("first", 1), ("second", 2), ("year", 3))
    )
    is_open = (pl.col("first") <= 12) & (pl.col("second") <= 12) & (pl.col("first") != pl.col("second"))
    settled = numbers.filter((pl.col("first") > 12) | (pl.col("second") > 12)).head(1).to_dicts()
    shown = (numbers.filter(is_open).head(1).to_dicts() or numbers.head(1).to_dicts())[0]
    message = f"{name}, line {shown['line']}: column {column!r} holds {shown['cell']!r}, "
    if shown["first"] <= 12 and shown["second"] <= 12:
        message += f"which is {_spelled(shown, day='first')} or {_spelled(shown, day='second')}"
    else:
        message += "whose order of day and month is not stated"
    if settled:
        day = "first" if settled[0]["first"] > 12 else "second"
        order = "DD/MM/YYYY" if day == "first" else "MM/DD/YYYY"
        message += f" ({settled[0]['cell']!r} in line {settled[0]['line']} fits only {order})"
    raise CohortError(f"{message}: state time_format, for example 'DD/MM/YYYY' or 'MM/DD/YYYY'")


def _spelled(numbers: dict[str, int], *, day: str) -> str:
    month = "second" if day == "first" else "first"
    try:
        named = date(numbers["year"], numbers[month], numbers[day])
    except ValueError:
        return "no day"
    return f"{named.day} {named:%B} {named.year}"


def is_date_only(times: list[pl.Series]) -> bool:
    """Return whether there are times, and all of them are midnight."""
    filled = [series.drop_nulls() for series in times]
    return any(len(series) for series in filled) and all(bool((series.dt.time() == time()).all()) for series in filled)
