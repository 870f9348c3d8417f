from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from einthoven.errors import OneClassError
from einthoven.evaluation.statistics.integrated_calibration import (
    integrated_calibration,
    integrated_calibration_index,
)
from einthoven.evaluation.statistics.loess import loess
from fakes.calibration_reference import calibration_reference


def test_distances_are_those_of_r():
    """Mean, median, 90 % quantile and maximum of the distance from R's loess."""
    data = calibration_reference()
    found = integrated_calibration(data.score, data.truth, resamples=20)
    for name in ("ici", "e50", "e90", "emax"):
        assert getattr(found, name).value == pytest.approx(data.numbers[name], abs=1e-12)


def test_lines_give_the_numbers_of_val_prob():
    """Rms' val.prob smooths by lines over two thirds; so do we, to the fourth digit."""
    data = calibration_reference()
    distance = np.abs(loess(data.score, data.truth, span=2 / 3, degree=1) - data.score)
    expected = data.numbers["val_prob"]
    assert distance.mean() == pytest.approx(expected["Eavg"], abs=1e-5)
    assert np.quantile(distance, 0.9) == pytest.approx(expected["E90"], abs=1e-8)
    assert distance.max() == pytest.approx(expected["Emax"], abs=1e-8)


def test_weights_are_repeated_records():
    """The value of R on 608 repeated records."""
    data = calibration_reference()
    found = integrated_calibration_index(data.score, data.truth, weights=data.weight, resamples=20)
    assert found.value == pytest.approx(data.numbers["repeated_ici"], abs=1e-12)


def test_many_scores_are_binned_without_harm():
    """1,600 scores in bins are within a ten-thousandth of the exact curve's index."""
    rng = np.random.default_rng(3)
    logit = rng.normal(-1.5, 1.3, 1600)
    score, truth = special.expit(logit), (rng.random(1600) < special.expit(0.7 * logit - 0.3)).astype(float)
    exact = np.abs(loess(score, truth) - score)
    found = integrated_calibration_index(score, truth, resamples=20)
    assert found.value == pytest.approx(exact.mean(), abs=1e-4)


def test_a_calibrated_score_may_be_calibrated():
    """The interval reaches 0, and chance explains the value; a score that is too high by far has neither."""
    rng = np.random.default_rng(5)
    score = special.expit(rng.normal(-1, 1, 600))
    truth = (rng.random(600) < score).astype(float)
    good = integrated_calibration(score, truth, resamples=200)
    assert good.ici.low == 0
    assert good.ici.value < good.by_chance.high
    bad = integrated_calibration(np.sqrt(score), truth, resamples=200)
    assert bad.ici.low > bad.by_chance.high
    assert bad.e50.value <= bad.e90.value <= bad.emax.value


def test_repeated_patients_widen_the_interval():
    """Four copies of each patient's record tell nothing new, if they are named."""
    data = calibration_reference()
    rows, patient = np.repeat(np.arange(300), 4), np.repeat(np.arange(300), 4)
    score = np.sqrt(data.score)
    once, named, unnamed = (
        integrated_calibration_index(score[r], data.truth[r], clusters=c, resamples=200)
        for r, c in ((slice(None), None), (rows, patient), (rows, None))
    )
    assert named.high - named.low == pytest.approx(once.high - once.low, rel=0.2)
    assert unnamed.high - unnamed.low < 0.7 * (once.high - once.low)


def test_clusters_of_one_are_no_clusters():
    """To the last digit."""
    data = calibration_reference()
    names = np.random.default_rng(0).permutation(300)
    one, other = (integrated_calibration(data.score, data.truth, clusters=c, resamples=50) for c in (None, names))
    assert one == other


def test_distances_of_probabilities_stay_below_1():
    """Also where few high scores lie beyond the many near 0 and the parabola overshoots."""
    rng = np.random.default_rng(5)
    score = np.concatenate([rng.random(760) * 0.01, rng.uniform(0.05, 1, 40)])
    truth = rng.random(800) < np.where(score > 0.01, score**0.25, 0.001)
    found = integrated_calibration(score, truth, resamples=100)
    raw = loess(score, truth.astype(float))
    assert raw.max() > 1.05
    assert found.ici.value == pytest.approx(np.abs(raw.clip(0, 1) - score).mean(), abs=1e-3)
    assert found.emax.high <= 1


def test_one_class_is_refused():
    """Neither all positive nor all negative."""
    with pytest.raises(OneClassError):
        integrated_calibration_index([0.1, 0.4], [0, 0])


def test_a_constant_score_has_one_distance():
    """That of the prevalence; also when a class has one record."""
    found = integrated_calibration(np.full(20, 0.3), [1] + [0] * 19, resamples=50)
    assert found.ici.value == found.emax.value == pytest.approx(0.25)
