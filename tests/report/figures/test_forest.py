from __future__ import annotations

import math

from einthoven.evaluation.estimate import Estimate
from einthoven.report.figures.forest import ForestRow, forest_figure
from einthoven.report.figures.theme import MUTED, SERIES


def estimate(value, reason=None):
    return Estimate(value, value - 0.1, value + 0.1, 40, 9, 30, "DeLong", reason=reason)


def test_each_subgroup_is_a_row_and_doubtful_ones_are_grey():
    """Those without a number are left out; the line is the value in all records."""
    undefined = Estimate.undefined("no events", n=4, events=0, clusters=4, method="none")
    rows = [
        ForestRow("sex: F", estimate(0.8)),
        ForestRow("sex: M $", estimate(0.7, "9 events, fewer than 20")),
        ForestRow("sex: unknown", undefined),
    ]
    (axes,) = forest_figure("AF", rows, whole=estimate(0.75), metric="AUROC").axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["sex: F", "sex: M $"]
    squares = [line for line in axes.lines if line.get_marker() == "s"]
    assert [line.get_color() for line in squares] == [SERIES[0], MUTED]
    assert any(text.get_text().startswith("0.800 (0.700–0.900)   9/40") for text in axes.texts)


def test_without_rows_there_is_an_empty_plot():
    """Nothing fails where no subgroup has a number."""
    undefined = Estimate.undefined("no events", n=4, events=0, clusters=4, method="none")
    (axes,) = forest_figure("AF", [ForestRow("a", undefined)], whole=undefined, metric="AUROC").axes
    assert not [text for text in axes.texts if not math.isnan(text.get_position()[0])]
