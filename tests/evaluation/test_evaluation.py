from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest

from einthoven.errors import SpecificationError, UnreadableFileError
from einthoven.evaluation.estimate import Curve, Estimate, TestResult
from einthoven.evaluation.evaluate import evaluate
from einthoven.evaluation.evaluation import Evaluation
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.rows import ComparisonRow, CurveRow, ResultRow
from einthoven.evaluation.thresholds import Threshold
from fakes.predictions import fake_predictions


@pytest.fixture
def evaluation():
    """Return an evaluation with every kind of undefined number."""
    undefined = Estimate.undefined("no positives", n=3, events=0, clusters=3, method="none")
    test = TestResult(Estimate(0.5, -1, 1, 3, 1, 3, "DeLong", reason="no variance"), math.nan, math.nan, "DeLong")
    curve = Curve(np.array([0.0, 1]), np.array([0.0, 1]), ("x", "y"), np.array([0.0, 0.5]), np.array([0.5, 1]))
    return Evaluation(
        results=[ResultRow("net", 0, "test", "AF", "auroc", undefined)],
        curves=[CurveRow("net", 0, "test", "AF", "calibration", curve)],
        thresholds=[Threshold("AF", math.nan, "youden", "validation", "abc", "net", 0, "no positives")],
        comparisons=[ComparisonRow("net", 0, "old", -1, "test", "AF", "auroc", test)],
        notes=["a note"],
        protocol=Protocol(seed=3),
        predictions_hash="abc",
    )


def test_what_is_saved_is_loaded(evaluation, tmp_path):
    """NaN included, which JSON doesn't have."""
    evaluation.save(tmp_path)
    assert "NaN" not in (tmp_path / "evaluation.json").read_text()
    loaded = Evaluation.load(tmp_path)
    assert loaded.to_dict() == evaluation.to_dict()
    assert math.isnan(loaded.results[0].estimate.value)
    assert math.isnan(loaded.comparisons[0].test.p_value)
    assert loaded.protocol == evaluation.protocol
    assert np.array_equal(loaded.curves[0].curve.high, evaluation.curves[0].curve.high)


def test_a_whole_evaluation_is_loaded_as_it_was(tmp_path):
    """No number loses a digit."""
    whole = evaluate(fake_predictions(), Protocol(resamples=20))
    whole.save(tmp_path)
    loaded = Evaluation.load(tmp_path)
    assert loaded.to_dict() == whole.to_dict()
    assert loaded.results == whole.results


def test_a_file_where_the_folder_should_be_is_named(evaluation, tmp_path):
    """Also where it lies above the folder."""
    (tmp_path / "wide.csv").write_text("scores")
    for folder in (tmp_path / "wide.csv", tmp_path / "wide.csv" / "results"):
        with pytest.raises(SpecificationError, match=r"wide\.csv is a file; choose another folder"):
            evaluation.save(folder)
    assert (tmp_path / "wide.csv").read_text() == "scores"


def test_results_csv_has_one_row_per_number(evaluation, tmp_path):
    """With limits, counts, method and reason."""
    evaluation.save(tmp_path)
    with (tmp_path / "results.csv").open(newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert {"low", "high", "n", "events", "clusters", "method", "reason", "subgroup"} <= set(row)
    assert (row["metric"], row["value"], row["reason"]) == ("auroc", "", "no positives")
    with (tmp_path / "comparisons.csv").open(newline="") as stream:
        assert next(csv.DictReader(stream))["model_b"] == "old"


def test_a_newer_version_is_refused(evaluation, tmp_path):
    """It may mean something else."""
    evaluation.save(tmp_path)
    content = json.loads((tmp_path / "evaluation.json").read_text())
    (tmp_path / "evaluation.json").write_text(json.dumps(content | {"version": 99}))
    with pytest.raises(SpecificationError, match="update"):
        Evaluation.load(tmp_path)


@pytest.mark.parametrize("text", [None, "{", "[]", '{"type": "cohort"}'])
def test_what_is_no_evaluation_is_refused(tmp_path, text):
    """Missing, damaged, something else."""
    if text is not None:
        (tmp_path / "evaluation.json").write_text(text)
    with pytest.raises(UnreadableFileError):
        Evaluation.load(tmp_path)


def test_results_of_version_1_are_read():
    """Written before there were analyses; all of its numbers are still there."""
    folder = Path(__file__).parent / "frozen"
    content = json.loads((folder / "evaluation_version_1.json").read_text())
    loaded = Evaluation.load(folder / "evaluation_version_1.json")
    assert content["version"] == 1
    assert [r.estimate.to_dict()["value"] for r in loaded.results] == [
        r["estimate"]["value"] for r in content["results"]
    ]
    assert loaded.protocol.thresholds == ("youden",)
    assert {row.analysis for row in loaded.results if row.subgroup} <= {"subgroups"}
