from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from einthoven.errors import SpecificationError
from einthoven.evaluation.calibration.calibrator import fit_calibrator
from einthoven.evaluation.calibration.venn_abers import multiprobability
from fakes.calibration_reference import calibration_reference

ORIGIN = {"split": "validation", "predictions_hash": "a"}
ELSEWHERE = {"split": "test", "predictions_hash": "a"}


def by_definition(score, truth, weight, new, label):
    """Return the isotonic probability of one score that was added with a label, all fitted anew."""
    values, position = np.unique(np.append(score, new), return_inverse=True)
    w = np.append(weight, 1.0)
    mass = np.bincount(position, w)
    steps = optimize.isotonic_regression(np.bincount(position, w * np.append(truth, label)) / mass, weights=mass).x
    return steps[np.searchsorted(values, new)]


@pytest.mark.parametrize("seed", range(4))
def test_both_probabilities_are_those_of_the_definition(seed):
    """With ties and weights; at, between and beyond the scores fitted on."""
    rng = np.random.default_rng(seed)
    data = calibration_reference()
    rows = rng.choice(300, 60, replace=False)
    score, truth = data.score[rows].round(2), data.truth[rows]
    weight = data.weight[rows] if seed % 2 else np.ones(60)
    calibrator = fit_calibrator("venn_abers", score, truth, weights=weight, **ORIGIN)
    at = np.concatenate([[0.0, 1.0], score[:20], rng.random(25)])
    both = multiprobability(calibrator, at, **ELSEWHERE)
    for found, label in ((both.p0, 0), (both.p1, 1)):
        assert found == pytest.approx([by_definition(score, truth, weight, s, label) for s in at], abs=1e-12)


def test_the_single_probability_lies_between_and_never_at_the_edge():
    """Unlike isotonic steps."""
    data = calibration_reference()
    calibrator = fit_calibrator("venn_abers", data.score, data.truth, **ORIGIN)
    at = np.linspace(0, 1, 301)
    both, single = multiprobability(calibrator, at, **ELSEWHERE), calibrator.apply(at, **ELSEWHERE)
    assert ((both.p0 <= single) & (single <= both.p1)).all()
    assert ((single > 0) & (single < 1)).all()
    assert np.array_equal(single, both.probability)


def test_others_have_no_two_probabilities():
    """Named."""
    data = calibration_reference()
    with pytest.raises(SpecificationError, match="got 'platt'"):
        multiprobability(fit_calibrator("platt", data.score, data.truth, **ORIGIN), [0.2], **ELSEWHERE)
