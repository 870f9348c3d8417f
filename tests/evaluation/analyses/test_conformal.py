from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from einthoven.evaluation.analyses.conformal import analyse
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from fakes.predictions import fake_predictions

PROTOCOL = Protocol(outcomes=("AF",))


def changed(predictions, **columns):
    """Return predictions with some columns replaced."""
    table = predictions.table
    for name, values in columns.items():
        table = table.set_column(table.column_names.index(name), name, pa.array(values))
    return Predictions(table)


def values(rows, metric, split="test"):
    """Return a metric's estimates by kind of set."""
    return {row.at: row.estimate for row in rows.results if row.metric == metric and row.split == split}


def test_sets_of_a_label_hold_the_truth_as_often_as_asked():
    """By all records and by class, on both other splits; a reader has no sets."""
    predictions = fake_predictions(models=("net", "reader"), patients=900)
    rows = analyse(context_for(predictions, PROTOCOL))
    assert {row.model for row in rows.results} == {"net"}
    coverage = values(rows, "coverage")
    assert list(coverage) == [
        "coverage 0.9", "coverage 0.9, per class", "coverage 0.95", "coverage 0.95, per class",
    ]  # fmt: skip
    assert coverage["coverage 0.9"].value == pytest.approx(0.9, abs=0.03)
    assert coverage["coverage 0.95, per class"].value == pytest.approx(0.95, abs=0.03)
    for name in ("coverage_of_negatives", "coverage_of_positives"):
        assert values(rows, name, "external")["coverage 0.9, per class"].value == pytest.approx(0.9, abs=0.06)
    size = values(rows, "set_size")
    assert size["coverage 0.9"].value < size["coverage 0.95"].value
    # one quantile for both classes works because their nonconformity is on one scale
    assert size["coverage 0.9"].value < size["coverage 0.9, per class"].value
    assert "each patient counting once" in rows.notes[0]


def test_scores_that_are_no_probabilities_have_sets_per_class():
    """Only the order within a class counts."""
    predictions = fake_predictions(models=("net",), patients=300)
    raw = changed(
        predictions, score=419 * predictions.table["score"].to_numpy(), score_kind=["value"] * len(predictions.table)
    )
    rows, plain = (analyse(context_for(p, PROTOCOL)) for p in (raw, predictions))
    found = values(rows, "coverage")
    assert list(found) == ["coverage 0.9, per class", "coverage 0.95, per class"]
    assert found["coverage 0.9, per class"] == values(plain, "coverage")["coverage 0.9, per class"]


def test_classes_of_one_task_share_a_set():
    """Three classes, one of them true; the class covered least is told."""
    rng = np.random.default_rng(0)
    n = 1200
    truth = np.eye(3)[rng.integers(0, 3, n)]
    logit = 2 * truth + rng.normal(size=truth.shape)
    score = np.exp(logit) / np.exp(logit).sum(axis=1, keepdims=True)
    split = np.array(["validation", "test"])[np.arange(n) % 2]
    predictions = Predictions.from_arrays(score, truth, labels=["A", "B", "C"], split=split.tolist())
    rows = analyse(context_for(changed(predictions, task=["multiclass"] * 3 * n), Protocol()))
    assert {row.label for row in rows.results} == {"macro"}
    assert values(rows, "coverage")["coverage 0.9"].value == pytest.approx(0.9, abs=0.06)
    assert values(rows, "lowest_coverage_of_a_class")["coverage 0.9, per class"].value > 0.85
    assert 1 < values(rows, "set_size")["coverage 0.9"].value < 2.5


def test_without_validation_there_is_nothing():
    """No rows, no note."""
    table = fake_predictions(models=("net",)).table
    kept = np.array(table["split"].to_pylist()) != "validation"
    rows = analyse(context_for(Predictions(table.filter(pa.array(kept))), PROTOCOL))
    assert (rows.results, rows.notes) == ([], [])


def test_validation_is_not_measured_by_sets_that_were_made_on_it():
    """Also where the protocol reports it."""
    context = context_for(fake_predictions(models=("net",)), Protocol(outcomes=("AF",), splits=("validation", "test")))
    assert {row.split for row in analyse(context).results} == {"test"}
