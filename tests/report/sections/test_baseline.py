from __future__ import annotations

import dataclasses

from einthoven.evaluation.rows import BaselineRow
from einthoven.report.sections.baseline import section

ROWS = [
    BaselineRow("test", "covariate.age_years", "", "all", 90, 2, "mean (SD)", 61.25, 12.0, 12.0, 0.0004, "Welch's t"),
    BaselineRow("test", "covariate.age_years", "", "AF=1", 30, 0, "mean (SD)", 70.0, 9.0, 9.0),
    BaselineRow("test", "group.sex", "F", "all", 92, 0, "n (%)", 46, 50.0, 50.0, 0.31, "chi-square"),
    BaselineRow("test", "group.sex", "F", "AF=1", 30, 0, "n (%)", 12, 40.0, 40.0),
    BaselineRow("test", "group.sex", "M", "all", 92, 0, "n (%)", 46, 50.0, 50.0),
    BaselineRow("test", "covariate.bnp", "", "all", 92, 0, "median (IQR)", 120.0, 80.0, 300.0),
]


def test_numbers_and_categories_stand_as_journals_set_them(full):
    """Mean (SD), median (quartiles), n (%) with a row per level; each P once, missing values counted."""
    evidence = dataclasses.replace(full, evaluation=dataclasses.replace(full.evaluation, baseline=ROWS))
    (table,) = section(evidence).blocks
    assert [column.head for column in table.columns] == ["Variable", "All", "With AF", "P"]
    shown = [[f"{cell.text} {cell.interval} {cell.detail}".strip() for cell in row.cells] for row in table.rows]
    assert shown == [
        ["age_years, mean (SD)", "61.2 (12.0) 2 missing", "70.0 (9.0)", "<0.001"],
        ["sex, n (%)", "", "", "0.31"],
        ["F", "46 (50.0%)", "12 (40.0%)", ""],
        ["M", "46 (50.0%)", "–", ""],
        ["bnp, median (IQR)", "120.0 (80.0–300.0)", "–", "–"],
    ]
    assert table.notes[1] == "Tests: Welch's t; chi-square."


def test_without_a_baseline_table_there_is_no_section(full, empty):
    """As in evaluations without covariates."""
    evidence = dataclasses.replace(full, evaluation=dataclasses.replace(full.evaluation, baseline=[]))
    assert section(evidence) is None
    assert section(empty) is None
