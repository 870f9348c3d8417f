from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from einthoven.errors import StatisticsError
from einthoven.evaluation.calibration.logistic_fit import logistic_fit


def test_coefficients_are_those_of_a_general_optimiser():
    """With weights, an offset and targets between 0 and 1."""
    rng = np.random.default_rng(0)
    design = np.column_stack([np.ones(80), rng.normal(size=80) * 100])
    target, weight, offset = rng.random(80), rng.uniform(0.5, 3, 80), rng.normal(size=80)

    def loss(b):
        eta = offset + design @ [b[0], b[1] / 100]
        return weight @ (np.logaddexp(0, eta) - target * eta)

    best = optimize.minimize(loss, [0.0, 0.0], tol=1e-12).x
    assert logistic_fit(design, target, weight=weight, offset=offset) * [1, 100] == pytest.approx(best, abs=1e-5)


def test_no_maximum_is_said():
    """Perfect separation, and columns that are the same."""
    x = np.arange(6.0)
    with pytest.raises(StatisticsError, match="no maximum"):
        logistic_fit(np.column_stack([np.ones(6), x]), (x > 2).astype(float), weight=np.ones(6))
    with pytest.raises(StatisticsError, match="no maximum"):
        logistic_fit(np.ones((6, 2)), (x > 2).astype(float), weight=np.ones(6))
