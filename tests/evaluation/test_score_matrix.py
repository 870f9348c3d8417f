from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from einthoven.errors import SpecificationError, UnknownNameError, UnreadableFileError
from einthoven.evaluation.score_matrix import aligned_truth, read_matrix, read_names


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_a_csv_with_header_an_index_and_ids(tmp_path):
    """The column without a name is passed over, ids stay text."""
    matrix = read_matrix(write(tmp_path / "s.csv", ",record_id,AF,LBBB\n0,007,0.1,0.2\n1,008,0.3,0.4\n"))
    assert (matrix.labels, matrix.records) == (("AF", "LBBB"), ("007", "008"))
    assert matrix.values.tolist() == [[0.1, 0.2], [0.3, 0.4]]


def test_a_csv_without_header(tmp_path):
    """A first line of numbers is data."""
    matrix = read_matrix(write(tmp_path / "s.csv", "0.1,0.2\n0.3,0.4\n"))
    assert (matrix.labels, matrix.values.shape) == (None, (2, 2))


def test_a_parquet_of_scored_files(tmp_path):
    """What predict writes: ids and score.LABEL."""
    table = {"record_id": ["a"], "patient_id": ["p"], "score.AF": [0.5]}
    pq.write_table(pa.table(table), tmp_path / "s.parquet")
    matrix = read_matrix(tmp_path / "s.parquet")
    assert (matrix.labels, matrix.records) == (("AF",), ("a",))
    assert matrix.per_record == {"record_id": ("a",), "patient_id": ("p",)}


def test_a_vector_is_one_label(tmp_path):
    """(record,) becomes (record, 1)."""
    np.save(tmp_path / "s.npy", np.array([0.1, 0.2], dtype=np.float32))
    assert read_matrix(tmp_path / "s.npy").values.shape == (2, 1)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("s.csv", "AF\nhigh\n", "column 'AF' of .* must hold numbers"),
        ("s.csv", "record_id\na\n", "no column of numbers"),
        ("s.csv", "", r"s\.csv is empty"),
        ("s.csv", " \n\n", r"s\.csv is empty"),
        ("s.npy", "", r"s\.npy is empty"),
        ("s.csv", "0.1,0.2\n0.3\n", "must hold numbers"),
        ("s.csv", "a,b\n1,2,3\n", "as a CSV table"),
        ("s.npy", "no array", "can't read an array"),
        ("s.parquet", "no table", "can't read a table"),
    ],
)
def test_a_damaged_file_is_refused_by_name(tmp_path, name, content, words):
    """The message holds the path."""
    with pytest.raises(UnreadableFileError, match=words):
        read_matrix(write(tmp_path / name, content))


def test_a_pickled_array_is_refused(tmp_path):
    """Loading it could run code."""
    np.save(tmp_path / "s.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(UnreadableFileError, match="can't read an array"):
        read_matrix(tmp_path / "s.npy")


def test_truth_is_joined_on_record_id_and_label(tmp_path):
    """In any order of rows and columns."""
    scores = read_matrix(write(tmp_path / "s.csv", "record_id,AF,LBBB\nb,0.1,0.2\na,0.3,0.4\n"))
    true = read_matrix(write(tmp_path / "t.csv", "LBBB,record_id,AF\n1,a,0\n0,b,1\n1,c,1\n"))
    assert aligned_truth(true, scores, labels=("AF", "LBBB")).values.tolist() == [[1, 0], [0, 1]]


def test_rows_that_do_not_fit_are_refused(tmp_path):
    """By count, by id, by a doubled id, by label."""
    scores = read_matrix(write(tmp_path / "s.csv", "record_id,AF\nb,0.1\na,0.3\n"))
    for text, words in (
        ("AF\n1\n", "2 rows and .* 1; they must be the same records"),
        ("record_id,AF\na,1\n", "1 records of .* first 'b'"),
        ("record_id,AF\na,1\nb,1\nb,0\n", "record_id twice"),
    ):
        with pytest.raises(SpecificationError, match=words):
            aligned_truth(read_matrix(write(tmp_path / "t.csv", text)), scores, labels=("AF",))
    with pytest.raises(UnknownNameError, match="no label 'AF'; did you mean 'AFL'"):
        aligned_truth(read_matrix(write(tmp_path / "t.csv", "AFL\n1\n0\n")), scores, labels=("AF",))


def test_names_are_separated_by_commas_or_lines(tmp_path):
    """Blanks don't count."""
    assert read_names(write(tmp_path / "n.txt", "AF, LBBB\nRBBB\n\n")) == ("AF", "LBBB", "RBBB")


def test_columns_about_the_record_are_no_labels(tmp_path):
    """Sites and splits as numbers stay what they are; they follow the truth into the scores' order."""
    scores = read_matrix(write(tmp_path / "s.csv", "record_id,AF\nb,0.1\na,0.3\n"))
    text = "record_id,patient_id,split,site,group.sex,truth.AF\na,1,test,0,F,0\nb,2,validation,1,,1\n"
    true = read_matrix(write(tmp_path / "t.csv", text))
    assert true.labels == ("AF",)
    aligned = aligned_truth(true, scores, labels=("AF",))
    assert aligned.per_record == {
        "record_id": ("b", "a"),
        "patient_id": ("2", "1"),
        "split": ("validation", "test"),
        "site": ("1", "0"),
        "group.sex": (None, "F"),
    }
