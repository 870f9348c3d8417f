from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from einthoven.evaluation.analyses.regression import analyse
from einthoven.evaluation.evaluate import context_for, evaluate
from einthoven.evaluation.evaluation import Evaluation
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.statistics.limits_of_agreement import limits_of_agreement


def predictions(records=800, *, seed=0):
    """Return a network's LVEF for records of which two belong to a patient; some were never measured."""
    rng = np.random.default_rng(seed)
    measured = rng.normal(55, 10, records)
    score = 0.8 * measured + 11 + rng.normal(0, 5, records)
    truth = np.where(rng.random(records) < 0.05, np.nan, measured)
    table = {
        "record_id": [f"r{i:04d}" for i in range(records)],
        "patient_id": [f"p{i // 2:04d}" for i in range(records)],
        "split": ["test"] * records,
        "model": ["net"] * records,
        "seed": [-1] * records,
        "label": ["lvef"] * records,
        "task": ["regression"] * records,
        "truth": truth,
        "score": score,
        "score_kind": ["value"] * records,
    }
    return Predictions(pa.table(table))


def test_all_statistics_of_a_number_with_its_patients():
    """The records whose truth is unknown are left out; repeated patients are told."""
    table = predictions()
    rows = {row.metric: row for row in analyse(context_for(table, Protocol())).results}
    assert set(rows) == {
        "mean_absolute_error", "root_mean_squared_error", "r_squared", "mean_difference", "pearson_correlation",
        "spearman_correlation", "lower_limit_of_agreement", "upper_limit_of_agreement", "value_slope",
        "value_intercept", "concordance_correlation",
    }  # fmt: skip
    one = table.scores_of("net", -1, "test", "lvef")
    limits = limits_of_agreement(one.score, one.truth, clusters=one.patient)
    assert rows["upper_limit_of_agreement"].estimate == limits.upper
    for row in rows.values():
        assert row.estimate.low < row.estimate.value < row.estimate.high
        assert (row.analysis, row.estimate.n) == ("regression", one.truth.size)
        assert row.estimate.clusters < row.estimate.n


def test_plots_are_thinned_and_keep_their_ends():
    """At most 500 points, smallest and largest x among them."""
    table = predictions()
    curves = {row.kind: row.curve for row in analyse(context_for(table, Protocol())).curves}
    one = table.scores_of("net", -1, "test", "lvef")
    assert set(curves) == {"bland_altman", "scatter"}
    assert all(curve.x.size == 500 for curve in curves.values())
    middle = (one.score + one.truth) / 2
    assert (curves["bland_altman"].x[0], curves["bland_altman"].x[-1]) == (middle.min(), middle.max())
    assert np.isin(curves["scatter"].y, one.truth).all()


def test_two_patients_leave_every_number_undefined_with_the_reason():
    """Never an error that ends the whole evaluation."""
    rows = analyse(context_for(predictions(4, seed=5), Protocol()))
    assert len(rows.results) == 11
    assert all("3 patients are needed" in (row.estimate.reason or "") for row in rows.results)


def test_a_whole_evaluation_of_numbers_is_written_and_read(tmp_path):
    """Yes/no analyses pass a number by."""
    found = evaluate(predictions(60), Protocol(resamples=20, analyses=("performance", "macro", "regression")))
    found.save(tmp_path)
    again = Evaluation.load(tmp_path)
    (row,) = again.find(metric="mean_difference")
    assert row.estimate == found.find(metric="mean_difference")[0].estimate
    assert {curve.kind for curve in again.curves} == {"bland_altman", "scatter"}


def test_yes_no_labels_are_passed_by():
    """Nothing to say of them."""
    table = Predictions.from_arrays([[0.2], [0.7]], [[0], [1]], labels=["AF"])
    assert analyse(context_for(table, Protocol())).results == pytest.approx([])
