from __future__ import annotations

import numpy as np

from einthoven.evaluation.estimate import Curve
from einthoven.report.figures.lines import Line, line_figure


def curve(y, *, band=False):
    x, y = np.linspace(0, 1, len(y)), np.array(y, dtype=float)
    return Curve(x, y, ("threshold", "net benefit"), y - 0.1 if band else None, y + 0.1 if band else None)


def test_each_model_is_a_line_and_references_are_quiet():
    """A legend names them; the axes are named after the first curve."""
    figure = line_figure("AF", [Line("net", curve([0.2, 0.1], band=True)), Line("all", curve([0.2, -9]), quiet=True)])
    (axes,) = figure.axes
    assert [line.get_label() for line in axes.lines] == ["net", "all"]
    assert [line.get_linestyle() for line in axes.lines] == ["-", "--"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Threshold", "Net benefit")
    assert len(axes.collections) == 1


def test_a_line_that_falls_without_end_does_not_hide_the_others():
    """The y axis begins where it is told to."""
    figure = line_figure("AF", [Line("all", curve([0.2, float("-inf")]))], y_from=-0.02)
    low, high = figure.axes[0].get_ylim()
    assert (low, round(high, 6)) == (-0.02, 0.22)


def test_steps_and_diagonal():
    """Survival is constant between events; calibration has its line of identity."""
    figure = line_figure("AF", [Line("low", curve([1, 0.9], band=True))], steps=True, diagonal=True)
    diagonal, line = figure.axes[0].lines
    assert line.get_drawstyle() == "steps-post"
    assert diagonal.get_xydata().tolist() == [[0, 0], [1, 1]]
    assert figure.axes[0].get_legend() is None
