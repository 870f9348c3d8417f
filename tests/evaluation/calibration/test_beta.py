from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import StatisticsError
from einthoven.evaluation.calibration.calibrator import fit_calibrator
from fakes.calibration_reference import calibration_reference

ORIGIN = {"split": "validation", "predictions_hash": "a"}


def test_curve_is_that_of_r():
    """``glm(truth ~ log(p) + log(1 - p))``."""
    data = calibration_reference()
    found = fit_calibrator("beta", data.score, data.truth, **ORIGIN)
    c, a, b = data.numbers["beta"]
    expected = {
        "a": (pytest.approx(a, abs=1e-8),),
        "b": (pytest.approx(-b, abs=1e-8),),
        "c": (pytest.approx(c, abs=1e-8),),
    }
    assert dict(found.parameters) == expected


def test_a_negative_coefficient_is_held_at_0():
    """The curve still rises, and the other is that of the logistic model with it alone."""
    from einthoven.evaluation.calibration.logistic_fit import logistic_fit

    rng = np.random.default_rng(7)
    p = rng.uniform(0.02, 0.98, 4000)
    # rises with log p, but falls with -log(1 - p): a hump, whose rising part wins
    truth = (rng.random(4000) < 1 / (1 + np.exp(-(1.5 * np.log(p) + 0.3 * np.log1p(-p) + 1)))).astype(float)
    found = fit_calibrator("beta", p, truth, **ORIGIN)
    assert found.parameters["b"] == (0.0,)
    alone = logistic_fit(np.column_stack([np.log(p), np.ones(4000)]), truth, weight=np.ones(4000))
    assert [*found.parameters["a"], *found.parameters["c"]] == pytest.approx(alone, abs=1e-8)


def test_a_score_the_wrong_way_round_is_refused():
    """Not turned."""
    data = calibration_reference()
    with pytest.raises(StatisticsError, match="won't turn the ranking round"):
        fit_calibrator("beta", 1 - data.score, data.truth, **ORIGIN)
