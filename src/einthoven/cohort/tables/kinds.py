"""Kinds of tables and the canonical columns of each (``kinds.csv``)."""

from __future__ import annotations

import csv
import difflib
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib import resources
from typing import Literal, get_args

from einthoven.cohort.tables.settings import TableSettings
from einthoven.errors import CohortError, SpecificationError, UnknownNameError
from einthoven.registry import nearest

__all__ = ["KINDS", "CanonicalColumn", "Kind", "columns_to_read"]

Kind = Literal["ecgs", "reports", "diagnoses", "events", "patients"]
KINDS: tuple[Kind, ...] = get_args(Kind)
# what is there in any case: a table without it says nothing about anybody
NEEDED = {"events": "last_contact"}
MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class CanonicalColumn:
    """A column that a kind of table may have; ``name`` may be a pattern.

    Attributes
    ----------
    name : str
    type : ``id``, ``time``, ``number``, ``sex``, ``text`` or ``free``
        ``free`` is number or text, whichever its cells are.
    required : bool
        Whether a row says nothing without it.
    """

    name: str
    type: str
    required: bool


def columns_to_read(kind: Kind, settings: TableSettings, *, present: Iterable[str], name: str) -> list[CanonicalColumn]:
    """Return the canonical columns that a table has: those the settings map, and plain ones that bear their own name.

    Parameters
    ----------
    kind : str
    settings : TableSettings
    present : iterable of str
        Columns of the file.
    name : str
        Of the table, for messages.

    Raises
    ------
    UnknownNameError
        For a canonical name that this kind has not.
    CohortError
        For a column that is missing, with the nearest and all there are.
    """
    present = list(present)
    known = _columns_of(kind)
    chosen = {mapped: _matching(mapped, kind) for mapped in settings.columns}
    for column in known:
        if "*" not in column.name and (column.required or column.name in present):
            chosen.setdefault(column.name, column)
    if kind in NEEDED:
        chosen.setdefault(NEEDED[kind], _matching(NEEDED[kind], kind))
    for canonical in chosen:
        source = settings.of_column(canonical).column
        if source not in present:
            raise CohortError(_no_column(name, kind, canonical=canonical, source=str(source), present=present))
    return [CanonicalColumn(canonical, column.type, column.required) for canonical, column in chosen.items()]


def _no_column(name: str, kind: Kind, *, canonical: str, source: str, present: list[str]) -> str:
    purpose = "" if source == canonical else f" for {canonical}"
    close = nearest(source, present).rstrip("?") if difflib.get_close_matches(source, present, n=1) else ""
    more = f" and {len(present) - MOST_SHOWN} more" if len(present) > MOST_SHOWN else ""
    there = ", ".join(" ".join(column.split()) for column in present[:MOST_SHOWN])
    return f"{name} has no column {source!r}{purpose}{close}; it has {there}{more}: set {kind}.columns.{canonical}"


def _matching(canonical: str, kind: Kind) -> CanonicalColumn:
    exact = next((column for column in _columns_of(kind) if column.name == canonical), None)
    match = exact or next((column for column in _columns_of(kind) if fnmatchcase(canonical, column.name)), None)
    if match is None:
        accepted = [column.name for column in _columns_of(kind)]
        raise UnknownNameError(f"{kind} have no column {canonical!r}{nearest(canonical, accepted)}")
    return match


@functools.cache
def _columns_of(kind: Kind) -> tuple[CanonicalColumn, ...]:
    text = resources.files("einthoven.cohort.tables").joinpath("kinds.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(text.splitlines()) if row["kind"] == kind]
    if not rows:
        raise SpecificationError(f"there is no kind of table {kind!r}{nearest(kind, KINDS)}")
    return tuple(CanonicalColumn(row["column"], row["type"], row["required"] == "yes") for row in rows)
