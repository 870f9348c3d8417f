"""Cells of estimates carry where the number comes from."""

from __future__ import annotations

from einthoven.evaluation.estimate import Estimate
from einthoven.report.blocks import FigureBlock, Panel, estimate_cell


def test_a_cell_names_method_and_sizes():
    cell = estimate_cell(Estimate(0.8, 0.7, 0.9, n=50, events=40, clusters=45, method="exact"), fraction=True)
    assert (cell.text, cell.interval, cell.detail) == ("0.800", "(0.700–0.900)", "40/50")
    assert cell.tip == "exact; n = 50, events = 40, patients = 45"


def test_an_undefined_estimate_gives_its_reason():
    cell = estimate_cell(Estimate.undefined("no positives", n=9, events=0, clusters=9, method="DeLong"))
    assert cell.text == "–"
    assert cell.tip.startswith("no positives")


def test_an_estimate_that_was_not_computed_is_a_dash():
    assert estimate_cell(None).text == "–"


def test_five_panels_stand_in_rows_of_three():
    columns = [FigureBlock("x.", tuple([Panel("", "x")] * n)).columns for n in range(1, 10)]
    assert columns == [1, 2, 3, 4, 3, 3, 4, 4, 3]
