from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import CohortError, LeakageError, SpecificationError, StatisticsError, UnknownNameError
from einthoven.evaluation.prediction_files import Layout, read_predictions

LONG = "record_id,label,truth,score"


def written(folder, text, name="s.csv"):
    (folder / name).write_text(text)
    return folder / name


def cells(predictions, name):
    return predictions.table[name].to_pylist()


def test_survival_comes_long_or_wide_without_a_column_of_truth(tmp_path):
    """Its truth is event and time; 0 and 1 are as good as false and true."""
    long = "record_id,label,score,event,time_to_event_days\na,death,0.2,0,30\nb,death,0.7,1,12.5\n"
    wide = "record_id,score.death,event,time_to_event_days\na,0.2,false,30\nb,0.7,true,12.5\n"
    for text in (long, wide):
        found = read_predictions(written(tmp_path, text))
        assert set(cells(found, "task")) == {"survival"}
        assert set(cells(found, "score_kind")) == {"risk"}
        assert cells(found, "event") == [False, True]
        one = next(found.label_scores())
        assert one.score.tolist() == [0.2, 0.7]


def test_a_measured_quantity_is_declared_by_the_task(tmp_path):
    """Its score is a value then."""
    path = written(tmp_path, "record_id,score.lvef,truth.lvef\na,55.5,60\nb,31,35\n")
    found = read_predictions(path, task="regression")
    assert (found.table["task"][0].as_py(), found.table["score_kind"][0].as_py()) == ("regression", "value")
    with pytest.raises(StatisticsError, match=r"are no probabilities: 55\.5 in column 'lvef'"):
        read_predictions(path)
    with pytest.raises(StatisticsError, match=r"truth must be 0, 1, .* got 60.0 .*record 'a'.*--task regression"):
        read_predictions(path, score_kind="value")


def test_tasks_of_a_long_table_have_their_own_kinds(tmp_path):
    """A network, a reader and a measurement in one file."""
    path = written(
        tmp_path,
        f"model,task,{LONG}\nnet,binary,a,AF,1,0.5\nnet,regression,a,lvef,60,51\nreader,binary,a,AF,1,1\n",
    )
    assert cells(read_predictions(path), "score_kind") == ["probability", "value", "binary"]
    with pytest.raises(SpecificationError, match="own column 'task'; leave out --task"):
        read_predictions(path, task="binary")


def test_what_is_said_of_records_is_kept_in_wide_tables_too(tmp_path):
    """Covariates, weights, times, and the data sets of pretraining."""
    text = (
        "record_id,time,weight,pretrained_on,covariate.age,group.arm,score.AF,truth.AF,score.LBBB,truth.LBBB\n"
        "a,2020-01-02 10:00:00,2,ptb-xl; code-15,61,1,0.2,0,0.1,0\nb,,0.5,,,2,0.7,1,0.3,\n"
    )
    found = read_predictions(written(tmp_path, text))
    assert cells(found, "pretrained_on")[:2] == [["ptb-xl", "code-15"], None]
    assert cells(found, "covariate.age") == [61.0, None] * 2
    assert cells(found, "group.arm") == ["1", "2"] * 2
    assert cells(found, "weight") == [2.0, 0.5] * 2
    found.write(tmp_path / "again.csv")
    assert read_predictions(tmp_path / "again.csv").hash == found.hash


def test_any_table_is_read_by_the_names_of_its_columns(tmp_path):
    """Each score becomes a model; the words of the outcome become 0 and 1; what is not used is said."""
    path = written(tmp_path, "ID;SEX;outcome;wfns;s100b;age\n7;F;Poor;5;0,13;42\n8;M;Good;1;2,5;37\n9;F;;2;0;50\n")
    layout = Layout({"record_id": "ID", "group.sex": "SEX"}, ("wfns", "s100b"), "outcome", "Poor")
    found = read_predictions(path, layout=layout, score_kind="value")
    assert found.models == ("wfns", "s100b")
    assert found.labels == ("outcome",)
    assert found.scores_of("s100b", -1, "test", "outcome").score.tolist() == [0.13, 2.5]
    assert found.scores_of("wfns", -1, "test", "outcome", keep_unknown=True).unknown == 0
    assert set(cells(found, "group.sex")) == {"F", "M"}
    notes = " ".join(found.notes)
    assert "Columns that were not used: age." in notes
    assert "decimal comma" in notes


@pytest.mark.parametrize(
    ("layout", "words"),
    [
        (Layout(scores=("wfns",), outcome="outcome"), "holds 'Poor', 'Good'; say which value .* --positive Poor"),
        (Layout(scores=("wfns",), outcome="outcome", positive="poor"), "never holds 'poor'; did you mean 'Poor'"),
        (Layout(scores=("wnfs",), outcome="outcome", positive="Poor"), "no column 'wnfs'; did you mean 'wfns'"),
        (Layout(outcome="outcome", positive="Poor"), "--score COLUMN, once for each"),
        (Layout(scores=("wfns",)), "--outcome COLUMN"),
        (Layout(scores=("wfns",), outcome="wfns"), r"holds '5', '3', '2'; say which value"),
        (Layout({"patient_id": "PATIENT"}, ("wfns",), "outcome", "Poor"), "no column 'PATIENT'"),
        (Layout({"patient_id": "outcome"}), "name its scores and its truth as well"),
    ],
)
def test_a_table_whose_columns_are_named_wrongly_is_refused(tmp_path, layout, words):
    """With what to declare."""
    path = written(tmp_path, "outcome,wfns\nPoor,5\nGood,3\nGood,2\n")
    with pytest.raises(SpecificationError, match=words):
        read_predictions(path, layout=layout, score_kind="value")


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("a,x,1,30\na2,x,,-1\n", StatisticsError, "finite and not negative, got -1.0 .*'a2'"),
        ("a,x,1,\n", StatisticsError, "needs its time_to_event_days, got an empty cell"),
        ("a,x,,30\n", StatisticsError, "needs event true or false, got an empty cell"),
        ("a,x,2,30\n", SpecificationError, "'event' must hold 0 or 1, true or false, got 2; a competing"),
    ],
)
def test_survival_that_cannot_be_is_refused(tmp_path, text, error, words):
    """The record is named."""
    rows = "\n".join(f"{row},0.5" for row in text.strip().split("\n"))
    path = written(tmp_path, f"record_id,label,event,time_to_event_days,score\n{rows}\n")
    with pytest.raises(error, match=words):
        read_predictions(path)


def test_survival_without_its_columns_is_refused(tmp_path):
    """They are named."""
    with pytest.raises(SpecificationError, match="need event and time_to_event_days; there is no 'event'"):
        read_predictions(written(tmp_path, f"{LONG},task\na,x,1,0.5,survival\n"))


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        (f"{LONG},model\na,AF,1,0.5,net\na,AF,0,0.5,small\n", CohortError, "is 1 beside model 'net' .* and 0 beside"),
        (f"{LONG},model,seed\na,AF,1,0.5,net,0\na,AF,0,0.5,net,1\n", CohortError, r"\(seed 1\)"),
        (f"{LONG}\na,AF,1,0.5\na,AF,1,0.5\n", CohortError, "two rows for record 'a'"),
        ("record_id,score.AF,truth.AF,model\na,0.5,1,x\n", UnknownNameError, "no column 'model'; leave it out"),
        ("record_id,score.AF,truth.AF,sex\na,0.5,1,F\n", UnknownNameError, "further columns: 'group.NAME'"),
        ("record_id,score.A,truth.A,truth.ST\na,0.5,1,1\n", SpecificationError, "'score.ST' beside 'truth.ST'"),
        (f"{LONG},split,patient_id\na,AF,1,0.5,test,1\nb,AF,1,0.5,validation,1\n", LeakageError, "more than one split"),
        (f"{LONG},task\na,AF,inf,0.5,regression\n", StatisticsError, "truth must be finite"),
        (f"{LONG}\na,AF,yes,0.5\n", SpecificationError, "got text such as 'yes'.*--positive WORD"),
        (f"{LONG}\n", CohortError, "no rows"),
        ("record_id label truth score\na AF 1 0.5\n", SpecificationError, "one cell, .*: separate cells by commas"),
        ("record_id,label,score\na,AF,0.5\n", SpecificationError, "no column 'truth'; the table has"),
    ],
)  # fmt: skip
def test_a_table_that_contradicts_itself_is_refused(tmp_path, text, error, words):
    """By file and record."""
    with pytest.raises(error, match=words) as caught:
        read_predictions(written(tmp_path, text))
    assert "s.csv" in str(caught.value)


def test_unknown_truth_beside_one_model_contradicts_nothing(tmp_path):
    """The other's is taken where it is known."""
    path = written(tmp_path, f"{LONG},model\na,AF,1,0.5,net\na,AF,,0.4,small\na,AF,1,0.2,third\n")
    assert np.isfinite(read_predictions(path).known_truth("test", "AF")["truth"].to_numpy()).tolist() == [True]


def test_a_task_that_does_not_exist_is_refused(tmp_path):
    """With the nearest name."""
    with pytest.raises(UnknownNameError, match="no task 'regresion'; did you mean 'regression'"):
        read_predictions(written(tmp_path, f"{LONG}\na,AF,1,0.5\n"), task="regresion")
