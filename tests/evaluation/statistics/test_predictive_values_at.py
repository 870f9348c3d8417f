from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import StatisticsError
from einthoven.evaluation.statistics.predictive_values_at import npv_at, ppv_at
from fakes.decisions import R_NUMBERS, calls, sample


@pytest.mark.parametrize(("name", "metric"), [("ppv_at", ppv_at), ("npv_at", npv_at)])
def test_value_and_interval_are_mercaldos_formulas(name, metric):
    """By a script in R, five tables, three prevalences."""
    for table in R_NUMBERS["tables"]:
        for place in table["elsewhere"]:
            found = metric(*calls(table["cells"]), prevalence=place["prevalence"])
            assert (found.value, found.low, found.high) == pytest.approx(place[name], rel=1e-11)


def test_at_the_prevalence_of_the_data_the_value_is_that_of_the_data():
    """Also with weights and repeated patients."""
    decision, truth, patient, weight = sample()
    share = np.average(truth, weights=weight)
    given = {"prevalence": share, "clusters": patient, "weights": weight}
    right = decision == truth
    for metric, called in ((ppv_at, decision == 1), (npv_at, decision == 0)):
        found = metric(decision, truth, **given)
        assert found.value == pytest.approx(np.average(right[called], weights=weight[called]), rel=1e-12)
        assert found.low < found.value < found.high


def test_weights_undo_a_sampling_by_outcome():
    """Half of the negatives sampled and weighed twice: the same value, at any prevalence."""
    decision, truth = calls([30, 20, 10, 100])
    half = calls([30, 10, 10, 50])
    weighted = ppv_at(*half, prevalence=0.1, weights=np.where(half[1] == 0, 2.0, 1.0))
    assert weighted.value == pytest.approx(ppv_at(decision, truth, prevalence=0.1).value)


def test_without_false_alarms_every_call_is_right_with_a_lower_limit():
    """The infinite likelihood ratio is no obstacle here; nor is a ratio of 0."""
    found = ppv_at(*calls([8, 0, 2, 10]), prevalence=0.05)
    assert (found.value, found.high) == (1.0, 1.0)
    assert 0 < found.low < 0.5
    found = npv_at(*calls([8, 3, 0, 10]), prevalence=0.05)
    assert (found.value, found.high) == (1.0, 1.0)
    assert 0.9 < found.low < 1
    assert ppv_at(*calls([0, 3, 4, 10]), prevalence=0.05).value == 0


def test_what_is_not_defined_says_why():
    """As the likelihood ratios."""
    assert ppv_at(*calls([0, 0, 4, 10]), prevalence=0.05).reason == "nothing was called positive"
    assert npv_at(*calls([4, 4, 0, 0]), prevalence=0.05).reason == "nothing was called negative"
    assert npv_at(*calls([0, 4, 0, 4]), prevalence=0.05).reason == "no positives"


def test_one_patient_has_a_value_without_interval():
    """All that is possible, and the method says so."""
    found = npv_at(*calls([2, 1, 1, 2]), prevalence=0.5, clusters=np.zeros(6))
    assert (found.value, found.low, found.high) == (pytest.approx(2 / 3), 0, 1)
    assert found.method == "no interval: fewer than 2 patients"


@pytest.mark.parametrize("prevalence", [0, 1, -0.1, float("nan")])
def test_a_prevalence_lies_between_0_and_1(prevalence):
    """Refused otherwise."""
    with pytest.raises(StatisticsError, match="between 0 and 1"):
        ppv_at([1, 0], [1, 0], prevalence=prevalence)
