from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from einthoven.errors import SpecificationError
from einthoven.evaluation.statistics.proportion import proportion


@pytest.mark.parametrize(("k", "n"), [(0, 12), (12, 12), (1, 30), (17, 40), (399, 400)])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_interval_is_the_exact_binomial_one(k, n, level):
    """Equal to SciPy's binomial test, at the edges too."""
    estimate = proportion(np.arange(n) < k, level=level)
    expected = stats.binomtest(k, n).proportion_ci(level, method="exact")
    assert (estimate.low, estimate.high) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert (estimate.value, estimate.n, estimate.events) == (k / n, n, k)


def test_interval_equals_the_recorded_one(reference):
    """The recorded example."""
    recorded = reference.numbers["clopper_pearson"]
    estimate = proportion(np.arange(recorded["n"]) < recorded["k"])
    assert (estimate.low, estimate.high) == pytest.approx((recorded["low"], recorded["high"]), abs=1e-12)


def test_identical_records_of_a_patient_count_once():
    """Ten copies of each patient's record tell no more than one."""
    hit = np.arange(40) < 13
    once, copied = proportion(hit), proportion(np.repeat(hit, 10), clusters=np.repeat(np.arange(40), 10))
    assert copied.value == once.value
    # the variance over patients divides by patients - 1, hence 39 of 40 effective patients
    assert (copied.low, copied.high) == pytest.approx((once.low, once.high), abs=0.01)
    assert "design effect" in copied.method


def test_a_share_of_one_with_repeated_patients_counts_patients():
    """No variance is seen, so the records of a patient count as one."""
    estimate = proportion(np.ones(30, dtype=bool), clusters=np.repeat(np.arange(10), 3))
    assert (estimate.low, estimate.high) == (pytest.approx(0.025**0.1), 1.0)


def test_wilson_equals_scipy():
    """At the edges too."""
    for k, n in ((0, 12), (3, 30), (12, 12)):
        estimate = proportion(np.arange(n) < k, method="wilson")
        expected = stats.binomtest(k, n).proportion_ci(0.95, method="wilson")
        assert (estimate.low, estimate.high) == pytest.approx((expected.low, expected.high), abs=1e-12)
        assert estimate.method == "Wilson"
    # 3 of 30 by R's epiR::epi.prev, recorded in tests/reference/base_statistics.json
    found = proportion(np.arange(30) < 3, method="wilson")
    assert (found.low, found.high) == pytest.approx((0.0345998887473342, 0.256210825791841), abs=1e-14)


def test_few_patients_widen_the_interval():
    """The number of records is that of the design effect, times Korn and Graubard's ratio of Student's quantiles."""
    rng = np.random.default_rng(4)
    patient = np.repeat(np.arange(12), 5)
    hit = rng.random(60) < rng.beta(0.6, 0.4, 12)[patient]
    sums = np.bincount(patient, hit - hit.mean())
    variance = 12 / 11 * np.sum(sums**2) / 60**2
    size = hit.mean() * (1 - hit.mean()) / variance * (stats.t.ppf(0.975, 59) / stats.t.ppf(0.975, 11)) ** 2
    found, k = proportion(hit, clusters=patient), hit.mean() * size
    assert variance > 1.2 * hit.mean() * (1 - hit.mean()) / 60
    assert found.low == pytest.approx(stats.beta.ppf(0.025, k, size - k + 1))
    assert found.high == pytest.approx(stats.beta.ppf(0.975, k + 1, size - k))


def test_whole_weights_are_repeated_records_of_a_patient():
    """In value, and nearly in interval (the number of records is only told differently)."""
    rng = np.random.default_rng(5)
    hit, weight = rng.random(80) < 0.3, rng.integers(1, 5, 80)
    rows = np.repeat(np.arange(80), weight)
    one, other = proportion(hit, weights=weight), proportion(hit[rows], clusters=rows)
    assert one.value == pytest.approx(other.value)
    assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=0.003)
    assert "weights" in one.method
    assert (one.n, one.events) == (80, int(hit.sum()))


def test_records_of_opposite_answers_count_no_more_than_they_are():
    """A design effect below 1 is not believed."""
    hit = np.tile([True, False], 20)
    hit[:2] = True
    paired, single = proportion(hit, clusters=np.repeat(np.arange(20), 2)), proportion(hit)
    assert paired.high - paired.low >= single.high - single.low


def test_an_unknown_method_is_named():
    """With those that exist."""
    with pytest.raises(SpecificationError, match="clopper-pearson, wilson, got 'wald'"):
        proportion(np.ones(3, dtype=bool), method="wald")


def test_no_record_is_a_result_with_a_reason():
    """No error in a table of many labels."""
    estimate = proportion(np.zeros(0, dtype=bool), empty="no positives")
    assert np.isnan(estimate.value)
    assert estimate.reason == "no positives"
