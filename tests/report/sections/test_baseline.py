from __future__ import annotations

import dataclasses

from einthoven.evaluation.rows import BaselineRow
from einthoven.report.sections.baseline import section

CONTRAST = "AF: standardised difference"
ROWS = [
    BaselineRow("test", "covariate.age_years", "", "all", 90, 2, "mean (SD)", 61.25, 12.0, 12.0),
    BaselineRow("test", "covariate.age_years", "", "AF=0", 60, 0, "mean (SD)", 58.0, 9.0, 9.0, 0.0004, "Welch's t"),
    BaselineRow("test", "covariate.age_years", "", "AF=1", 30, 0, "mean (SD)", 70.0, 9.0, 9.0),
    BaselineRow("test", "covariate.age_years", "", CONTRAST, 90, 0, "standardised difference", 1.3, -0.1, 1.9),
    BaselineRow("test", "group.sex", "F", "all", 92, 0, "n (%)", 46, 50.0, 50.0),
    BaselineRow("test", "group.sex", "F", "AF=0", 62, 0, "n (%)", 34, 54.8, 54.8, 0.31, "chi-square"),
    BaselineRow("test", "group.sex", "", CONTRAST, 92, 0, "standardised difference", 0.2, 0.1, 0.3),
    BaselineRow("test", "group.sex", "M", "all", 92, 0, "n (%)", 46, 50.0, 50.0),
    BaselineRow("test", "site", "", "all", 0, 92, "n (%)", float("nan"), float("nan"), float("nan")),
    BaselineRow("test", "covariate.bnp", "", "all", 92, 0, "median (IQR)", 120.0, 80.0, 300.0),
]


def test_numbers_and_categories_stand_as_journals_set_them(full):
    """Mean (SD), median (quartiles), n (%) with a row per level; each P once, missing values counted."""
    evidence = dataclasses.replace(full, evaluation=dataclasses.replace(full.evaluation, baseline=ROWS))
    (table,) = section(evidence).blocks
    heads = ["Variable", "All", "Without AF", "With AF", "Standardised difference", "P"]
    assert table.caption == "Patients with and without AF, test set."
    assert [column.head for column in table.columns] == heads
    shown = [[f"{cell.text} {cell.interval} {cell.detail}".strip() for cell in row.cells] for row in table.rows]
    assert shown == [
        ["age_years, mean (SD)", "61.2 (12.0) 2 missing", "58.0 (9.0)", "70.0 (9.0)", "1.30 (−0.10 to 1.90)", "<0.001"],
        ["sex, n (%)", "", "", "", "0.20 (0.10–0.30)", "0.31"],
        ["F", "46 (50.0%)", "34 (54.8%)", "", "", ""],
        ["M", "46 (50.0%)", "", "", "", ""],
        ["bnp, median (IQR)", "120.0 (80.0–300.0)", "–", "–", "–", "–"],
    ]
    assert table.notes[1] == "Tests: Welch's t; chi-square."


def test_each_outcome_and_the_splits_have_a_table(full):
    """A table of all outcomes side by side would be too wide."""
    rows = [
        BaselineRow(split, "covariate.age", "", column, 9, 0, "mean (SD)", 60.0, 9.0, 9.0)
        for split, columns in (("test", ("all", "AF=0", "AF=1", "MI=0", "MI=1")), ("all", ("test", "external")))
        for column in columns
    ]
    evidence = dataclasses.replace(full, evaluation=dataclasses.replace(full.evaluation, baseline=rows))
    tables = section(evidence).blocks
    assert [[column.head for column in table.columns][1:-1] for table in tables] == [
        ["All", "Without AF", "With AF"],
        ["All", "Without MI", "With MI"],
        ["Test", "External"],
    ]
    assert tables[-1].caption == "Patients by split."


def test_without_a_baseline_table_there_is_no_section(full, empty):
    """As in evaluations without covariates."""
    evidence = dataclasses.replace(full, evaluation=dataclasses.replace(full.evaluation, baseline=[]))
    assert section(evidence) is None
    assert section(empty) is None
