from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import SpecificationError
from einthoven.evaluation.statistics.loess import loess
from fakes.calibration_reference import calibration_reference


@pytest.mark.parametrize(
    ("name", "settings"), [("loess_2", {}), ("loess_1", {"degree": 1}), ("loess_half", {"span": 0.5})]
)
def test_curve_is_that_of_r(name, settings):
    """``loess(surface = "direct")`` of R 4.2.2, on 300 records."""
    data = calibration_reference()
    found = loess(data.score, data.truth, at=np.array(data.numbers["at"]), **settings)
    assert found == pytest.approx(data.numbers[name], abs=1e-12)


def test_weights_are_repeated_records():
    """Also where the neighbourhood is no whole number of records."""
    data = calibration_reference()
    part = slice(0, 101)
    score, truth, weight = data.score[part], data.truth[part], data.weight[part]
    rows = np.repeat(np.arange(101), weight.astype(int))
    at = np.linspace(0.1, 0.9, 5)
    assert loess(score, truth, at=at, weight=weight) == pytest.approx(loess(score[rows], truth[rows], at=at), abs=1e-12)
    assert loess(score, truth, at=at, weight=10 * weight) == pytest.approx(loess(score, truth, at=at, weight=weight))


def test_polynomials_of_its_degree_are_met_exactly():
    """A parabola by parabolas, a line by lines."""
    x = np.linspace(0, 1, 40) ** 2
    assert loess(x, 3 - x + 2 * x**2) == pytest.approx(3 - x + 2 * x**2, abs=1e-9)
    assert loess(x, 3 - x, degree=1) == pytest.approx(3 - x, abs=1e-9)


def test_ties_lower_the_degree_instead_of_blowing_up():
    """Two values carry no parabola, one value no line."""
    x, y = np.array([0.1, 0.1, 0.1, 0.7, 0.7]), np.array([0.0, 1.0, 0.0, 1.0, 1.0])
    assert loess(x, y, span=1.0)[[0, -1]] == pytest.approx([1 / 3, 1.0])
    assert loess(np.full(5, 0.2), y) == pytest.approx(np.full(5, 0.6))


@pytest.mark.parametrize("settings", [{"span": 0.0}, {"span": 1.2}, {"degree": 3}])
def test_settings_without_meaning_are_refused(settings):
    """With what came."""
    with pytest.raises(SpecificationError, match="loess needs a span"):
        loess(np.arange(5.0), np.arange(5.0), **settings)
