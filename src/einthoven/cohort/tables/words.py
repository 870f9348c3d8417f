"""Text out of cells, and sex, whose numbers mean one thing here and another there."""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping
from importlib import resources

import polars as pl

from einthoven.cohort.tables.column import Column, read_all
from einthoven.errors import SpecificationError

__all__ = ["mapped", "read_sex", "read_text"]


def read_text(cells: pl.Series) -> Column:
    """Return text as it stands."""
    return read_all(cells.cast(pl.String))


def mapped(cells: pl.Series, values: Mapping[str, str]) -> pl.Series:
    """Return cells with those replaced that ``values`` names."""
    if not values:
        return cells
    return cells.cast(pl.String).replace(list(values), list(values.values()))


def read_sex(cells: pl.Series, *, values: Mapping[str, str]) -> Column:
    """Return ``F``, ``M`` or ``U``; empty cells are ``U``.

    Words are understood (``sex_words.csv``), numbers never: 1 is a man in one archive and a woman in the next.

    Parameters
    ----------
    cells : Series
    values : mapping of cell to ``F``, ``M`` or ``U``
        As the study file states them.
    """
    foreign = next((sex for sex in values.values() if sex not in ("F", "M", "U")), None)
    if foreign is not None:
        raise SpecificationError(f"columns.sex.values: what cells stand for is F, M or U, got {foreign!r}")
    known = _words() | {cell.lower(): sex for cell, sex in values.items()}
    text = cells.cast(pl.String).str.replace(r"^(\d+)\.0$", "$1").str.to_lowercase()
    frame = pl.DataFrame({"cell": text}).with_columns(
        sex=pl.col("cell").replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.String)
    )
    reason = (
        "it is no sex: state what it means, for example columns.sex.values = { '1' = '?', '2' = '?' }, each F, M or U"
    )
    unreadable = frame.select(pl.when(pl.col("cell").is_not_null() & pl.col("sex").is_null()).then(pl.lit(reason)))
    nothing = pl.repeat(None, len(text), dtype=pl.String, eager=True)
    return Column(frame["sex"].fill_null("U"), unreadable.to_series(), nothing)


@functools.cache
def _words() -> dict[str, str]:
    text = resources.files("einthoven.cohort.tables").joinpath("sex_words.csv").read_text(encoding="utf-8")
    return {row["word"]: row["sex"] for row in csv.DictReader(text.splitlines())}
