"""Diagnoses whose codes can be used; the others are left out and reported."""

from __future__ import annotations

import polars as pl

from einthoven.cohort.diagnosis_codes import read_codes
from einthoven.cohort.tables.doubled_rows import Rows, without
from einthoven.cohort.tables.typed_column import WRONG_COUNT, WRONG_SHARE
from einthoven.errors import CohortError

__all__ = ["without_unusable_codes"]

UNUSABLE = "the code is malformed, of another coding system, or marked as suspected or excluded"


def without_unusable_codes(rows: Rows, *, name: str) -> Rows:
    """Leave out diagnoses whose code ``read_codes`` refuses.

    Raises
    ------
    CohortError
        When it refuses more than a tenth of them: then it is the coding system that is not stated.
    """
    read = read_codes(rows.table)
    keys = list(read.keys)
    usable = rows.table.with_row_index("at").join(read.table.select(keys), on=keys, how="semi", nulls_equal=True)
    unusable = ~pl.int_range(rows.table.height, dtype=pl.UInt32, eager=True).is_in(usable["at"].implode())
    n_unusable, first = int(unusable.sum()), unusable.arg_max()
    if n_unusable >= WRONG_COUNT and n_unusable > WRONG_SHARE * rows.table.height and first is not None:
        raise CohortError(
            f"{name}: {n_unusable:,} of {rows.table.height:,} codes can't be used, the first is "
            f"{rows.table['code'][first]!r} in line {rows.lines[first]}: they are read as ICD-10 unless "
            "diagnoses.columns.system names a column that says otherwise ('ICD-9', 'ICD-10')"
        )
    return without("diagnoses", rows, unusable, column="code", reasons=UNUSABLE)
