from __future__ import annotations

import dataclasses

import numpy as np
import pyarrow as pa
import pytest

from einthoven.evaluation.analyses.multiclass import analyse
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from fakes.predictions import fake_predictions


def of_task(task, labels, truth, score):
    """Return predictions of one model and task."""
    table = Predictions.from_arrays(score, truth, labels=labels, score_kind="probability").table
    place = table.column_names.index("task")
    return Predictions(table.set_column(place, "task", pa.array([task] * len(table))))


@pytest.fixture(scope="module")
def rhythm():
    """Return exclusive rhythms of 80 records, of which five are unknown."""
    rng = np.random.default_rng(0)
    truth = np.eye(3)[rng.integers(0, 3, 80)]
    raw = np.exp(rng.normal(size=(80, 3)) + 2 * truth)
    truth[:5] = np.nan
    return of_task("multiclass", ["sinus", "AF", "flutter"], truth, raw / raw.sum(axis=1, keepdims=True))


def test_the_class_ranked_first(rhythm):
    """Of the records whose class is known."""
    (row,) = analyse(context_for(rhythm, Protocol())).results
    assert (row.label, row.metric, row.analysis) == ("macro", "top_1_accuracy", "multiclass")
    assert (row.estimate.n, row.estimate.reason) == (75, None)
    assert row.estimate.low < row.estimate.value < row.estimate.high


def test_classes_that_do_not_exclude_each_other_are_undefined_with_the_reason():
    """Never an error that ends the evaluation."""
    table = of_task("multiclass", ["a", "b"], [[1, 1], [0, 1], [1, 0]], [[0.2, 0.8], [0.1, 0.9], [0.6, 0.4]])
    (row,) = analyse(context_for(table, Protocol())).results
    assert "exactly one class" in row.estimate.reason


def test_grades_by_their_cut_points():
    """Quadratically weighted kappa of the grade reached."""
    rng = np.random.default_rng(1)
    grade = rng.integers(0, 3, 60)
    seen = np.clip(grade + rng.integers(-1, 2, 60), 0, 2)
    truth = np.stack([grade >= 1, grade >= 2], axis=1).astype(float)
    score = np.where(np.stack([seen >= 1, seen >= 2], axis=1), 0.8, 0.3)
    found = analyse(context_for(of_task("ordinal", ["stenosis>=1", "stenosis>=2"], truth, score), Protocol())).results
    (row,) = [row for row in found if row.metric == "quadratic_kappa"]
    assert row.label == "stenosis"
    from sklearn.metrics import cohen_kappa_score

    assert row.estimate.value == pytest.approx(cohen_kappa_score(grade, seen, weights="quadratic"))


def test_all_calls_of_a_record_right():
    """At each label's own cut-off, the records whose labels are all known."""
    predictions = fake_predictions(models=("net", "reader"))
    context = context_for(predictions, Protocol(splits=("test",)))
    rows = {row.model: row for row in analyse(context).results if row.metric == "subset_accuracy"}
    assert set(rows) == {"net", "reader"}
    reader = [one for one in context.reported if one.model == "reader"]
    common = set.intersection(*(set(one.record.tolist()) for one in reader))
    right = [all(one.score[one.record == r] == one.truth[one.record == r] for one in reader) for r in sorted(common)]
    assert rows["reader"].estimate.value == pytest.approx(np.mean(right))
    assert rows["reader"].estimate.n == len(common)


def test_without_cut_offs_there_are_no_calls():
    """A single label has none of these numbers either."""
    predictions = fake_predictions(models=("net",))
    bare = Predictions(predictions.table.filter(pa.compute.equal(predictions.table["split"], "test")))
    assert analyse(context_for(bare, Protocol(splits=("test",)))).results == []
    one = dataclasses.replace(Protocol(splits=("test",)), outcomes=("AF",))
    assert analyse(context_for(predictions, one)).results == []
