"""Ids as text: what a spreadsheet or data frame did to them is undone where nothing is lost, else refused."""

from __future__ import annotations

import polars as pl

from einthoven.cohort.tables.column import Column, read_all

__all__ = ["read_identifiers"]

EXACT_WHOLE = 2.0**53  # whole numbers beyond have no float64 of their own
AS_FORMULA = r'^="(.*)"$'  # how exports make Excel keep leading zeros
ROUNDED = r"^\d(?:[.,]\d+)?[eE]\+?\d+$"


def read_identifiers(cells: pl.Series) -> Column:
    """Return ids as text, leading zeros kept.

    A whole column of floats ("15709.0"), which is what data frames make of whole numbers with gaps, becomes whole again
    with a note. Ids that a spreadsheet has rounded ("1.57E+10") can't be read.
    """
    if cells.dtype.is_float():
        whole = cells.drop_nulls()
        if bool(((whole == whole.round()) & (whole.abs() < EXACT_WHOLE)).all()):
            return read_all(cells.cast(pl.Int64).cast(pl.String), "ids were stored as floats: read as whole numbers")
    text = cells.cast(pl.String).str.replace(AS_FORMULA, "$1")
    filled = text.drop_nulls()
    notes: tuple[str, ...] = ()
    if len(filled) and bool(filled.str.contains(r"^\d+\.0+$").all()):
        text = text.str.replace(r"\.0+$", "")
        notes = ("all ids end in .0: read as whole numbers",)
    frame = text.to_frame("cell").select(
        "cell",
        reason=pl.when(pl.col("cell").str.contains(ROUNDED)).then(
            pl.lit("a spreadsheet has rounded this id: export it as text")
        ),
    )
    nothing = pl.repeat(None, len(text), dtype=pl.String, eager=True)
    return Column(frame["cell"], frame["reason"], nothing, notes)
