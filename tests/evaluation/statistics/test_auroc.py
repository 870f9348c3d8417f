from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from einthoven.errors import InvalidScoreError, OneClassError
from einthoven.evaluation.statistics.auroc import auroc


def test_equals_the_share_of_concordant_pairs(reference):
    """The area is the mean over all pairs."""
    for name, expected in zip("ab", reference.numbers["auroc"], strict=True):
        assert auroc(getattr(reference, name), reference.truth).value == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("digits", [1, 2, 16])
def test_equals_scikit_learn_with_and_without_ties(digits):
    """Ties count half."""
    rng = np.random.default_rng(digits)
    truth = rng.random(500) < 0.1
    score = np.round(rng.random(500) + 0.2 * truth, digits)
    assert auroc(score, truth).value == pytest.approx(roc_auc_score(truth, score), abs=1e-14)


@pytest.mark.real_data
def test_area_and_interval_equal_pROC(haemorrhage):  # noqa: N802 - the package's own spelling
    """All printed digits of R's pROC, on all patients and on the women."""
    for name, expected in haemorrhage.expected["auc"].items():
        assert auroc(haemorrhage.scores[name], haemorrhage.truth).value == pytest.approx(expected, abs=1e-14)
    every, female = haemorrhage.scores["ndka"], haemorrhage.female
    for expected, kept in (("ndka", slice(None)), ("ndka_female_only", female)):
        found = auroc(every[kept], haemorrhage.truth[kept])
        low, value, high = haemorrhage.expected["ci_auc_delong_95"][expected]
        assert (found.low, found.value, found.high) == pytest.approx((low, value, high), abs=1e-10)
        assert found.method == "DeLong"


def test_interval_is_cut_to_the_unit_interval():
    """An area near 1 has an upper limit of 1, no more."""
    estimate = auroc([0.1, 0.2, 0.3, 0.35, 0.8, 0.9, 0.33], [0, 0, 0, 0, 1, 1, 1])
    assert 0 < estimate.low < estimate.value < estimate.high == 1.0


@pytest.mark.parametrize("value", [1.0, 0.0])
def test_a_perfect_score_has_an_interval_with_width(value):
    """DeLong's own interval would be a point; the exact binomial one on 5 pairs is not, and says so."""
    truth = np.array([0] * 8 + [1] * 5)
    score = np.arange(13.0) if value else -np.arange(13.0)
    estimate = auroc(score, truth)
    bound = 0.025 ** (1 / 5)
    assert (estimate.low, estimate.high) == pytest.approx((bound, 1.0) if value else (0.0, 1 - bound))
    assert "exact binomial on 5 independent pairs" in estimate.method


def test_one_positive_gives_the_widest_interval():
    """Nothing is known about the spread among positives."""
    estimate = auroc([0.1, 0.5, 0.4, 0.8], [0, 0, 1, 0])
    assert (estimate.low, estimate.value, estimate.high) == (0.0, pytest.approx(1 / 3), 1.0)
    assert "no interval" in estimate.method


def test_repeated_patients_change_the_interval_and_the_method(reference):
    """The area stays, the interval is Obuchowski's, and the number of patients is told."""
    by_record, by_patient = (auroc(reference.a, reference.truth, clusters=c) for c in (None, reference.patient))
    assert by_record.value == by_patient.value
    assert (by_patient.clusters, by_record.clusters) == (30, reference.truth.size)
    half_width = (by_patient.high - by_patient.low) / 2
    assert half_width == pytest.approx(1.959964 * reference.numbers["clustered_covariance"][0][0] ** 0.5, rel=1e-6)
    assert "clustered by patient" in by_patient.method


def test_interval_covers_the_truth_as_often_as_it_says():
    """Of 400 samples some 95 % of intervals hold the true area."""
    rng, truth = np.random.default_rng(5), np.arange(150) < 50
    true_area = 0.760249938906524  # Phi(1 / sqrt 2)
    covered = 0
    for _ in range(400):
        estimate = auroc(rng.normal(size=150) + truth, truth)
        covered += estimate.low <= true_area <= estimate.high
    assert 0.92 <= covered / 400 <= 0.98


def test_nan_is_refused():
    """A missing score is named by its position."""
    with pytest.raises(InvalidScoreError, match="position 1"):
        auroc([0.1, np.nan, 0.3], [0, 1, 0])


@pytest.mark.parametrize(("truth", "words"), [([0, 0], "none of the 2 records is positive"), ([1, 1], "are positive")])
def test_one_class_is_refused(truth, words):
    """Without both classes there is no pair to compare."""
    with pytest.raises(OneClassError, match=words):
        auroc([0.1, 0.2], truth)
