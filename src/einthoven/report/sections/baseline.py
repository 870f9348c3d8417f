"""The baseline table: who has the outcome and who hasn't, with the test that fits each variable."""

from __future__ import annotations

import math
from collections.abc import Sequence

from einthoven.evaluation.rows import BaselineRow
from einthoven.report.blocks import Cell, Column, Row, Section, TableBlock
from einthoven.report.evidence import Evidence
from einthoven.report.notation import NOT_ESTIMABLE, SPLIT_NAMES, count, number, p_value

__all__ = ["section"]

CATEGORICAL = "n (%)"
DIFFERENCE = "standardised difference"
WHOLE = "all"


def section(evidence: Evidence) -> Section | None:
    """Return one table per split and outcome, and one across splits; None where the evaluation has none.

    A variable that no patient has a value of is left out.
    """
    rows = evidence.evaluation.baseline if evidence.evaluation else []
    tables = []
    for split in dict.fromkeys(row.split for row in rows):
        known = {row.variable for row in rows if row.split == split and row.n}
        own = [row for row in rows if row.split == split and row.variable in known]
        whole = [row for row in own if row.column == WHOLE]
        for label in dict.fromkeys(_label(row) for row in own if row.column != WHOLE) or [""]:
            family = [row for row in own if row.column != WHOLE and _label(row) == label]
            tables.append(_table([*whole, *family], _caption(split, label)))
    return Section("baseline", "Baseline characteristics", tuple(tables)) if tables else None


def _label(row: BaselineRow) -> str:
    """Return the outcome whose columns these are; empty for columns that are splits."""
    label, sign, value = row.column.rpartition("=")
    if sign and value in {"0", "1"}:
        return label
    return row.column.removesuffix(f": {DIFFERENCE}") if row.column.endswith(DIFFERENCE) else ""


def _caption(split: str, label: str) -> str:
    if split == WHOLE:
        return "Patients by split."
    return f"Patients{f' with and without {label}' if label else ''}, {SPLIT_NAMES.get(split, split)}."


def _table(rows: Sequence[BaselineRow], caption: str) -> TableBlock:
    groups = list(dict.fromkeys(row.column for row in rows))
    found = {(row.variable, row.level, row.column): row for row in rows}
    body: list[Row] = []
    for variable in dict.fromkeys(row.variable for row in rows):
        own = [row for row in rows if row.variable == variable]
        levels = [level for level in dict.fromkeys(row.level for row in own) if level]
        name = f"{variable.removeprefix('covariate.').removeprefix('group.')}, {own[0].summary}"
        p = Cell(_p_of(own), tip="; ".join(dict.fromkeys(row.test for row in own if row.test)))
        body.append(Row((Cell(name), *(_cell(found.get((variable, "", group)), levels) for group in groups), p)))
        for level in levels:
            cells = [_cell(found.get((variable, level, group)), levels) for group in groups]
            body.append(Row((Cell(level), *cells, Cell("")), style="indent"))
    columns = (Column("Variable", numeric=False), *(Column(_head(group)) for group in groups), Column("P"))
    # why there is no test stands in the tip of its cell
    tests = sorted({row.test for row in rows if row.test and row.p_value is not None})
    notes = ("Each patient counts once, at the first ECG.", *([f"Tests: {'; '.join(tests)}."] if tests else []))
    return TableBlock(caption, columns, tuple(body), notes)


def _head(group: str) -> str:
    label, sign, value = group.rpartition("=")
    if group.endswith(DIFFERENCE):
        return DIFFERENCE.capitalize()
    return f"{'With' if value == '1' else 'Without'} {label}" if sign and value in {"0", "1"} else group.capitalize()


def _p_of(rows: Sequence[BaselineRow]) -> str:
    known = next((row.p_value for row in rows if row.p_value is not None), None)
    return NOT_ESTIMABLE if known is None else p_value(known)


def _cell(row: BaselineRow | None, levels: Sequence[str]) -> Cell:
    if row is None:
        return Cell("" if levels else NOT_ESTIMABLE)
    if math.isnan(row.value):
        return Cell(NOT_ESTIMABLE)
    missing = f"{count(row.missing)} missing" if row.missing else ""
    if row.summary == CATEGORICAL:
        return Cell(count(int(row.value)), f"({number(row.low, 1)}%)", missing)
    if row.summary.startswith("mean"):
        return Cell(number(row.value, 1), f"({number(row.low, 1)})", missing)
    digits = 2 if row.summary == DIFFERENCE else 1
    joint = " to " if row.low < 0 else "–"
    return Cell(number(row.value, digits), f"({number(row.low, digits)}{joint}{number(row.high, digits)})", missing)
