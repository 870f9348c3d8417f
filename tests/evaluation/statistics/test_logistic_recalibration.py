from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import special, stats

from einthoven.evaluation.statistics.binary_outcome import binary_outcome
from einthoven.evaluation.statistics.logistic_recalibration import fit_recalibration, recalibration

IN_R = Path(__file__).resolve().parents[2] / "reference" / "base_statistics.json"


@pytest.fixture(scope="module")
def in_r():
    """Return what R gives for the data of ``reference``, recorded by base_statistics.R."""
    return json.loads(IN_R.read_text(encoding="utf-8"))


def test_wald_interval_covers_as_often_as_it_says():
    """Of 300 samples of a calibrated score some 95 % of intervals hold a slope of 1 and an intercept of 0."""
    rng = np.random.default_rng(11)
    covered = {"slope": 0, "intercept": 0}
    for _ in range(300):
        score = special.expit(rng.normal(size=300))
        data = binary_outcome(score, rng.random(300) < score)
        for quantity, truth in (("slope", 1.0), ("intercept", 0.0)):
            estimate = fit_recalibration(data, quantity=quantity, level=0.95)
            covered[quantity] += estimate.low <= truth <= estimate.high
    assert all(0.91 <= count / 300 <= 0.985 for count in covered.values())


def test_level_widens_the_interval(reference):
    """99 % is 2.576 / 1.960 times as wide as 95 %."""
    data = binary_outcome(reference.a, reference.truth)
    wide, narrow = (fit_recalibration(data, quantity="slope", level=level) for level in (0.99, 0.95))
    assert (wide.high - wide.low) / (narrow.high - narrow.low) == pytest.approx(2.5758 / 1.95996, rel=1e-4)


@pytest.mark.parametrize("name", ["a", "b"])
@pytest.mark.parametrize("quantity", ["slope", "intercept"])
def test_coefficients_and_errors_equal_those_of_r(reference, in_r, name, quantity):
    """Glm, and sandwich::vcovCL with and without weights; the smaller of the two errors is never taken."""
    score, patient, weight = getattr(reference, name), reference.patient, in_r["weight"]
    plain, weighted = in_r[name][quantity], in_r[name][f"weighted_{quantity}"]
    for options, value, error in (
        ({}, plain["value"], plain["error"]),
        ({"clusters": patient}, plain["value"], max(plain["clustered"], plain["error"])),
        ({"weights": weight}, weighted["value"], weighted["by_record"]),
        ({"weights": weight, "clusters": patient}, weighted["value"], weighted["clustered"]),
    ):
        fit = recalibration(binary_outcome(score, reference.truth, **options), quantity=quantity)
        assert fit.value == pytest.approx(value, rel=1e-9)
        # glm's error is made of the weights before its last step
        assert fit.error == pytest.approx(error, rel=1e-7)
    assert plain["value"] != weighted["value"]


def test_value_equals_that_of_rms(reference, in_r):
    """Its val.prob, to the precision it iterates with."""
    for name in "ab":
        fit = recalibration(binary_outcome(getattr(reference, name), reference.truth), quantity="slope")
        assert fit.value == pytest.approx(in_r[name]["val_prob_slope"], rel=1e-6)


def test_degrees_of_freedom_count_patients(reference):
    """No more than patients with the rarer outcome less 1; normal quantiles where each record is a patient."""
    data = binary_outcome(reference.a, reference.truth, clusters=reference.patient)
    assert 1 <= recalibration(data, quantity="slope").degrees <= np.unique(reference.patient[reference.truth == 1]).size
    assert np.isinf(recalibration(binary_outcome(reference.a, reference.truth), quantity="slope").degrees)
    even = binary_outcome(np.full(60, 0.4), np.tile([1, 0, 0], 20), clusters=np.repeat(np.arange(20), 3))
    assert recalibration(even, quantity="intercept").degrees == pytest.approx(19)


def test_few_clustered_events_widen_the_interval():
    """With 4 patients who had the outcome the quantile is that of Student's t with 3 degrees of freedom at most."""
    rng = np.random.default_rng(1)
    patient = np.repeat(np.arange(40), 3)
    truth = np.isin(patient, [1, 2, 3, 4]) & (rng.random(120) < 0.7)
    score = special.expit(rng.normal(-2, 1, 120) + truth)
    data = binary_outcome(score, truth, clusters=patient)
    fit, estimate = recalibration(data, quantity="slope"), fit_recalibration(data, quantity="slope", level=0.95)
    assert fit.degrees <= 3
    assert (estimate.high - estimate.low) / 2 == pytest.approx(stats.t.ppf(0.975, fit.degrees) * fit.error)
    assert "Student's t" in estimate.method
