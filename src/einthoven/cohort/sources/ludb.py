"""Lobachevsky University Database: 200 ECGs of 200 persons, 10 s at 500 Hz (Kalyakulina 2020).

doi:10.1109/ACCESS.2020.3029211, https://physionet.org/content/ludb/1.0.1/: ``ludb.csv`` and ``data/1.hea`` to ``200``.
The table has a column per kind of finding, each cell one statement a line; ``ludb_statements.csv`` beside this file
says what each means. Ages above 89 are written ``>89`` and become 90.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from einthoven.cohort.labels.vocabulary import vocabulary
from einthoven.cohort.sources.source import LabelRequest, SourceData, convert, read_table, require_columns
from einthoven.cohort.sources.stated_labels import (
    Stated,
    concept_map,
    counted,
    merged_findings,
    named_concepts,
    requested_columns,
    unknown_statements,
)
from einthoven.cohort.sources.wfdb_headers import header_locations
from einthoven.ecg.formats.patient_words import parse_sex

__all__ = ["Ludb"]

TABLE = "ludb.csv"
STATEMENTS = "ludb_statements.csv"
STATEMENT_COLUMNS = (
    "Rhythms",
    "Electric axis of the heart",
    "Conduction abnormalities",
    "Extrasystolies",
    "Hypertrophies",
    "Cardiac pacing",
    "Ischemia",
    "Non-specific repolarization abnormalities",
    "Other states",
)
# kinds of findings that the cardiologists described whole: what they don't name wasn't there
ANSWERED_CATEGORIES = frozenset({"rhythm", "ectopy", "conduction", "infarction"})


@dataclass(frozen=True)
class Ludb:
    """Settings of the source.

    Attributes
    ----------
    path : str
        The folder with ``ludb.csv`` and ``data``.
    """

    path: str

    def load(self, labels: LabelRequest = "einthoven46", auxiliary: LabelRequest = ()) -> SourceData:
        """Read the table; rows without a header in ``data`` are left out and counted.

        Labels may also be the owners' statements in small letters with underscores, such as ``stemi_lateral_wall``.

        Raises
        ------
        CohortError
            For a missing folder, table or column, an unreadable cell, or an unknown label.
        """
        folder = Path(self.path)
        table = read_table(folder, TABLE)
        require_columns(table, ("ID", "Sex", "Age", *STATEMENT_COLUMNS), file=str(folder / TABLE))
        table = table.with_columns(pl.col("ID").str.strip_chars())
        is_there = pl.Series(
            [(folder / "data" / f"{number}.hea").is_file() for number in table["ID"]], dtype=pl.Boolean
        )
        kept, gone = table.filter(is_there), table.filter(~is_there)
        statements = [_statements(row) for row in kept.select(STATEMENT_COLUMNS).iter_rows()]
        stated, unknown = _stated(kept["ID"].to_list(), statements)
        asked, targets = requested_columns(stated, labels, auxiliary)
        columns = _demography(kept)
        flow = (
            counted("ECGs in the table", table["ID"].to_list()),
            counted("no header in data", gone["ID"].to_list(), excluded=True),
        )
        return SourceData(
            columns=columns | targets,
            locations=header_locations(folder, columns),
            flow=tuple(step for step in flow if step.records or not step.excluded),
            labels=asked.outcomes,
            auxiliary=asked.auxiliary,
            dropped=unknown_statements(unknown, column="statements", reason="this statement has no meaning here"),
        )


def _stated(
    record_ids: Sequence[str], statements: Sequence[frozenset[str]]
) -> tuple[Stated, list[tuple[int, str, str]]]:
    meaning = concept_map(STATEMENTS)
    every = {statement: {statement} for statement in sorted({*meaning, *(one for each in statements for one in each)})}
    words = vocabulary()
    stated = Stated(
        owner="LUDB",
        marks=statements,
        findings=[merged_findings([meaning[one] for one in sorted(each) if one in meaning]) for each in statements],
        own={name: marks for text, marks in every.items() if (name := _slug(text)) not in words.words},
        answered=named_concepts(STATEMENTS)
        | {concept for concept, category in words.category.items() if category in ANSWERED_CATEGORIES},
    )
    unknown = [
        (row, record_id, statement)
        for row, (record_id, each) in enumerate(zip(record_ids, statements, strict=True), start=2)
        for statement in sorted(each - meaning.keys())
    ]
    return stated, unknown


def _statements(cells: Sequence[str | None]) -> frozenset[str]:
    """Return the statements of a row: one per line of each cell, in small letters."""
    lines = [line.strip().lower() for cell in cells if cell for line in cell.splitlines()]
    return frozenset(line for line in lines if line)


def _slug(statement: str) -> str:
    """Return a statement as the name of a label.

    Examples
    --------
    >>> _slug("undefined ischemia/scar/supp.nstemi: lateral wall")
    'undefined_ischemia_scar_supp_nstemi_lateral_wall'
    """
    return re.sub(r"[^a-z0-9]+", "_", statement).strip("_")


def _demography(table: pl.DataFrame) -> dict[str, list[object]]:
    ids = table["ID"].to_list()
    return {
        "record_id": list(ids),
        "patient_id": list(ids),
        "path": [f"data/{number}.hea" for number in ids],
        "age_years": list(convert(table, "Age", _age, file=TABLE, key="ID")),
        "sex": [parse_sex(cell or "") for cell in table["Sex"]],
    }


def _age(cell: str | None) -> float | None:
    if cell is None:
        return None
    return 90.0 if cell.startswith(">") else float(cell)
