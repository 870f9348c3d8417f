from __future__ import annotations

import pytest

from einthoven.evaluation.calibration.calibrator import fit_calibrator
from fakes.calibration_reference import calibration_reference


def test_intercept_is_that_of_r():
    """``glm(truth ~ offset(logit))``; afterwards as many events are expected as observed."""
    data = calibration_reference()
    found = fit_calibrator("intercept", data.score, data.truth, split="validation", predictions_hash="a")
    assert found.parameters["intercept"] == pytest.approx([data.numbers["intercept"]], abs=1e-10)
    mended = found.apply(data.score, split="test", predictions_hash="a")
    assert mended.sum() == pytest.approx(data.truth.sum())
