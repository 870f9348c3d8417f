from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from einthoven.errors import StatisticsError
from einthoven.evaluation.calibration.calibrator import fit_calibrator
from fakes.calibration_reference import calibration_reference

ORIGIN = {"split": "validation", "predictions_hash": "a"}


def test_curve_is_that_of_r_with_platts_targets():
    """On the logit of a probability."""
    data = calibration_reference()
    found = fit_calibrator("platt", data.score, data.truth, **ORIGIN)
    assert [*found.parameters["intercept"], *found.parameters["slope"]] == pytest.approx(
        data.numbers["platt"], abs=1e-8
    )


def test_curve_is_that_of_scikit_learn():
    """``CalibratedClassifierCV(method="sigmoid")`` around the score as decision function."""
    from sklearn.calibration import _SigmoidCalibration

    data = calibration_reference()
    logit = special.logit(data.score)
    theirs = _SigmoidCalibration().fit(logit, data.truth).predict(logit)
    ours = fit_calibrator("platt", logit, data.truth, score_kind="value", **ORIGIN)
    assert ours.apply(logit, split="test", predictions_hash="a") == pytest.approx(theirs, abs=1e-8)


def test_scores_that_separate_the_classes_have_a_curve():
    """Platt's targets keep it finite; the middle lies between the classes."""
    found = fit_calibrator("platt", [1.0, 2.0, 300.0, 419.0], [0, 0, 1, 1], score_kind="value", **ORIGIN)
    low, high = found.apply([2.0, 300.0], split="test", predictions_hash="a")
    assert 0.1 < low < 0.4
    assert 0.6 < high < 0.9


def test_a_score_the_wrong_way_round_or_constant_is_refused():
    """Each with what is wrong."""
    data = calibration_reference()
    with pytest.raises(StatisticsError, match="won't turn the ranking round"):
        fit_calibrator("platt", -data.score, data.truth, score_kind="value", **ORIGIN)
    with pytest.raises(StatisticsError, match=r"constant, 0\.3"):
        fit_calibrator("platt", np.full(300, 0.3), data.truth, **ORIGIN)
