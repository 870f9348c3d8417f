"""ROC panels."""

from __future__ import annotations

import numpy as np

from einthoven.evaluation.estimate import Curve, Estimate
from einthoven.report.figures.roc import ReaderPoint, RocLine, roc_figure

CURVE = Curve(np.array([0.0, 0.2, 1.0]), np.array([0.0, 0.8, 1.0]), ("1 - specificity", "sensitivity"))
AREA = Estimate(0.8, 0.7, 0.9, n=100, events=30, clusters=90, method="DeLong")


def test_each_line_has_its_colour_and_its_area():
    axes = roc_figure("AF", [RocLine(CURVE, AREA), RocLine(CURVE, None)]).axes[0]
    lines = [line for line in axes.lines if len(line.get_xdata()) == CURVE.x.size]
    assert len({line.get_color() for line in lines}) == 2
    assert "0.800 (0.700–0.900)" in [text.get_text() for text in axes.texts]
    assert axes.get_title(loc="left") == "AF"


def test_a_curve_is_drawn_straight_from_corner_to_corner_so_that_ties_are_slopes():
    axes = roc_figure("AF", [RocLine(CURVE, AREA)]).axes[0]
    path = next(line for line in axes.lines if len(line.get_xdata()) == 3).get_path()
    assert path.vertices.tolist() == [[0.0, 0.0], [0.2, 0.8], [1.0, 1.0]]


def test_readers_are_points_told_apart_by_their_marks():
    readers = [ReaderPoint(0, 0.9, 0.8), ReaderPoint(2, 0.7, 0.95)]
    points = [line for line in roc_figure("AF", [], readers).axes[0].lines if line.get_linestyle() == "None"]
    assert [point.get_marker() for point in points] == ["o", "^"]
    assert [round(float(point.get_xdata()[0]), 6) for point in points] == [0.2, 0.05]
