from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import InvalidScoreError, StatisticsError
from einthoven.evaluation.statistics.decision_cells import decision_cells
from fakes.decisions import calls, sample

GRADIENT = np.array([0.3, -0.2, 0.5, -0.1])


def test_cells_are_counted_or_weighed():
    """True positives, false positives, false negatives, true negatives."""
    decision, truth = calls([4, 3, 2, 1])
    assert decision_cells(decision, truth).weight_in.tolist() == [4, 3, 2, 1]
    weights = np.where(truth == 1, 2.0, 1.0)
    assert decision_cells(decision, truth, weights=weights).weight_in.tolist() == [8, 3, 4, 1]


def test_variance_sums_over_patients_by_a_loop():
    """Weights and repeated patients, with the factor patients / (patients - 1)."""
    decision, truth, patient, weight = sample(n=60, patients=25)
    cells = decision_cells(decision, truth, clusters=patient, weights=weight)
    names = {(1, 1): 0, (1, 0): 1, (0, 1): 2, (0, 0): 3}
    total = 0.0
    for one in set(patient.tolist()):
        rows = np.flatnonzero(patient == one)
        total += sum(weight[r] * GRADIENT[names[int(decision[r]), int(truth[r])]] for r in rows) ** 2
    count = len(set(patient.tolist()))
    assert cells.variance(GRADIENT) == pytest.approx(total * count / (count - 1), rel=1e-12)


def test_patients_of_one_record_are_no_clusters():
    """And equal weights are none."""
    decision, truth = calls([4, 3, 2, 1])
    plain = decision_cells(decision, truth)
    same = decision_cells(decision, truth, clusters=np.arange(10)[::-1], weights=np.full(10, 3.0))
    assert same.plain
    assert same.variance(GRADIENT) == pytest.approx(plain.variance(GRADIENT), rel=1e-14)


def test_an_empty_cell_adds_half_a_record_to_each():
    """To what intervals are made of, of mean weight; never to the cells themselves."""
    decision, truth = calls([4, 0, 2, 4])
    cells = decision_cells(decision, truth, weights=np.arange(1, 11))
    assert cells.has_empty
    assert cells.weight_in[1] == 0
    assert np.allclose(cells.for_interval - cells.weight_in, 5.5 / 2)
    assert "half a record added" in cells.method("log method")


def test_one_patient_has_no_variance():
    """Not a number rather than 0."""
    decision, truth = calls([2, 2, 2, 2])
    assert np.isnan(decision_cells(decision, truth, clusters=np.zeros(8)).variance(GRADIENT))


def test_scores_are_no_decisions():
    """Refused by value and place."""
    with pytest.raises(InvalidScoreError, match=r"got 0\.3 at position 1; apply a threshold"):
        decision_cells([1, 0.3], [1, 0])
    with pytest.raises(StatisticsError, match="one length"):
        decision_cells([1, 0], [1])
