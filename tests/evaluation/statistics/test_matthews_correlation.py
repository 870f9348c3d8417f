from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import matthews_corrcoef

from einthoven.evaluation.statistics.matthews_correlation import matthews_correlation
from fakes.decisions import calls, metric_of_r, sample


def test_interval_is_the_delta_method_by_numerical_derivatives():
    """In R, of the multinomial shares on Fisher's z scale, five tables."""
    for decision, truth, expected in metric_of_r("matthews_correlation"):
        found = matthews_correlation(decision, truth)
        assert (found.value, found.low, found.high) == pytest.approx(expected, rel=1e-8)


def test_value_is_scikit_learns_and_the_correlation_of_calls_and_truth():
    """With weights, too."""
    decision, truth, patient, weight = sample()
    plain = matthews_correlation(decision, truth).value
    assert plain == pytest.approx(matthews_corrcoef(truth, decision), abs=1e-14)
    assert plain == pytest.approx(np.corrcoef(truth, decision)[0, 1], abs=1e-14)
    weighted = matthews_correlation(decision, truth, clusters=patient, weights=weight)
    assert weighted.value == pytest.approx(matthews_corrcoef(truth, decision, sample_weight=weight), abs=1e-14)


def test_with_repeated_patients_the_interval_is_close_to_the_jackknifes():
    """Leaving out one patient at a time, on Fisher's z scale."""
    decision, truth, patient, _ = sample(n=1200, patients=300)
    names = np.unique(patient)
    left_out = [np.arctanh(matthews_correlation(decision[patient != p], truth[patient != p]).value) for p in names]
    error = np.sqrt((names.size - 1) * np.var(left_out))
    found = matthews_correlation(decision, truth, clusters=patient)
    assert np.arctanh(found.high) - np.arctanh(found.low) == pytest.approx(2 * 1.968 * error, rel=0.01)
    alone = matthews_correlation(decision, truth)
    assert found.high - found.low > alone.high - alone.low


def test_perfect_calls_reach_1_with_a_lower_limit():
    """And calls that are always wrong reach -1."""
    found = matthews_correlation(*calls([20, 0, 0, 30]))
    assert found.value == found.high == pytest.approx(1)
    assert 0.5 < found.low < 0.98
    assert matthews_correlation(*calls([0, 20, 30, 0])).value == pytest.approx(-1)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ([0, 3, 0, 4], "no positives"),
        ([3, 0, 4, 0], "no negatives"),
        ([0, 0, 4, 4], "nothing was called positive"),
        ([4, 4, 0, 0], "nothing was called negative"),
    ],
)
def test_an_empty_margin_has_no_correlation(cells, reason):
    """Undefined with a reason, never 0 by convention."""
    assert matthews_correlation(*calls(cells)).reason == reason


def test_one_patient_has_a_value_without_interval():
    """All that is possible, and the method says so."""
    found = matthews_correlation(*calls([2, 1, 1, 2]), clusters=np.zeros(6))
    assert (found.value, found.low, found.high) == (pytest.approx(1 / 3), -1, 1)
    assert found.method == "no interval: fewer than 2 patients"
