from __future__ import annotations

import dataclasses

import pytest
from sklearn.metrics import roc_auc_score

from einthoven.evaluation.analyses.performance import analyse
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.thresholds import STATED, Threshold
from fakes.predictions import LABELS, fake_predictions

PROTOCOL = Protocol(resamples=20)


@pytest.fixture(scope="module")
def predictions():
    """Return two networks and a reader."""
    return fake_predictions(models=("net", "small", "reader"))


def test_every_label_model_and_split_has_its_numbers_and_curves(predictions):
    """Areas and calibration of networks, decisions of all; validation is not reported."""
    context = context_for(predictions, PROTOCOL)
    rows = analyse(context)
    places = {(row.model, row.split, row.label) for row in rows.results}
    assert places == {
        (m, s, label) for m in ("net", "small", "reader") for s in ("test", "external") for label in LABELS
    }
    assert {row.kind for row in rows.curves} == {"roc", "pr", "calibration"}
    assert {row.model for row in rows.curves} == {"net", "small"}
    one = next(one for one in context.main if (one.model, one.split, one.label) == ("net", "test", "AF"))
    (area,) = (r for r in rows.results if (r.model, r.split, r.label, r.metric) == ("net", "test", "AF", "auroc"))
    assert area.estimate.value == pytest.approx(roc_auc_score(one.truth, one.score), abs=1e-14)


def test_decisions_are_those_of_the_first_rule_or_the_stated_cut_off(predictions):
    """A cut-off of 0 calls everybody positive."""
    everybody = Threshold("AF", 0.0, STATED, "", "")
    context = context_for(predictions, PROTOCOL, stated=[everybody])
    found = {
        (row.model, row.metric): row.estimate.value
        for row in analyse(context).results
        if (row.split, row.label) == ("test", "AF")
    }
    assert (found["net", "sensitivity"], found["net", "specificity"]) == (1.0, 0.0)
    assert found["reader", "specificity"] > 0.5


def test_without_validation_scores_have_no_decisions(predictions):
    """Readers still have."""
    kept = predictions.table.filter([split != "validation" for split in predictions.table["split"].to_pylist()])
    rows = analyse(context_for(dataclasses.replace(predictions, table=kept), PROTOCOL))
    assert {row.model for row in rows.results if row.metric == "sensitivity"} == {"reader"}
