from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from einthoven.evaluation.statistics.auroc import auroc
from einthoven.evaluation.statistics.micro import micro_auprc, micro_auroc


@pytest.fixture
def labels():
    """Return three labels of 120 records of 60 patients."""
    rng = np.random.default_rng(8)
    truth = (rng.random((120, 3)) < [0.1, 0.2, 0.5]).astype(float)
    return rng.normal(size=(120, 3)) + truth, truth, np.repeat(np.arange(60), 2)


def test_equals_scikit_learn(labels):
    """All pairs of record and label in one list."""
    score, truth, patient = labels
    roc, pr = micro_auroc(score, truth, clusters=patient), micro_auprc(score, truth, clusters=patient, resamples=50)
    assert roc.value == pytest.approx(roc_auc_score(truth, score, average="micro"), abs=1e-14)
    assert pr.value == pytest.approx(average_precision_score(truth, score, average="micro"), abs=1e-14)
    assert (roc.n, roc.events, roc.clusters) == (pr.n, pr.events, pr.clusters) == (120, int(truth.sum()), 60)


def test_labels_of_one_record_are_no_independent_observations(labels):
    """Three copies of a label have the interval of one."""
    score, truth, _ = labels
    one = auroc(score[:, 1], truth[:, 1])
    copies = micro_auroc(score[:, [1, 1, 1]], truth[:, [1, 1, 1]])
    assert copies.high - copies.low == pytest.approx(one.high - one.low, rel=0.02)


def test_rare_labels_are_left_out_and_named(labels):
    """As for the macro average, so that both are of the same labels."""
    score, truth, _ = labels
    truth[3:, 0] = 0
    found = micro_auroc(score, truth, labels=["a", "b", "c"], minimum_events=10)
    assert "left out for too few events: a (" in found.method
    assert found.value == pytest.approx(roc_auc_score(truth[:, 1:].ravel(), score[:, 1:].ravel()))


def test_pairs_of_one_patient_are_summed(labels):
    """The interval is that of the list of pairs with each pair's patient."""
    score, truth, patient = labels
    found = micro_auroc(score, truth, clusters=patient)
    listed = auroc(score.ravel(), truth.ravel(), clusters=np.repeat(patient, 3))
    assert (found.low, found.high) == pytest.approx((listed.low, listed.high), rel=1e-12)
