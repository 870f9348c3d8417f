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


def section(evidence: Evidence) -> Section | None:
    """Return one table per split; None where the evaluation has none."""
    rows = evidence.evaluation.baseline if evidence.evaluation else []
    splits = dict.fromkeys(row.split for row in rows)
    tables = tuple(_table([row for row in rows if row.split == split], split) for split in splits)
    return Section("baseline", "Baseline characteristics", tables) if tables else None


def _table(rows: Sequence[BaselineRow], split: str) -> TableBlock:
    groups = list(dict.fromkeys(row.column for row in rows))
    found = {(row.variable, row.level, row.column): row for row in rows}
    body: list[Row] = []
    for variable in dict.fromkeys(row.variable for row in rows):
        own = [row for row in rows if row.variable == variable]
        levels = list(dict.fromkeys(row.level for row in own))
        name = f"{variable.removeprefix('covariate.').removeprefix('group.')}, {own[0].summary}"
        p = Cell(_p_of(own), tip="; ".join(dict.fromkeys(row.test for row in own if row.test)))
        if own[0].summary != CATEGORICAL:
            cells = [_cell(found.get((variable, levels[0], group))) for group in groups]
            body.append(Row((Cell(name), *cells, p)))
            continue
        body.append(Row((Cell(name), *(Cell("") for _ in groups), p)))
        for level in levels:
            cells = [_cell(found.get((variable, level, group))) for group in groups]
            body.append(Row((Cell(level), *cells, Cell("")), style="indent"))
    columns = (Column("Variable", numeric=False), *(Column(_head(group)) for group in groups), Column("P"))
    tests = sorted({row.test for row in rows if row.test})
    notes = ("Each patient counts once, at the first ECG.", *([f"Tests: {'; '.join(tests)}."] if tests else []))
    return TableBlock(f"Patients, {SPLIT_NAMES.get(split, split)}.", columns, tuple(body), notes)


def _head(group: str) -> str:
    label, sign, value = group.partition("=")
    return f"{'With' if value == '1' else 'Without'} {label}" if sign and value in {"0", "1"} else group.capitalize()


def _p_of(rows: Sequence[BaselineRow]) -> str:
    known = next((row.p_value for row in rows if row.p_value is not None), None)
    return NOT_ESTIMABLE if known is None else p_value(known)


def _cell(row: BaselineRow | None) -> Cell:
    if row is None or math.isnan(row.value):
        return Cell(NOT_ESTIMABLE)
    missing = f"{count(row.missing)} missing" if row.missing else ""
    if row.summary == CATEGORICAL:
        return Cell(count(int(row.value)), f"({number(row.low, 1)}%)")
    if row.summary.startswith("mean"):
        return Cell(number(row.value, 1), f"({number(row.low, 1)})", missing)
    return Cell(number(row.value, 1), f"({number(row.low, 1)}–{number(row.high, 1)})", missing)
