from __future__ import annotations

import pytest

from einthoven.errors import EinthovenError, SpecificationError, UnknownNameError, UnreadableFileError
from einthoven.evaluation.evaluate import evaluate
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.threshold_file import read_thresholds
from einthoven.evaluation.thresholds import STATED, Threshold
from fakes.predictions import fake_predictions


def written(tmp_path, text, name="cut_offs.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_two_columns_are_enough(tmp_path):
    """Each cut-off is for any model, and of the rule 'stated'; a byte order mark and blanks do no harm."""
    path = written(tmp_path, "\ufefflabel, value\nAF,0.3\nLBBB, -1.5e-2\n")
    assert read_thresholds(path) == [Threshold("AF", 0.3, STATED, "", ""), Threshold("LBBB", -0.015, STATED, "", "")]


def test_a_model_may_be_named(tmp_path):
    """An empty cell is any model."""
    rows = read_thresholds(written(tmp_path, "label,value,model\nAF,0.3,net\nAF,0.4,\n"))
    assert [(one.model, one.value) for one in rows] == [("net", 0.3), ("", 0.4)]


def test_the_thresholds_of_an_evaluation_are_read_from_its_json(tmp_path):
    """With their rules and their origin."""
    evaluation = evaluate(
        fake_predictions(patients=60, models=("net",)), Protocol(analyses=("performance",), resamples=5)
    )
    evaluation.save(tmp_path)
    assert read_thresholds(tmp_path / "evaluation.json") == evaluation.thresholds


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("label,treshold\nAF,1\n", UnknownNameError, "no column 'treshold'; accepted: label, value"),
        ("label,valu\nAF,1\n", UnknownNameError, "did you mean 'value'"),
        ("label,model\nAF,net\n", SpecificationError, "missing: value"),
        ("label,value\n", SpecificationError, "holds no cut-off"),
        ("", SpecificationError, "missing: label, value"),
        ("label,value\nAF,high\n", SpecificationError, "cut-off 1, label 'AF': value must be a finite number"),
        ("label,value\nAF,nan\n", SpecificationError, "finite number"),
        ("label,value\nAF,\n", SpecificationError, "finite number"),
        ("label,value\n,0.2\n", SpecificationError, "label must be the name of a label"),
        ("label,value\nAF,0.2,net\n", SpecificationError, "row 1 doesn't have 2 cells"),
        ("label,value\nAF,0.2\nAF,0.3\n", SpecificationError, "two cut-offs by the rule 'stated'"),
        ("label,value,split\nAF,0.2,tset\n", UnknownNameError, "did you mean 'test'"),
        ("label,value,seed\nAF,0.2,1.5\n", SpecificationError, "seed must be a whole number"),
    ],
)
def test_files_that_could_be_misread_are_refused_by_name(tmp_path, text, error, words):
    """Each message names the file and the place."""
    with pytest.raises(error, match=words) as caught:
        read_thresholds(written(tmp_path, text))
    assert "cut_offs.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "can't read cut-offs"),
        ('{"results": []}', "list of objects with label and value, or an evaluation.json"),
        ('[{"label": "AF", "value": true}]', "finite number, got True"),
        ('[{"label": "AF", "value": null}]', "finite number, got None"),
        ('[{"label": 3, "value": 0.1}]', "label must be the name"),
        ('[{"label": "AF", "value": 0.1, "model": 7}]', "model must be text, got 7"),
        ("[]", "holds no cut-off"),
    ],
)
def test_json_of_another_kind_is_refused(tmp_path, text, words):
    """Never a crash."""
    with pytest.raises(EinthovenError, match=words):
        read_thresholds(written(tmp_path, text, "cut_offs.json"))


def test_other_files_are_refused(tmp_path):
    """By their name or because they are not there."""
    with pytest.raises(UnreadableFileError, match=r"\.csv or \.json"):
        read_thresholds(tmp_path / "cut_offs.xlsx")
    with pytest.raises(UnreadableFileError, match="can't read"):
        read_thresholds(tmp_path / "none.csv")
