from __future__ import annotations

import dataclasses

from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.rows import ComparisonRow, ResultRow
from einthoven.report.sections.analyses import section

ONE = Estimate(0.8, 0.7, 0.9, 50, 9, 40, "DeLong")
DOUBTFUL = dataclasses.replace(ONE, reason="9 events, fewer than 20")
NONE = Estimate.undefined("no positives", n=5, events=0, clusters=5, method="none")


def evidence_with(full, results, comparisons=()):
    changed = dataclasses.replace(full.evaluation, results=list(results), comparisons=list(comparisons))
    return dataclasses.replace(full, evaluation=changed)


def test_whatever_was_computed_can_be_read(full):
    """A table per analysis; what is in doubt is grey, what is missing says why."""
    arm, label = full.arms[0], full.labels()[0]
    rows = [
        ResultRow(arm, -1, "test", label, "net_benefit", ONE, "", "usefulness", "probability 0.1", planned=True),
        ResultRow(arm, -1, "test", label, "net_benefit", DOUBTFUL, "", "usefulness", "probability 0.2"),
        ResultRow(arm, -1, "test", label, "net_benefit", NONE, "", "usefulness", "probability 0.3"),
    ]
    (table,) = section(evidence_with(full, rows)).blocks
    assert [column.head for column in table.columns] == ["Label", "At", "ECGs", "Events", "Net benefit"]
    assert [row.cells[0].text for row in table.rows] == [label, f"{label}†", f"{label}†"]
    assert [row.cells[-1].muted for row in table.rows] == [False, True, True]
    assert table.notes[-1] == f"{label} probability 0.3 Net benefit: no positives."


def test_large_numbers_have_fewer_decimals_and_cut_offs_no_interval(full):
    """231 alerts of 1,000 aren't known to a thousandth; a cut-off was decided, not estimated."""
    arm, label = full.arms[0], full.labels()[0]
    alerts, cut_off = Estimate(231.0, 205.2, 258.4, 50, 9, 40, "exact"), Estimate(0.2, 0.2, 0.2, 50, 9, 40, "stated")
    rows = [
        ResultRow(arm, -1, "test", label, metric, estimate, "", "operating_points", "youden")
        for metric, estimate in (("alerts_per_1000", alerts), ("cut_off", cut_off))
    ]
    (table,) = section(evidence_with(full, rows)).blocks
    assert [(cell.text, cell.interval) for cell in table.rows[0].cells[-2:]] == [("231", "(205–258)"), ("0.200", "")]


def test_differences_stand_under_their_analysis(full):
    """With P values corrected for multiplicity where there are any."""
    arm, label = full.arms[0], full.labels()[0]
    test = TestResult(ONE, 2.0, 0.01, "DeLong")
    rows = [ComparisonRow(arm, -1, arm, -1, "test", label, "auroc", test, "sex=F", "fairness", "gap", p_adjusted=0.02)]
    (table,) = section(evidence_with(full, [], rows)).blocks
    assert [column.head for column in table.columns][-2:] == ["P", "P corrected"]
    assert [cell.text for cell in table.rows[0].cells][:3] == [arm, label, "sex=F gap"]
    assert "Holm" in table.notes[0]


def test_without_further_analyses_there_is_no_section(full, empty):
    """Neither with an evaluation nor without one."""
    assert section(evidence_with(full, [])) is None
    assert section(empty) is None


def test_long_tables_are_folded(full):
    """A reader opens what she wants to see."""
    arm, label = full.arms[0], full.labels()[0]
    rows = [
        ResultRow(arm, -1, "test", label, "net_benefit", ONE, "", "usefulness", f"probability {i}") for i in range(17)
    ]
    (table,) = section(evidence_with(full, rows)).blocks
    assert table.folded
    (table,) = section(evidence_with(full, rows[:16])).blocks
    assert not table.folded
