from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from einthoven.errors import (
    CohortError,
    InvalidScoreError,
    LeakageError,
    SpecificationError,
    StatisticsError,
    UnknownNameError,
    UnreadableFileError,
)
from einthoven.evaluation.prediction_files import read_predictions
from einthoven.evaluation.predictions import Predictions


def columns(**changes):
    """Return the columns of a small valid table: two records, two labels."""
    base = {
        "record_id": ["r1", "r2", "r1", "r2"],
        "patient_id": ["p1", "p2", "p1", "p2"],
        "split": ["test"] * 4,
        "model": ["net"] * 4,
        "seed": [0] * 4,
        "label": ["AF", "AF", "LBBB", "LBBB"],
        "task": ["binary"] * 4,
        "truth": [0.0, 1.0, None, 1.0],
        "score": [0.2, 0.7, 0.4, 0.9],
        "score_kind": ["probability"] * 4,
    }
    return pa.table({name: value for name, value in (base | changes).items() if value is not None})


def test_scores_come_label_by_label_without_unknown_truth():
    """Dropped rows are counted, codes are shared between labels."""
    af, lbbb = Predictions(columns()).label_scores()
    assert (af.key, lbbb.key) == (("net", 0, "test", "AF"), ("net", 0, "test", "LBBB"))
    assert (af.unknown, lbbb.unknown) == (0, 1)
    assert af.record.tolist() == [0, 1]
    assert (lbbb.record.tolist(), lbbb.score.tolist()) == ([1], [0.9])


def test_notes_stay_with_the_scores_in_a_file(tmp_path):
    """Once each; those that the table itself gives are found anew, and a table without notes has no such entry."""
    noted = Predictions(columns(patient_id=None), ("Simulated data: so and so.",))
    noted.to_parquet(tmp_path / "noted.parquet")
    for again in (Predictions.from_file(tmp_path / "noted.parquet"), read_predictions(tmp_path / "noted.parquet")):
        assert again.notes == noted.notes
        other = Predictions(columns(patient_id=None, model=["other"] * 4), noted.notes)
        assert Predictions.concatenate([again, other]).notes == noted.notes
    Predictions(columns()).to_parquet(tmp_path / "plain.parquet")
    assert b"einthoven.notes" not in pq.read_schema(tmp_path / "plain.parquet").metadata


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"score": None}, SpecificationError, "missing: score"),
        ({"scor": [1.0] * 4}, UnknownNameError, "did you mean 'score'"),
        ({"patient": ["a"] * 4}, UnknownNameError, "did you mean 'patient_id'"),
        ({"seed": ["a"] * 4}, SpecificationError, "'seed' must be of type int32, got text"),
        ({"seed": [0.5] * 4}, SpecificationError, "'seed' must be of type int32"),
        ({"label": [1.5] * 4}, SpecificationError, "'label' must hold text"),
        ({"covariate.age": ["old"] * 4}, SpecificationError, "covariate.age"),
        ({"label": ["AF", None, "B", "B"]}, SpecificationError, "1 empty cells"),
        ({"split": ["tset"] * 4}, UnknownNameError, "did you mean 'test'"),
        ({"task": ["binry"] * 4}, UnknownNameError, "did you mean 'binary'"),
        ({"score_kind": ["probabilty"] * 4}, UnknownNameError, "did you mean 'probability'"),
        ({"score": [0.1, float("nan"), 0.3, 0.4]}, InvalidScoreError, "got nan for label 'AF' of record 'r2'"),
        ({"score": [0.1, None, 0.3, 0.4]}, InvalidScoreError, "finite"),
        ({"score": [0.1, 1.2, 0.3, 0.4]}, InvalidScoreError, r"\[0, 1\], got 1.2 .* 'AF' .* 'r2'.*score_kind 'value'"),
        ({"score_kind": ["binary"] * 4}, InvalidScoreError, "must be 0 or 1, got 0.2"),
        ({"truth": [0.0, 2.0, 0.0, 1.0]}, StatisticsError, "truth must be 0, 1, or empty .* got 2.0"),
        ({"label": ["AF"] * 4}, CohortError, "two rows for record 'r1'"),
        ({"score_kind": ["probability", "value"] * 2}, CohortError, "two kinds"),
        ({"patient_id": ["p", "p"] * 2, "split": ["test", "train"] * 2}, LeakageError, "test and train"),
        ({"weight": [1.0, 0.0, 1.0, 1.0]}, StatisticsError, "finite and positive, got 0.0"),
    ],
)
def test_a_wrong_table_is_refused(changes, error, words):
    """Each refusal names what came and what is accepted."""
    with pytest.raises(error, match=words):
        Predictions(columns(**changes))


def test_an_empty_table_is_refused():
    """There is nothing to evaluate."""
    with pytest.raises(CohortError, match="no rows"):
        Predictions(columns().slice(0, 0))


def test_further_columns_are_groups_and_covariates():
    """Text and numbers by their prefix."""
    table = Predictions(columns(**{"group.sex": ["F", "M"] * 2, "covariate.age": [1, 2, 1, 2]})).table
    assert pa.types.is_dictionary(table.schema.field("group.sex").type)
    assert table.schema.field("covariate.age").type == pa.float64()


def test_one_record_with_several_outcomes_is_no_duplicate():
    """The key holds the outcome."""
    table = columns(record_id=["r1"] * 4, patient_id=["p1"] * 4, outcome_id=["a", "b"] * 2)
    af, _ = Predictions(table).label_scores()
    assert (af.record.tolist(), af.patient.tolist()) == ([0, 1], [0, 0])


def test_the_same_record_without_patient_takes_the_patient_of_its_other_rows():
    """A reader's file without patient ids joins a network's file with them."""
    network = Predictions(columns())
    reader = Predictions(columns(patient_id=None, model=["reader"] * 4))
    both = Predictions.concatenate([network, reader])
    patients = {s.model: s.patient.tolist() for s in both.label_scores() if s.label == "AF"}
    assert patients["net"] == patients["reader"]
    assert both.notes == ("4 rows have no patient id of their own.",)


def test_without_patient_ids_each_record_is_its_own_patient_and_a_note_says_so():
    """The note reaches the output."""
    predictions = Predictions(columns(patient_id=None))
    assert "each record counts as its own patient" in predictions.notes[0]
    assert next(iter(predictions.label_scores())).patient.tolist() == [0, 1]


def test_hash_ignores_the_order_of_rows_and_columns_but_no_score():
    """The same content has the same hash."""
    table = columns()
    base = Predictions(table).hash
    assert Predictions(table.take([2, 0, 3, 1]).select(table.column_names[::-1])).hash == base
    assert Predictions(columns(score=[0.2, 0.7, 0.4, 0.91])).hash != base


def test_parquet_round_trip(tmp_path):
    """What is written is read."""
    predictions = Predictions(columns())
    predictions.write(tmp_path / "p.parquet")
    assert Predictions.from_file(tmp_path / "p.parquet").hash == predictions.hash
    with pytest.raises(SpecificationError, match=r"as \.parquet or"):
        predictions.write(tmp_path / "p.xlsx")


def test_a_newer_version_is_refused(tmp_path):
    """It may mean something else."""
    pq.write_table(columns().replace_schema_metadata({"version": "2"}), tmp_path / "p.parquet")
    with pytest.raises(SpecificationError, match="update"):
        Predictions.from_file(tmp_path / "p.parquet")


def test_a_damaged_file_is_refused(tmp_path):
    """With its name."""
    (tmp_path / "p.parquet").write_bytes(b"PAR1 nonsense")
    with pytest.raises(UnreadableFileError, match=r"p\.parquet"):
        Predictions.from_file(tmp_path / "p.parquet")


def test_arrays_with_wrong_shapes_are_refused():
    """Labels and records are counted."""
    with pytest.raises(SpecificationError, match="with 2 labels"):
        Predictions.from_arrays(np.zeros((3, 1)), np.zeros((3, 1)), labels=["a", "b"])
    with pytest.raises(SpecificationError, match="one value per record, 3, got 1"):
        Predictions.from_arrays(np.zeros((3, 1)), np.zeros((3, 1)), labels=["a"], record_id=["x"])


@pytest.mark.slow
def test_a_million_rows_are_checked_and_read_in_seconds():
    """Dictionary-encoded, one label at a time."""
    n = 200_000
    truth = (np.arange(n)[:, None] % np.array([3, 5, 7, 11, 13]) == 0).astype(float)
    predictions = Predictions.from_arrays(
        np.random.default_rng(0).random((n, 5)), truth, labels=list("abcde"), patient_id=[str(i // 2) for i in range(n)]
    )
    assert sum(s.score.size for s in predictions.label_scores()) == 5 * n
