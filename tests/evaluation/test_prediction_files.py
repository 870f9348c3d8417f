from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import (
    CohortError,
    InvalidScoreError,
    SpecificationError,
    StatisticsError,
    UnknownNameError,
    UnreadableFileError,
)
from einthoven.evaluation.prediction_files import read_predictions
from einthoven.evaluation.predictions import Predictions


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def rows(predictions):
    names = ("record_id", "label", "truth", "score")
    return sorted(zip(*(predictions.table[n].to_pylist() for n in names), strict=True))


EXPECTED = [("a", "AF", 0.0, 0.2), ("a", "LBBB", None, 0.3), ("b", "AF", 1.0, 0.7), ("b", "LBBB", 1.0, 0.9)]


def test_long_and_wide_tables_hold_the_same(tmp_path):
    """Empty truth is unknown; the model is named after the file; notes say what was missing."""
    text = "record_id,label,truth,score\na,AF,0,0.2\na,LBBB,,0.3\nb,AF,1,0.7\nb,LBBB,1,0.9\n"
    long = read_predictions(write(tmp_path / "net.csv", text))
    wide_text = "record_id,score.AF,truth.AF,score.LBBB,truth.LBBB\na,0.2,0,0.3,\nb,0.7,1,0.9,1\n"
    wide = read_predictions(write(tmp_path / "net2.csv", wide_text), model="net")
    assert rows(long) == rows(wide) == EXPECTED
    assert long.models == wide.models == ("net",)
    assert long.hash == wide.hash
    assert any("split" in note for note in long.notes)
    assert any("patient" in note for note in long.notes)


def test_a_table_as_pandas_writes_it(tmp_path):
    """A column of row numbers without a name, and truth as True and False."""
    text = ",record_id,label,truth,score\n0,a,AF,False,0.2\n1,b,AF,True,0.7\n"
    assert rows(read_predictions(write(tmp_path / "s.csv", text))) == [("a", "AF", 0.0, 0.2), ("b", "AF", 1.0, 0.7)]


def test_the_csv_that_predictions_write_is_read_back(tmp_path):
    """Ids such as 007 stay text."""
    predictions = Predictions.from_arrays(
        [[0.1], [0.9]], [[0], [1]], labels=["AF"], record_id=["007", "08"], patient_id=["1", "02"]
    )
    predictions.write(tmp_path / "p.csv")
    predictions.write(tmp_path / "p.parquet")
    for suffix in ("csv", "parquet"):
        assert read_predictions(tmp_path / f"p.{suffix}").hash == predictions.hash


def test_arrays_with_truth_beside_them(tmp_path):
    """Labels come from the truth's header."""
    np.save(tmp_path / "net.npy", np.array([[0.2, 0.3], [0.7, 0.9]]))
    truth = write(tmp_path / "truth.csv", "AF,LBBB\n0,\n1,1\n")
    predictions = read_predictions(tmp_path / "net.npy", truth=truth)
    assert predictions.labels == ("AF", "LBBB")
    assert predictions.table["score_kind"].unique().to_pylist() == ["probability"]


def test_arrays_without_any_header_need_labels(tmp_path):
    """The message names the option, and the option helps."""
    np.save(tmp_path / "s.npy", np.array([[0.2, 0.3], [0.7, 0.9]]))
    np.save(tmp_path / "t.npy", np.array([[0, 1], [1, 0]]))
    with pytest.raises(SpecificationError, match="--labels"):
        read_predictions(tmp_path / "s.npy", truth=tmp_path / "t.npy")
    names = write(tmp_path / "n.txt", "AF\nLBBB\n")
    assert read_predictions(tmp_path / "s.npy", truth=tmp_path / "t.npy", labels=names).labels == ("AF", "LBBB")
    with pytest.raises(SpecificationError, match="2 columns, but there are 1 labels"):
        read_predictions(tmp_path / "s.npy", truth=tmp_path / "t.npy", labels=write(tmp_path / "n.txt", "AF"))


@pytest.mark.parametrize(
    ("name", "text", "error", "words"),
    [
        ("s.csv", "AF\n0.1\n", SpecificationError, "--truth FILE"),
        ("s.xlsx", "", UnreadableFileError, "must be a .parquet, .csv or .npy"),
        ("s.csv", "record_id,label,score,truth.x\na,b,1,1\n", SpecificationError, "no column 'truth'"),
        ("s.csv", "record_id,score.AF,truth.AF,scor.B\na,1,1,1\n", UnknownNameError, "did you mean 'score.AF'"),
        ("s.csv", "record_id,score.AF,score.B,truth.AF\na,1,1,1\n", SpecificationError, r"truth\.B are missing"),
        ("s.csv", "record_id,label,truth,score\na,AF,1,17\n", InvalidScoreError, "17.0 .* --score-kind value"),
        ("s.csv", "record_id,label,truth,score\na,AF,1,17\n", InvalidScoreError, r"s\.csv: scores of 's'"),
        ("s.csv", "record_id,score.AF,truth.AF\na,1,7\n", StatisticsError, r"s\.csv: truth must be 0, 1, .* got 7\.0"),
        ("s.csv", "record_id,score.AF,truth.AF\na,1,1\na,1,1\n", CohortError, r"s\.csv: .*two rows for record 'a'"),
        ("s.csv", "record_id,score.AF,truth.AF,split\na,1,1,tset\n", UnknownNameError, r"s\.csv: .*mean 'test'"),
        ("s.csv", "record_id,score.AF,truth.AF\n", CohortError, r"s\.csv: .*no rows"),
        ("s.csv", "", UnreadableFileError, r"s\.csv is empty"),
        ("s.parquet", "", UnreadableFileError, r"s\.parquet is empty"),
        ("s.csv", "record_id,label,truth,score\na,AF,1,x\n", UnreadableFileError, "'score' must hold numbers"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(tmp_path, name, text, error, words):
    """Each refusal says what to do."""
    with pytest.raises(error, match=words):
        read_predictions(write(tmp_path / name, text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("record_id,score.AF,truth.AF\na,0.5,1\nb,,0\n", "got nan"),
        ("record_id,label,truth,score\na,AF,1,0.5\nb,AF,0,\n", "got an empty cell"),
        ("record_id,score.AF,truth.AF\na,0.5,1\nb,inf,0\n", "got inf"),
    ],
)
def test_a_score_that_is_no_number_is_of_no_kind(tmp_path, text, found):
    """The message names file and record and doesn't ask for a kind, which would not help."""
    with pytest.raises(InvalidScoreError, match=rf"s\.csv: .* {found} .*record 'b'.*; score these records") as caught:
        read_predictions(write(tmp_path / "s.csv", text))
    assert "kind" not in str(caught.value)


def test_what_predict_writes_keeps_patients_and_splits_beside_a_file_of_truth(tmp_path):
    """A validation split stays one, so that cut-offs can be chosen on it."""
    text = "record_id,patient_id,split,score.AF\na,1,validation,0.2\nb,1,validation,0.7\nc,2,test,0.4\n"
    truth = write(tmp_path / "t.csv", "record_id,AF\nc,1\nb,1\na,0\n")
    predictions = read_predictions(write(tmp_path / "s.csv", text), truth=truth)
    assert predictions.labels == ("AF",)
    columns = [predictions.table[name].to_pylist() for name in ("record_id", "patient_id", "split", "truth")]
    assert list(zip(*columns, strict=True)) == [
        ("a", "1", "validation", 0.0), ("b", "1", "validation", 1.0), ("c", "2", "test", 1.0),
    ]  # fmt: skip
    assert predictions.notes == ()


def test_what_the_scores_do_not_say_of_a_record_the_truth_says(tmp_path):
    """Patients, splits and groups come along in the order of the scores; an empty column says nothing."""
    scores = write(tmp_path / "s.csv", "record_id,patient_id,score.AF\na,,0.2\nb,,0.7\n")
    text = "record_id,patient_id,split,group.sex,AF\nb,2,test,F,1\na,1,validation,M,0\n"
    predictions = read_predictions(scores, truth=write(tmp_path / "t.csv", text))
    columns = [predictions.table[name].to_pylist() for name in ("record_id", "patient_id", "split", "group.sex")]
    assert list(zip(*columns, strict=True)) == [("a", "1", "validation", "M"), ("b", "2", "test", "F")]


def test_two_files_that_split_records_differently_are_refused(tmp_path):
    """It would be unclear which counts."""
    scores = write(tmp_path / "s.csv", "record_id,split,score.AF\na,test,0.2\nb,test,0.7\n")
    truth = write(tmp_path / "t.csv", "record_id,split,AF\na,test,1\nb,validation,0\n")
    with pytest.raises(SpecificationError, match=r"'split' of .*s\.csv and .*t\.csv differ"):
        read_predictions(scores, truth=truth)
    write(truth, "record_id,split,AF\nb,test,1\na,test,0\n")
    assert read_predictions(scores, truth=truth).splits == ("test",)


def test_an_error_about_values_names_both_files(tmp_path):
    """Scores or truth may be the wrong one."""
    scores, truth = write(tmp_path / "s.csv", "AF\n0.1\n"), write(tmp_path / "t.csv", "AF\n3\n")
    with pytest.raises(StatisticsError, match=r"s\.csv with .*t\.csv: truth must be 0, 1"):
        read_predictions(scores, truth=truth)
    with pytest.raises(UnreadableFileError, match=r"t\.csv is empty"):
        read_predictions(scores, truth=write(truth, ""))


def test_a_missing_file_is_named(tmp_path):
    """Not a traceback."""
    with pytest.raises(UnreadableFileError, match=r"there is no file .*gone\.csv"):
        read_predictions(tmp_path / "gone.csv")


def test_two_sources_of_truth_are_refused(tmp_path):
    """It would be unclear which counts."""
    scores = write(tmp_path / "s.csv", "record_id,label,truth,score\na,AF,1,0.5\n")
    with pytest.raises(SpecificationError, match="leave out --truth"):
        read_predictions(scores, truth=scores)


def test_a_declared_kind_that_the_file_contradicts_is_refused(tmp_path):
    """The file's own column wins by refusing."""
    text = "record_id,label,truth,score,score_kind\na,AF,1,0.5,probability\n"
    with pytest.raises(SpecificationError, match="contradicts"):
        read_predictions(write(tmp_path / "s.csv", text), score_kind="logit")


@pytest.mark.real_data
def test_the_published_study_is_read_as_it_is_laid_out(real_data):
    """A network's array, its 0/1 answers with an index column, and two readers, against one gold standard."""
    folder = real_data / "predictions" / "code_test"
    truth = folder / "data/annotations/gold_standard.csv"
    kinds = {}
    for name in ("dnn_predicts/model.npy", "data/annotations/dnn.csv", "data/annotations/cardiologist1.csv"):
        predictions = read_predictions(folder / name, truth=truth)
        assert predictions.labels == ("1dAVb", "RBBB", "LBBB", "SB", "AF", "ST")
        assert len(predictions.table) == 827 * 6
        kinds[predictions.models[0]] = predictions.table["score_kind"].unique().to_pylist()
    assert kinds == {"model": ["probability"], "dnn": ["binary"], "cardiologist1": ["binary"]}
