"""Tables of published data sets: read as their owners wrote them, converted a column at a time, errors naming the cell.

A column of a million cells takes a fraction of a second, so the largest public archives load in the time that reading
their tables takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from einthoven.cohort.flow import FlowStep
from einthoven.cohort.sources.source import require_columns
from einthoven.errors import CohortError

__all__ = ["first_there", "flow_step", "identifiers", "numbers", "read_published", "recoded", "times", "yes_no"]

TRUE_WORDS = ("1", "1.0", "true", "t", "yes", "y")
FALSE_WORDS = ("0", "0.0", "false", "f", "no", "n")


def first_there(folder: Path, names: Sequence[str], *, origin: str) -> Path:
    """Return the first of the files that exists.

    Raises
    ------
    CohortError
        Names folder, files, what is there instead, and ``origin``: where the data come from.
    """
    if not folder.is_dir():
        raise CohortError(
            f"there is no folder {folder}; set the path of the data in the study file, or --data NAME=PATH; {origin}"
        )
    for name in names:
        if (folder / name).is_file():
            return folder / name
    found = ", ".join(sorted(entry.name for entry in folder.iterdir())[:8]) or "nothing"
    raise CohortError(f"{folder} has no {' or '.join(names)}; it holds {found}; {origin}")


def read_published(
    folder: Path, name: str, *, origin: str, columns: Sequence[str], optional: Sequence[str] = ()
) -> pl.DataFrame:
    """Return columns of a CSV (or of ``name`` + ``.gz``) as text: blanks around a cell taken off, empty cells null.

    Parameters
    ----------
    folder : Path
    name : str
    origin : str
        Where the data come from, for the errors.
    columns, optional : sequence of str
        The columns that must be there, and those that are taken where they are.

    Raises
    ------
    CohortError
        For a missing folder, file or column, or a file that is no CSV.
    """
    file = first_there(folder, (name, f"{name}.gz"), origin=origin)
    try:
        header = pl.read_csv(file, n_rows=0, infer_schema=False).columns
        require_columns(pl.DataFrame(schema=header), columns, file=str(file))
        wanted = [*columns, *(one for one in optional if one in header and one not in columns)]
        table = pl.read_csv(file, columns=wanted, infer_schema=False).select(wanted)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise CohortError(f"{file} can't be read as a CSV: {str(error).splitlines()[0]}") from error
    cleaned = pl.all().str.strip_chars()
    return table.with_columns(pl.when(cleaned != "").then(cleaned).name.keep())


def identifiers(table: pl.DataFrame, column: str, *, file: str) -> pl.Series:
    """Return a column of ids: ``12.0`` becomes ``12``, and none may be empty."""
    values = table[column]
    _refuse(values, values.is_null(), file=file, reason="it must be filled in")
    return values.str.replace(r"^(\d+)\.0$", "$1")


def numbers(table: pl.DataFrame, column: str, *, file: str) -> pl.Series:
    """Return a column as float64, empty cells as null.

    Raises
    ------
    CohortError
        Names file, line, column and cell of the first that is no number.
    """
    values = table[column]
    converted = values.cast(pl.Float64, strict=False)
    is_wrong = values.is_not_null() & (converted.is_null() | converted.is_infinite().fill_null(value=False))
    _refuse(values, is_wrong, file=file, reason="it must be a number")
    return converted.fill_nan(None)


def times(table: pl.DataFrame, column: str, *, file: str) -> pl.Series:
    """Return a column of ISO dates or dates and times as naive timestamps, empty cells as null."""
    values = table[column]
    parsed = (
        pl.DataFrame({"text": values})
        .select(
            pl.coalesce(
                pl.col("text").str.to_datetime(pattern, strict=False, time_unit="us")
                for pattern in ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d")
            )
        )["text"]
        .rename(column)
    )
    _refuse(values, values.is_not_null() & parsed.is_null(), file=file, reason="it must be a date, YYYY-MM-DD HH:MM:SS")
    return parsed


def yes_no(table: pl.DataFrame, column: str, *, file: str) -> pl.Series:
    """Return a column of flags as 1.0 and 0.0, empty cells as null; ``True``, ``1``, ``1.0`` and the like are known."""
    words = dict.fromkeys(TRUE_WORDS, 1.0) | dict.fromkeys(FALSE_WORDS, 0.0)
    return _known(table[column], table[column].str.to_lowercase(), words, file=file)


def recoded(table: pl.DataFrame, column: str, codes: Mapping[str, str], *, unknown: str) -> pl.Series:
    """Return a column with its codes replaced, whatever their case; others and empty cells become ``unknown``."""
    return table[column].str.to_lowercase().replace_strict(codes, default=unknown, return_dtype=pl.String)


def flow_step(label: str, patients: pl.Series, *, excluded: bool = False) -> FlowStep:
    """Return a box of the flow chart: one entry of ``patients`` per ECG."""
    return FlowStep(label, patients.len(), patients.n_unique(), excluded)


def _known(values: pl.Series, keys: pl.Series, words: Mapping[str, float], *, file: str) -> pl.Series:
    converted = keys.replace_strict(words, default=None, return_dtype=pl.Float64)
    _refuse(values, values.is_not_null() & converted.is_null(), file=file, reason="it must be 0 or 1")
    return converted


def _refuse(values: pl.Series, is_wrong: pl.Series, *, file: str, reason: str) -> None:
    row = is_wrong.arg_max() if is_wrong.any() else None
    if row is not None:
        cell = "an empty cell" if values[row] is None else repr(values[row])
        raise CohortError(f"{file}, line {row + 2}: column {values.name!r} holds {cell}: {reason}")
