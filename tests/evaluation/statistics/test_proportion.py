from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

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


def test_no_record_is_a_result_with_a_reason():
    """No error in a table of many labels."""
    estimate = proportion(np.zeros(0, dtype=bool), empty="no positives")
    assert np.isnan(estimate.value)
    assert estimate.reason == "no positives"
