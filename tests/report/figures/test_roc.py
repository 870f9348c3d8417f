"""ROC panels."""

from __future__ import annotations

import numpy as np

from einthoven.evaluation.estimate import Curve, Estimate
from einthoven.report.figures.roc import RocLine, roc_figure

CURVE = Curve(np.array([0.0, 0.2, 1.0]), np.array([0.0, 0.8, 1.0]), ("1 - specificity", "sensitivity"))
AREA = Estimate(0.8, 0.7, 0.9, n=100, events=30, clusters=90, method="DeLong")


def test_each_line_has_its_colour_and_its_area():
    axes = roc_figure("AF", [RocLine(CURVE, AREA), RocLine(CURVE, None)]).axes[0]
    lines = [line for line in axes.lines if line.get_drawstyle() == "steps-post"]
    assert len({line.get_color() for line in lines}) == 2
    assert "0.800 (0.700–0.900)" in [text.get_text() for text in axes.texts]
    assert axes.get_title(loc="left") == "AF"


def test_a_curve_is_drawn_as_it_is():
    axes = roc_figure("AF", [RocLine(CURVE, AREA)]).axes[0]
    drawn = next(line for line in axes.lines if line.get_drawstyle() == "steps-post")
    assert np.array_equal(drawn.get_xdata(), CURVE.x)
    assert np.array_equal(drawn.get_ydata(), CURVE.y)
