from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special

from einthoven.errors import InvalidScoreError, SpecificationError, StatisticsError, TooFewObservationsError
from einthoven.evaluation.statistics.conformal import conformal_quantiles, conformal_report, conformal_sets


def drawn(rng, patients, *, repeats=1, prevalence=0.3):
    """Return nonconformity of both classes and truth; a patient's records have one truth and like scores."""
    truth = np.repeat(rng.random(patients) < prevalence, repeats).astype(int)
    effect = np.repeat(rng.normal(size=patients), repeats)
    p = special.expit(2.5 * truth - 1.5 + effect + 0.3 * rng.normal(size=truth.size))
    return np.column_stack([p, 1 - p]), truth, np.arange(truth.size) // repeats


def test_quantile_is_the_usual_one_with_one_record_per_patient():
    """The ``ceil((n + 1) * coverage)``-th smallest."""
    rng = np.random.default_rng(0)
    for n, coverage in ((19, 0.9), (50, 0.9), (200, 0.95), (99, 0.5)):
        own = rng.random(n)
        found = conformal_quantiles(np.column_stack([own, own]), np.zeros(n, dtype=int), coverage=coverage)
        assert found[0] == np.sort(own)[math.ceil(round((n + 1) * coverage, 9)) - 1]


def test_copies_of_a_patient_change_nothing():
    """Whether they have one record or ten."""
    rng = np.random.default_rng(1)
    nonconformity, truth, patient = drawn(rng, 40)
    rows = np.repeat(np.arange(40), rng.integers(1, 10, 40))
    for per_class in (False, True):
        once = conformal_quantiles(nonconformity, truth, coverage=0.8, per_class=per_class)
        many = conformal_quantiles(
            nonconformity[rows], truth[rows], coverage=0.8, clusters=patient[rows], per_class=per_class
        )
        assert np.array_equal(once, many)


@pytest.mark.parametrize("repeats", [1, 5])
def test_new_patients_are_covered_as_promised(repeats):
    """On the mean of 300 calibrations with 60 patients; by class, each class is, and by all it isn't."""
    rng = np.random.default_rng(2)
    hits = {True: [[], []], False: [[], []]}
    for _ in range(300):
        calibration, known, patient = drawn(rng, 60, repeats=repeats)
        fresh, truth, _ = drawn(rng, 60)
        for per_class, found in hits.items():
            quantiles = conformal_quantiles(calibration, known, coverage=0.9, clusters=patient, per_class=per_class)
            inside = conformal_sets(fresh, quantiles)[np.arange(60), truth]
            for one in (0, 1):
                found[one].extend(inside[truth == one])
    assert np.mean(hits[False][0] + hits[False][1]) == pytest.approx(0.91, abs=0.015)
    assert min(np.mean(hits[True][0]), np.mean(hits[True][1])) > 0.89
    assert np.mean(hits[False][1]) < 0.88


def test_too_few_patients_exclude_nothing():
    """8 are not enough for 0.9, 9 are; a class without a record is in every set."""
    own = np.arange(9.0)
    nonconformity = np.column_stack([own, own])
    truth = np.zeros(9, dtype=int)
    assert conformal_quantiles(nonconformity[:8], truth[:8], coverage=0.9)[0] == math.inf
    assert conformal_quantiles(nonconformity, truth, coverage=0.9)[0] == 8
    assert conformal_quantiles(nonconformity, truth, coverage=0.9, per_class=True)[1] == math.inf
    assert conformal_sets([[50.0, 50.0]], [8.0, math.inf]).tolist() == [[False, True]]


def test_report_counts_records_and_takes_patients_for_its_intervals():
    """Of three classes; copies of a patient leave the interval of the mean size."""
    rng = np.random.default_rng(3)
    sets, truth = rng.random((50, 3)) < 0.6, rng.integers(0, 3, 50)
    once = conformal_report(sets, truth)
    rows = np.repeat(np.arange(50), 3)
    many = conformal_report(sets[rows], truth[rows], clusters=rows)
    inside = sets[np.arange(50), truth]
    assert once.coverage.value == inside.mean()
    assert [one.value for one in once.coverage_of_class] == [inside[truth == k].mean() for k in range(3)]
    assert once.empty.value == np.mean(~sets.any(axis=1))
    assert (many.size.low, many.size.high) == pytest.approx((once.size.low, once.size.high))
    weighted = conformal_report(sets, truth, weights=np.arange(1.0, 51))
    assert weighted.size.value == pytest.approx(np.average(sets.sum(1), weights=np.arange(1.0, 51)))


def test_a_class_without_records_has_no_coverage():
    """Undefined with a reason; the others are told."""
    report = conformal_report([[True, False], [True, True]], [0, 0])
    assert report.coverage_of_class[1].reason == "no record is of this class"
    assert report.coverage_of_class[0].value == 1


def test_wrong_input_is_refused():
    """Shapes, missing values, classes that aren't there, a coverage of 1, nothing."""
    with pytest.raises(StatisticsError, match="one truth per record"):
        conformal_sets_of([[0.1, 0.9]], [0, 1])
    with pytest.raises(InvalidScoreError, match="missing in record 0"):
        conformal_sets_of([[np.nan, 0.9]], [0])
    with pytest.raises(StatisticsError, match="truth must be a column 0 to 1"):
        conformal_sets_of([[0.1, 0.9]], [2])
    with pytest.raises(SpecificationError, match="between 0 and 1, got 1"):
        conformal_quantiles([[0.1, 0.9]], [0], coverage=1)
    with pytest.raises(TooFewObservationsError):
        conformal_sets_of(np.empty((0, 2)), [])


def conformal_sets_of(nonconformity, truth):
    """Return the quantiles at 0.9."""
    return conformal_quantiles(nonconformity, truth, coverage=0.9)
