"""Scores are put beside the truth of the same record, whatever the order; unknown truth stays unknown."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import polars as pl
import pyarrow.compute as pc

from einthoven.cohort.cohort import Cohort
from einthoven.evaluation.evaluate import evaluate
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.models.public.public_model import Seen
from einthoven.study.arms import _contamination, _seen_before, _tabulate
from einthoven.study.starting import Before


def test_scores_stand_beside_the_truth_of_their_record():
    """Each record and label has its own score, truth, patient, split and sex."""
    rows = pl.DataFrame(
        {
            "record_id": ["b", "a", "c"],
            "patient_id": ["2", "1", "3"],
            "split": ["test", "train", "external"],
            "sex": ["F", "M", "U"],
            "site": ["X", None, "Y"],
            "y.AF": [1.0, 0.0, None],
            "y.MI": [0.0, 0.0, 1.0],
        }
    )
    cohort = Cohort.from_frame(rows)
    scores = np.array([[0.9, 0.1], [0.2, 0.3], [0.5, 0.8]])
    table = _tabulate(cohort, scores, labels=("AF", "MI"), model="main", seed=4).table
    rows = {(row["record_id"], row["label"]): row for row in table.to_pylist()}
    assert len(rows) == 6
    assert (rows["b", "AF"]["score"], rows["b", "AF"]["truth"], rows["b", "AF"]["group.sex"]) == (0.9, 1.0, "F")
    assert (rows["a", "MI"]["score"], rows["a", "MI"]["split"], rows["a", "MI"]["site"]) == (0.3, "train", None)
    assert (rows["c", "MI"]["score"], rows["c", "MI"]["truth"], rows["c", "MI"]["patient_id"]) == (0.8, 1.0, "3")
    assert rows["c", "AF"]["truth"] is None or math.isnan(rows["c", "AF"]["truth"])
    assert {row["seed"] for row in rows.values()} == {4}


def test_data_that_public_weights_had_seen_are_said_from_the_scores_to_the_evaluation(tmp_path):
    """The seen data set alone is named, and the note travels through the file."""
    data = {"ptb_xl": SimpleNamespace(source="ptb_xl"), "B": SimpleNamespace(source="hospital")}
    run = SimpleNamespace(settings=SimpleNamespace(data=data))
    (note,) = _contamination(run, Before("a_model", (Seen("ptb_xl", "1.0.3"), Seen("code15"))))
    assert note.startswith("Contaminated: the weights of a_model have seen ptb_xl 1.0.3 (all): scores on ptb_xl say")
    rows = pl.DataFrame(
        {"record_id": ["a", "b"], "patient_id": ["1", "2"], "split": ["test", "test"], "y.AF": [1.0, 0.0]}
    )
    scores = np.array([[0.9], [0.2]])
    predictions = _tabulate(Cohort.from_frame(rows), scores, labels=("AF",), model="main", seed=1, notes=(note,))
    predictions.to_parquet(tmp_path / "p.parquet")
    assert note in evaluate(Predictions.from_file(tmp_path / "p.parquet"), Protocol()).notes


def test_what_the_cohort_knows_stands_beside_the_scores():
    """Age, gap to the outcome, measured values and their method, data set; of each label alike."""
    rows = pl.DataFrame(
        {
            "record_id": ["a", "b"], "patient_id": ["1", "2"], "split": ["test", "test"], "source": ["A", "B"],
            "age_years": [70.5, None], "pair": ["baseline", "none"], "outcome_id": ["r", ""],
            "outcome_gap_days": [-3.5, None], "covariate.lvef": [38.0, None], "covariate.qrs_ms": [100.0, 90.0],
            "group.lvef_method": ["simpson", None], "y.lvsd": [1.0, None], "y.AF": [0.0, 1.0],
        }
    )  # fmt: skip
    table = _tabulate(Cohort.from_frame(rows), np.full((2, 2), 0.5), labels=("lvsd", "AF"), model="m", seed=0).table
    first, second = table.to_pylist()[:2]
    expected = {
        "covariate.age_years": 70.5, "covariate.outcome_gap_days": -3.5, "covariate.lvef": 38.0,
        "covariate.qrs_ms": 100.0, "group.lvef_method": "simpson", "group.data_set": "A", "group.pair": "baseline",
    }  # fmt: skip
    assert {name: first[name] for name in expected} == expected
    assert {second[name] for name in ("covariate.age_years", "covariate.outcome_gap_days", "covariate.lvef")} == {None}
    gaps = {(row["record_id"], row["label"]): row["covariate.outcome_gap_days"] for row in table.to_pylist()}
    # atrial fibrillation is told by the ECG without a report, so no report is near or far
    assert gaps == {("a", "lvsd"): -3.5, ("b", "lvsd"): None, ("a", "AF"): None, ("b", "AF"): None}
    table = table.drop_columns(["covariate.outcome_gap_days"])
    by_label = [table.filter(pc.equal(table["label"], label)).drop_columns(["label", "truth"]) for label in
                ("lvsd", "AF")]  # fmt: skip
    assert by_label[0].to_pylist() == by_label[1].to_pylist()
    assert "pretrained_on" not in table.column_names


def test_predictions_say_what_public_weights_had_seen_and_the_evaluation_marks_it():
    """By its own name and by the study's; what the study itself trained on is not among it."""
    data = {
        "mine": SimpleNamespace(source="ptb_xl"), "B": SimpleNamespace(source="hospital"),
        "C": SimpleNamespace(source="cinc2021"),
    }  # fmt: skip
    run = SimpleNamespace(settings=SimpleNamespace(data=data))
    checkpoint = SimpleNamespace(public="a_model", seen_in_pretraining=(Seen("ptb_xl", "1.0.3"), Seen("code15")))
    seen = _seen_before(run, checkpoint)
    assert seen == ("ptb_xl", "code15", "mine")
    assert _seen_before(run, SimpleNamespace(public="", seen_in_pretraining=())) == ()
    rows = pl.DataFrame(
        {
            "record_id": list("abcd"), "patient_id": list("1234"), "split": ["test", "test", "external", "external"],
            "source": ["mine", "mine", "B", "B"], "y.AF": [1.0, 0.0, 1.0, 0.0],
        }
    )  # fmt: skip
    scores = np.array([[0.9], [0.2], [0.8], [0.3]])
    predictions = _tabulate(Cohort.from_frame(rows), scores, labels=("AF",), model="main", seed=1, seen=seen)
    marks = {
        (row.split, row.contaminated) for row in evaluate(predictions, Protocol(analyses=("performance",))).results
    }
    assert marks == {("test", True), ("external", False)}
