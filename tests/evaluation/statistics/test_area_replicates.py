from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from einthoven.evaluation.statistics import area_replicates as module
from einthoven.evaluation.statistics.area_replicates import area_replicates
from einthoven.evaluation.statistics.label_table import label_table

METRICS = {"auroc": roc_auc_score, "average_precision": average_precision_score}


@pytest.fixture
def table():
    """Return two labels of 60 records of 25 patients, with weights and unknown truth."""
    rng = np.random.default_rng(4)
    truth = (rng.random((60, 2)) < 0.4).astype(float)
    truth[rng.random((60, 2)) < 0.1] = np.nan
    score = np.round(rng.normal(size=(60, 2)) + np.nan_to_num(truth), 1)
    return label_table(score, truth, clusters=rng.integers(0, 25, 60), weights=rng.random(60) + 0.5)


@pytest.mark.parametrize("area", METRICS)
def test_areas_equal_scikit_learn(area, table):
    """Label by label, weighted, on the records whose truth is known."""
    found = area_replicates(table, area, resamples=5, seed=0)
    for label, value in enumerate(found.area):
        known = ~np.isnan(table.truth[:, label])
        expected = METRICS[area](
            table.truth[known, label], table.score[known, label], sample_weight=table.weight[known]
        )
        assert value == pytest.approx(expected, abs=1e-13)


@pytest.mark.parametrize("area", METRICS)
def test_influence_predicts_the_replicates(area, table):
    """The linear part of the bootstrap: a patient drawn k times moves the area by k - 1 times its influence."""
    found = area_replicates(table, area, resamples=400, seed=0)
    counts = np.concatenate(list(module.patient_draws(found.stratum, resamples=400, seed=0, records=60)))
    linear = found.area + (counts - 1) @ found.influence
    for label in range(2):
        assert np.corrcoef(linear[:, label], found.replicates[:, label])[0, 1] > 0.95


def test_blocks_and_order_of_records_do_not_matter(table, monkeypatch):
    """Neither how many resamples are held at once, nor how the table was sorted."""
    whole = area_replicates(table, "auroc", resamples=20, seed=1).replicates
    monkeypatch.setattr("einthoven.evaluation.statistics.bootstrap.BLOCK_CELLS", 130)
    assert area_replicates(table, "auroc", resamples=20, seed=1).replicates == pytest.approx(whole, abs=1e-13)
    order = np.random.default_rng(0).permutation(60)
    other = label_table(
        table.score[order], table.truth[order], clusters=table.patient[order], weights=table.weight[order]
    )
    assert area_replicates(other, "auroc", resamples=20, seed=1).replicates == pytest.approx(whole, abs=1e-13)


def test_a_large_table_is_not_resampled(table, monkeypatch):
    """Its interval is the linearised one."""
    monkeypatch.setattr(module, "MANY_RECORDS", 60)
    assert area_replicates(table, "auroc", resamples=20, seed=1).replicates.shape == (0, 2)
