"""Scores are put beside the truth of the same record, whatever the order; unknown truth stays unknown."""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from einthoven.cohort.cohort import Cohort
from einthoven.study.arms import _tabulate


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
