from __future__ import annotations

import json

import numpy as np
import pytest

from einthoven.errors import InvalidScoreError, LeakageError, SpecificationError, UnknownNameError
from einthoven.evaluation.calibration.calibrator import Calibrator, fit_calibrator

ORIGIN = {"split": "validation", "predictions_hash": "abc"}
SCORE, TRUTH = [0.1, 0.3, 0.2, 0.4, 0.6], [0, 0, 1, 1, 1]


def test_it_refuses_the_scores_that_it_was_fitted_on():
    """And takes another split, or the same split of other predictions."""
    calibrator = fit_calibrator("platt", SCORE, TRUTH, label="AF", **ORIGIN)
    with pytest.raises(LeakageError, match=r"'platt' of label 'AF' was fitted on split 'validation'"):
        calibrator.apply(SCORE, **ORIGIN)
    one = calibrator.apply(SCORE, split="test", predictions_hash="abc")
    other = calibrator.apply(SCORE, split="validation", predictions_hash="other")
    assert np.array_equal(one, other)


def test_it_knows_what_it_was_fitted_on():
    """Records, positives, whose scores."""
    found = fit_calibrator("platt", SCORE, TRUTH, label="AF", model="net", seed=2, **ORIGIN)
    assert (found.n, found.events, found.model, found.seed, found.score_kind) == (5, 3, "net", 2, "probability")


def test_kinds_that_it_does_not_take_are_refused():
    """A raw value has no temperature."""
    with pytest.raises(InvalidScoreError, match="takes scores of kind probability or logit, got 'value'"):
        fit_calibrator("temperature", SCORE, TRUTH, score_kind="value", **ORIGIN)
    with pytest.raises(UnknownNameError, match="did you mean 'platt'"):
        fit_calibrator("plat", SCORE, TRUTH, **ORIGIN)


def test_missing_scores_are_refused():
    """At applying, too."""
    calibrator = fit_calibrator("isotonic", SCORE, TRUTH, **ORIGIN)
    with pytest.raises(InvalidScoreError, match="got nan at position 1"):
        calibrator.apply([0.2, np.nan], split="test", predictions_hash="abc")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"type": "threshold"}, "no calibrator"),
        ({"version": 2}, "version must be 1, got 2"),
        ({"split": None, "surplus": 1}, "wrong fields"),
        ({"parameters": {"slope": ["x"]}}, "wrong fields"),
    ],
)
def test_other_files_are_refused(change, said):
    """By what they are."""
    text = fit_calibrator("platt", SCORE, TRUTH, **ORIGIN).to_json()
    with pytest.raises(SpecificationError, match=said):
        Calibrator.from_json(json.dumps(json.loads(text) | change))
    with pytest.raises(SpecificationError, match="written in JSON"):
        Calibrator.from_json("{")
