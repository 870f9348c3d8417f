from __future__ import annotations

import math

from einthoven.cli.evaluation_output import print_evaluation
from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.evaluation import Evaluation
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.rows import ComparisonRow, ResultRow


def test_seeds_subgroups_and_undefined_comparisons_are_shown(capsys):
    """A table for each seed; a difference without p value says so; a tiny p value is no zero."""
    estimate = Estimate(0.8, 0.7, 0.9, 50, 9, 40, "DeLong")
    difference = Estimate(0.2, -1, 1, 50, 9, 40, "DeLong", reason="no variance")
    tests = [TestResult(difference, math.nan, math.nan, "DeLong"), TestResult(estimate, 9.0, 1e-9, "DeLong")]
    print_evaluation(
        Evaluation(
            results=[
                ResultRow("net", 3, "test", "AF", "auroc", estimate),
                ResultRow("net", 3, "test", "AF", "auroc", estimate, "site=A", "subgroups"),
                ResultRow("net", 3, "test", "AF", "net_benefit", estimate, "", "usefulness", "probability 0.1"),
            ],
            curves=[],
            thresholds=[],
            comparisons=[ComparisonRow("net", 3, "old", -1, "test", "AF", "auroc", test) for test in tests],
            notes=["[a] note"],
            protocol=Protocol(),
            predictions_hash="",
        ),
        output="table",
        show=["subgroups"],
    )
    printed = capsys.readouterr().out
    for words in (
        "net, seed 3, split test (95% intervals)",
        "site: A",
        "0.800 (0.700-0.900)",
        "not defined",
        "< 0.001",
    ):
        assert words in printed
    assert "Note: [a] note" in printed
    assert "probability 0.1" not in printed
    assert "Also computed (numbers): usefulness (1). Print them with --show NAME" in printed


def test_names_with_brackets_are_printed_as_they_are(capsys):
    """A unit or a version in brackets is neither swallowed nor the end of the output."""
    estimate = Estimate(0.8, 0.7, 0.9, 50, 9, 40, "DeLong")
    nothing = Estimate.undefined("no [/a] events", n=50, events=0, clusters=40, method="none")
    test = TestResult(estimate, 2.0, 0.04, "chi-square; without [/F]: too few events")
    print_evaluation(
        Evaluation(
            results=[
                ResultRow("net [v2]", 3, "test", "QTc [/ms]", "auroc", estimate),
                ResultRow("net [v2]", 3, "test", "QTc [/ms]", "auprc", nothing),
                ResultRow("net [v2]", 3, "test", "QTc [/ms]", "auroc", estimate, "site=[/F]", "subgroups"),
            ],
            curves=[],
            thresholds=[],
            comparisons=[ComparisonRow("net [v2]", 3, "[/old]", -1, "test", "QTc [/ms]", "auroc", test, "site=[/F]")],
            notes=[],
            protocol=Protocol(),
            predictions_hash="",
        ),
        output="table",
        show=["subgroups"],
    )
    printed = capsys.readouterr().out
    for words in ("net [v2], seed 3", "site: [/F]", "no [/a] events", "net [v2] - [/old]", "QTc [/ms] site: [/F]"):
        assert words in printed


def test_numbers_and_survival_are_printed_without_being_asked_for(capsys):
    """Where nothing else is there; limits below 0 are told apart, cut-offs have no interval, a test has no nan."""
    below, cut_off = Estimate(-0.2, -0.5, -0.1, 50, 9, 40, "t"), Estimate(0.3, 0.3, 0.3, 50, 9, 40, "stated")
    nothing = Estimate.undefined("a test alone", n=50, events=9, clusters=40, method="score test")
    print_evaluation(
        Evaluation(
            results=[
                ResultRow("net", -1, "test", "LVEF", "mean_difference", below, "", "regression"),
                ResultRow("net", -1, "test", "LVEF", "cut_off", cut_off, "", "regression"),
            ],
            curves=[],
            thresholds=[],
            comparisons=[
                ComparisonRow("net", -1, "net", -1, "test", "LVEF", "hazards", TestResult(nothing, 1.0, 0.3, "score"),
                              analysis="survival"),
            ],
            notes=[],
            protocol=Protocol(),
            predictions_hash="",
        ),
        output="table",
    )  # fmt: skip
    printed = capsys.readouterr().out
    assert "-0.200 (-0.500 to -0.100)" in printed
    assert "0.300" in printed
    assert "0.300 (" not in printed
    assert "nan" not in printed
