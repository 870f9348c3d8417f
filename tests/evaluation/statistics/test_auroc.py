from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from einthoven.errors import InvalidScoreError, OneClassError, SpecificationError
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
        found = auroc(every[kept], haemorrhage.truth[kept], method="delong")
        low, value, high = haemorrhage.expected["ci_auc_delong_95"][expected]
        assert (found.low, found.value, found.high) == pytest.approx((low, value, high), abs=1e-10)
        assert found.method == "DeLong"


def test_interval_is_cut_to_the_unit_interval():
    """An area near 1 has an upper limit of 1 by DeLong, and one below 1 by the others."""
    score, truth = [0.1, 0.2, 0.3, 0.35, 0.8, 0.9, 0.33], [0, 0, 0, 0, 1, 1, 1]
    plain = auroc(score, truth, method="delong")
    assert 0 < plain.low < plain.value < plain.high == 1.0
    for method in ("auto", "logit"):
        other = auroc(score, truth, method=method)
        assert 0 < other.low < other.value < other.high < 1.0


@pytest.mark.parametrize("value", [1.0, 0.0])
def test_a_perfect_score_has_an_interval_with_width(value):
    """DeLong's own interval would be a point; the exact binomial one on 5 pairs is not, nor is the score interval."""
    truth = np.array([0] * 8 + [1] * 5)
    score = np.arange(13.0) if value else -np.arange(13.0)
    estimate = auroc(score, truth, method="delong")
    bound = 0.025 ** (1 / 5)
    assert (estimate.low, estimate.high) == pytest.approx((bound, 1.0) if value else (0.0, 1 - bound))
    assert "exact binomial on 5 independent pairs" in estimate.method
    few = auroc(score, truth)
    assert few.method == "DeLong, score interval"
    assert (few.high == 1.0 and 0.5 < few.low < 0.9) if value else (few.low == 0.0 and 0.1 < few.high < 0.5)


def test_one_positive_gives_the_widest_interval():
    """Nothing is known about the spread among positives."""
    estimate = auroc([0.1, 0.5, 0.4, 0.8], [0, 0, 1, 0])
    assert (estimate.low, estimate.value, estimate.high) == (0.0, pytest.approx(1 / 3), 1.0)
    assert "no interval" in estimate.method


def test_repeated_patients_change_the_interval_and_the_method(reference):
    """The area stays, the interval is Obuchowski's, and the number of patients is told."""
    by_record, by_patient = (
        auroc(reference.a, reference.truth, clusters=c, method="delong") for c in (None, reference.patient)
    )
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


@pytest.mark.parametrize(("events", "name"), [(100, "DeLong"), (20, "DeLong, score interval")])
def test_few_misplaced_records_have_the_score_interval(events, name):
    """DeLong's own interval with 15 misplaced events or more, by the value and the events alone."""
    rng = np.random.default_rng(3)
    truth = np.arange(1000) < events
    estimate = auroc(rng.normal(size=1000) + 1.2 * truth, truth)
    assert estimate.method == name
    assert (events * (1 - estimate.value) >= 15) == (name == "DeLong")


def test_ten_events_are_covered():
    """At 10 events and an area of 0.95 DeLong's interval covers 77 %, the chosen one no less than 94 %."""
    rng, truth = np.random.default_rng(8), np.arange(200) < 10
    chosen, plain = 0, 0
    for _ in range(400):
        score = rng.normal(size=200) + 2.3261743073533482 * truth  # sqrt 2 times the normal quantile of 0.95
        for name in ("auto", "delong"):
            estimate = auroc(score, truth, method=name)
            covered = estimate.low <= 0.95 <= estimate.high
            chosen, plain = chosen + (covered and name == "auto"), plain + (covered and name == "delong")
    assert chosen >= 0.96 * 400
    assert plain <= 0.85 * 400


def test_a_score_that_ties_all_records_has_an_interval_with_width():
    """Its area is 1/2 by definition, and DeLong's variance 0, which is no knowledge."""
    estimate = auroc(np.ones(80), np.arange(80) < 40)
    assert estimate.value == 0.5
    assert estimate.high - estimate.low > 0.2


def test_turned_scores_have_the_turned_interval():
    """1 - area, mirrored, by each method without random numbers."""
    rng = np.random.default_rng(0)
    truth = np.arange(60) < 15
    score = rng.normal(size=60) + truth
    for method in ("auto", "delong", "logit"):
        one, other = auroc(score, truth, method=method), auroc(-score, truth, method=method)
        assert (other.low, other.value, other.high) == pytest.approx((1 - one.high, 1 - one.value, 1 - one.low))


def test_whole_weights_are_repeated_records():
    """Value and interval are those of the repeated records, told that the repeats are one patient's."""
    rng = np.random.default_rng(1)
    truth, weight = rng.random(150) < 0.2, rng.integers(1, 5, 150)
    score = np.round(rng.normal(size=150) + truth, 1)
    rows = np.repeat(np.arange(150), weight)
    one = auroc(score, truth, weights=weight, method="delong")
    other = auroc(score[rows], truth[rows], clusters=rows, method="delong")
    assert (one.low, one.value, one.high) == pytest.approx((other.low, other.value, other.high), abs=1e-12)


def test_bootstrap_is_near_delong():
    """On data with plenty of both classes all methods agree."""
    rng = np.random.default_rng(2)
    truth = np.arange(600) < 200
    score = rng.normal(size=600) + truth
    ends = [(e.low, e.high) for e in (auroc(score, truth, method=m) for m in ("auto", "delong", "logit", "bootstrap"))]
    assert ends[0] == ends[1]
    assert np.ptp(ends, axis=0).max() < 0.006


def test_a_million_records_have_an_exact_area():
    """Every second record is positive; the number of pairs is beyond 32 bits."""
    positives = 500_000
    estimate = auroc(np.arange(2.0 * positives), np.arange(2 * positives) % 2 == 1)
    assert estimate.value == (positives + 1) / (2 * positives)
    assert estimate.method == "DeLong"


def test_an_unknown_method_is_named():
    """With those that exist."""
    with pytest.raises(SpecificationError, match="auto, delong, logit, bootstrap, got 'hanley'"):
        auroc([0.1, 0.2], [0, 1], method="hanley")


def test_nan_is_refused():
    """A missing score is named by its position."""
    with pytest.raises(InvalidScoreError, match="position 1"):
        auroc([0.1, np.nan, 0.3], [0, 1, 0])


@pytest.mark.parametrize(("truth", "words"), [([0, 0], "none of the 2 records is positive"), ([1, 1], "are positive")])
def test_one_class_is_refused(truth, words):
    """Without both classes there is no pair to compare."""
    with pytest.raises(OneClassError, match=words):
        auroc([0.1, 0.2], truth)
