"""Whether two tables speak of the same patients: ids that never meet are spelled in two ways."""

from __future__ import annotations

import polars as pl

from einthoven.errors import CohortError

__all__ = ["check_linked"]


def check_linked(ecgs: pl.Series, others: pl.Series, *, name: str) -> str:
    """Return a note on how many patients of a table have an ECG; nothing when all have.

    Parameters
    ----------
    ecgs, others : Series of String
        Ids of patients.
    name : str
        Of the other table.

    Raises
    ------
    CohortError
        When no patient of the table has an ECG.

    Examples
    --------
    >>> check_linked(pl.Series(["1", "2"]), pl.Series(["2", "3"]), name="echo.csv")
    'echo.csv: 1 of its 2 patients have an ECG'
    """
    known, asked = ecgs.unique(), others.unique()
    n_met = int(asked.is_in(known.implode()).sum())
    if n_met == len(asked):
        return ""
    if n_met or known.is_empty():
        return f"{name}: {n_met:,} of its {len(asked):,} patients have an ECG{_nearly(known, asked)}"
    bare = {identifier.lstrip("0"): identifier for identifier in known.sort()}
    pair = next(((bare[other.lstrip("0")], other) for other in asked.sort() if other.lstrip("0") in bare), None)
    if pair is not None:
        raise CohortError(
            f"{name}: none of its patients has an ECG, though but for leading zeros {pair[1]!r} is {pair[0]!r} there: "
            "export the ids of both as text"
        )
    raise CohortError(
        f"{name}: none of its {len(asked):,} patients has an ECG: the ECGs have ids such as {known.sort()[0]!r}, the "
        f"table such as {asked.sort()[0]!r}; check which column is the patient_id"
    )


def _nearly(known: pl.Series, asked: pl.Series) -> str:
    """Tell of ids that differ from those of ECGs only by zeros in front, capitals or a decimal part."""
    bare = pl.DataFrame({"known": known, "bare": _bare(known)}).drop_nulls().unique("bare", maintain_order=True)
    missed = pl.DataFrame({"asked": asked, "bare": _bare(asked)}).filter(~pl.col("asked").is_in(known.implode()))
    near = missed.join(bare, on="bare").sort("asked")
    if near.height == 0:
        return ""
    pair = near.row(0, named=True)
    return f"; {near.height:,} more differ only as {pair['asked']!r} does from {pair['known']!r}: are they the same?"


def _bare(ids: pl.Series) -> pl.Series:
    return ids.str.to_lowercase().str.strip_chars_start("0").str.replace(r"\.0$", "")
