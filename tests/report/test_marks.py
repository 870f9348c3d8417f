from __future__ import annotations

import dataclasses

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.rows import ResultRow
from einthoven.report.marks import marks, notes_of_marks

ROW = ResultRow("net", -1, "test", "AF", "auroc", Estimate(0.8, 0.7, 0.9, 50, 9, 40, "DeLong"))


def evidence_with(full, *results):
    return dataclasses.replace(full, evaluation=dataclasses.replace(full.evaluation, results=list(results)))


def test_planned_numbers_have_no_sign(full):
    """Exploratory ones have a dagger, contaminated ones a double dagger, and each sign is explained once."""
    planned, seen = dataclasses.replace(ROW, planned=True), dataclasses.replace(ROW, contaminated=True)
    evidence = evidence_with(full, planned, ROW, seen)
    assert [marks(row, evidence) for row in (planned, ROW, seen)] == ["", "†", "†‡"]
    assert notes_of_marks([planned], evidence) == ()
    assert [note[0] for note in notes_of_marks([seen, ROW], evidence)] == ["†", "‡"]


def test_where_nothing_was_planned_no_row_has_a_dagger(full):
    """The summary says it once instead."""
    evidence = evidence_with(full, ROW)
    assert marks(ROW, evidence) == ""
    assert notes_of_marks([ROW], evidence) == ()
