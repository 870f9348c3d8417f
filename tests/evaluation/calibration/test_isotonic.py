from __future__ import annotations

import numpy as np
import pytest

from einthoven.evaluation.calibration.calibrator import fit_calibrator
from fakes.calibration_reference import calibration_reference

ORIGIN = {"split": "validation", "predictions_hash": "a"}
ELSEWHERE = {"split": "test", "predictions_hash": "a"}


def test_steps_are_those_of_r():
    """``isoreg``, at the scores in order."""
    data = calibration_reference()
    found = fit_calibrator("isotonic", data.score, data.truth, **ORIGIN)
    assert found.apply(np.sort(data.score), **ELSEWHERE) == pytest.approx(data.numbers["isotonic"], abs=1e-12)


def test_between_and_beyond_the_scores_it_is_that_of_scikit_learn():
    """With ties and weights; ``out_of_bounds="clip"``."""
    from sklearn.isotonic import IsotonicRegression

    data = calibration_reference()
    score = data.score.round(2)
    theirs = IsotonicRegression(out_of_bounds="clip").fit(score, data.truth, sample_weight=data.weight)
    ours = fit_calibrator("isotonic", score, data.truth, weights=data.weight, **ORIGIN)
    at = np.linspace(0, 1, 1001)
    assert ours.apply(at, **ELSEWHERE) == pytest.approx(theirs.predict(at), abs=1e-9)
