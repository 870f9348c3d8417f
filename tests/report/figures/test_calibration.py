"""Calibration panels."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.evaluation.estimate import Curve
from einthoven.report.figures.calibration import calibration_figure

X, Y = np.array([0.1, 0.5, 0.9]), np.array([0.2, 0.5, 0.7])


@pytest.mark.parametrize("band", [True, False])
@pytest.mark.parametrize("predicted", [None, np.array([]), np.array([0.1, 0.1, 1.0])])
def test_points_are_drawn_with_or_without_band_and_predictions(band, predicted):
    curve = Curve(X, Y, ("predicted", "observed"), *((Y - 0.1, Y + 0.1) if band else (None, None)))
    figure = calibration_figure("AF", curve, predicted=predicted, note="slope 0.90")
    assert any(np.array_equal(line.get_ydata(), Y) for line in figure.axes[0].lines)
    assert "slope 0.90" in [text.get_text() for text in figure.axes[0].texts]
    assert len(figure.axes) == (2 if predicted is not None and predicted.size else 1)
    assert [axes.get_xlabel() for axes in figure.axes][-1] == "Predicted probability"


def test_the_histogram_shows_square_roots_of_counts():
    figure = calibration_figure("AF", Curve(X, Y, ("p", "o")), predicted=np.array([0.01] * 9 + [0.99]))
    heights = figure.axes[1].patches[0].get_data().values
    assert (heights.max(), heights[-1]) == (3.0, 1.0)
