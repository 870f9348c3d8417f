from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from einthoven.errors import StatisticsError
from einthoven.evaluation.calibration.calibrator import fit_calibrator
from fakes.calibration_reference import calibration_reference

ORIGIN = {"split": "validation", "predictions_hash": "a"}


def test_temperature_is_that_of_r():
    """``glm(truth ~ 0 + logit)``; of logits it is the same."""
    data = calibration_reference()
    for score, kind in ((data.score, "probability"), (special.logit(data.score), "logit")):
        found = fit_calibrator("temperature", score, data.truth, score_kind=kind, **ORIGIN)
        assert found.parameters["temperature"] == pytest.approx([data.numbers["temperature"]], abs=1e-10)
        half = found.apply(np.array([0.5 if kind == "probability" else 0.0]), split="test", predictions_hash="a")
        assert half == pytest.approx([0.5])


def test_a_score_the_wrong_way_round_has_no_temperature():
    """Dividing can't turn it."""
    data = calibration_reference()
    with pytest.raises(StatisticsError, match="no temperature fits"):
        fit_calibrator("temperature", 1 - data.score, data.truth, **ORIGIN)
