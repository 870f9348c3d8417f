"""One question that the leak audit asked, and what it found."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

__all__ = ["AuditCheck", "all_checked", "share"]


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """One question, how many offenders there are, and whether one is too many.

    Attributes
    ----------
    name : str
    found : int
    detail : str
        An example and the remedy, or what was checked.
    columns, rows : tuple
        A table that says more, heads and cells as text; mostly empty.
    refuses : bool
        Whether a cohort with an offender is refused, or the offenders are only told of.
    """

    name: str
    found: int
    detail: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    refuses: bool = True


def all_checked(table: pl.DataFrame, what: str) -> str:
    """Say that all of a cohort was looked at."""
    return f"{what} of {table['record_id'].n_unique():,} ECGs checked"


def share(part: int, whole: int) -> str:
    """Return a count with its share.

    Examples
    --------
    >>> share(1234, 5000)
    '1,234 (24.7 %)'
    """
    return f"{part:,} ({100 * part / whole:.1f} %)" if whole else "0"
