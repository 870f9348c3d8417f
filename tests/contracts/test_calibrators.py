"""What holds for every calibrator in the table ``CALIBRATORS``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import special

import einthoven.evaluation.calibration as family
from einthoven.errors import LeakageError, OneClassError
from einthoven.evaluation.calibration import CALIBRATORS
from einthoven.evaluation.calibration.calibrator import Calibrator, fit_calibrator

ORIGIN = {"split": "validation", "predictions_hash": "abc", "label": "AF"}
ELSEWHERE = {"split": "test", "predictions_hash": "abc"}
EXTREME = np.array([0.0, 1e-300, 1e-9, 0.5, 1 - 1e-9, 1.0])


@pytest.fixture(params=sorted(CALIBRATORS))
def name(request):
    """Return each member's name."""
    return request.param


def overconfident(seed, n=1500):
    """Return scores twice too far from 1/2 on the logit and too high, with the truth."""
    rng = np.random.default_rng(seed)
    logit = rng.normal(0, 1, n)
    return special.expit(2 * logit + 0.8), (rng.random(n) < special.expit(logit)).astype(float)


def log_loss(probability, truth):
    """Return the mean log loss."""
    p = np.clip(probability, 1e-6, 1 - 1e-6)
    return -np.mean(truth * np.log(p) + (1 - truth) * np.log1p(-p))


def test_ranking_is_kept_and_probabilities_are_probabilities(name):
    """Of sorted scores, those of 0 and 1 among them, none falls and all lie in [0, 1]."""
    found = fit_calibrator(name, *overconfident(0), **ORIGIN)
    at = np.sort(np.concatenate([EXTREME, np.linspace(0, 1, 500)]))
    mended = found.apply(at, **ELSEWHERE)
    assert (np.diff(mended) >= -1e-15).all()
    assert ((mended >= 0) & (mended <= 1)).all()
    assert mended.max() - mended.min() > 0.5


def test_log_loss_of_other_records_falls(name):
    """Fitted on one sample of an overconfident score, measured on another."""
    found = fit_calibrator(name, *overconfident(0), **ORIGIN)
    score, truth = overconfident(1)
    assert log_loss(found.apply(score, **ELSEWHERE), truth) < log_loss(score, truth) - 0.02


def test_json_gives_it_back_to_the_last_digit(name):
    """Its parameters, its origin, and what it makes of scores."""
    found = fit_calibrator(name, *overconfident(0, n=200), **ORIGIN)
    back = Calibrator.from_json(found.to_json())
    assert back == found
    at = np.linspace(0, 1, 50)
    assert np.array_equal(back.apply(at, **ELSEWHERE), found.apply(at, **ELSEWHERE))


def test_one_class_is_refused(name):
    """There is nothing to learn from it."""
    for value in (0, 1):
        with pytest.raises(OneClassError):
            fit_calibrator(name, [0.1, 0.7], [value, value], **ORIGIN)


def test_own_records_are_refused(name):
    """It would look better than it is."""
    score, truth = overconfident(0, n=200)
    with pytest.raises(LeakageError):
        fit_calibrator(name, score, truth, **ORIGIN).apply(score, split="validation", predictions_hash="abc")


def test_scores_of_0_and_1_are_fitted(name):
    """Right and wrong ones."""
    score, truth = overconfident(0, n=300)
    score = np.concatenate([score, [0.0, 0.0, 1.0, 1.0]])
    found = fit_calibrator(name, score, np.concatenate([truth, [0, 1, 0, 1]]), **ORIGIN)
    assert np.isfinite(found.apply(EXTREME, **ELSEWHERE)).all()


def test_order_of_records_does_not_matter_and_weights_are_repeated_records(name):
    """To rounding."""
    score, truth = overconfident(0, n=200)
    weight = np.random.default_rng(5).integers(1, 4, 200)
    rows = np.random.default_rng(6).permutation(np.repeat(np.arange(200), weight))
    at = np.linspace(0, 1, 50)
    one = fit_calibrator(name, score, truth, weights=weight, **ORIGIN).apply(at, **ELSEWHERE)
    other = fit_calibrator(name, score[rows], truth[rows], **ORIGIN).apply(at, **ELSEWHERE)
    assert one == pytest.approx(other, abs=1e-9)


def test_every_file_is_tested():
    """A file without a test file of the same name is an omission."""
    sources = {path.stem for path in Path(family.__file__).parent.glob("*.py")} - {"__init__"}
    tests = {p.stem.removeprefix("test_") for p in (Path(__file__).parent.parent / "evaluation/calibration").glob("*")}
    assert sources <= tests
