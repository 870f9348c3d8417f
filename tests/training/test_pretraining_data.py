"""What a pretraining learns from: each record once, with patient, targets and vector; what can't be is refused."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from einthoven.errors import CohortError, SpecificationError, SplitError
from einthoven.training.pretrain_settings import PretrainSettings, VectorSettings
from einthoven.training.pretraining_data import pretraining_data
from einthoven.training.text_encoders import text_encoder
from fakes.stores import FakeStore

N = 12
STORE = FakeStore(N)
IDS = np.array(STORE.record_ids)


def _cohort(**columns) -> pa.Table:
    """Return 12 ECGs of 6 patients of 2 each, all in training; ``a`` alternates, ``b`` has two positives."""
    table = {
        "record_id": IDS.tolist(),
        "patient_id": [f"p{i // 2}" for i in range(N)],
        "source": ["one"] * 6 + ["two"] * 6,
        "split": ["train"] * N,
        "y.a": [float(i % 2) for i in range(N)],
        "y.b": [1.0, 1.0] + [0.0] * 10,
        **columns,
    }
    return pa.table(table)


def _data(cohort=None, store=STORE, *, pairing="none", needs_labels=None, objectives=("cpc",), **settings):
    settings = {"batch_size": 4, "minimum_positives": 2, **settings}
    needs_labels = bool(settings.get("labels")) if needs_labels is None else needs_labels
    settings = PretrainSettings(objectives={name: {} for name in objectives}, **settings)
    return pretraining_data(settings, store, cohort or _cohort(), needs_labels=needs_labels, pairing=pairing)


def test_each_record_comes_once_in_the_order_of_the_store():
    shuffled = np.random.default_rng(0).permutation(N)
    data = _data(_cohort().take(shuffled))
    assert data.rows.tolist() == list(range(N))
    assert [data.patient_ids[i] for i in data.patients] == [f"p{i // 2}" for i in range(N)]
    assert data.sources == ("one", "two")
    assert data.target.shape == (N, 0)
    assert data.hash == _data().hash != _data(_cohort(patient_id=["p"] * N), batch_size=4).hash


def test_the_hash_tells_other_records_in_the_same_places():
    """As after another ingest into a store of the same folder."""
    other = FakeStore(N)
    other.record_ids = [f"other{i}" for i in range(N)]
    assert _data(_cohort(record_id=other.record_ids), other).hash != _data().hash


def test_only_records_of_the_splits_are_there():
    data = _data(_cohort(split=["train"] * 4 + ["validation"] * 2 + ["test"] * 6))
    assert data.rows.tolist() == [0, 1, 2, 3]
    assert data.sources == ("one",)


def test_a_record_without_a_patient_is_one_of_its_own():
    data = _data(_cohort(patient_id=[None, "", "p"] + ["q"] * 9))
    assert len(data.patient_ids) == 4


def test_a_cohort_from_polars_is_taken():
    """Its strings have another type."""
    larger = pl.from_arrow(_cohort()).to_arrow()
    assert larger["patient_id"].type == pa.large_string()
    assert _data(larger).hash == _data().hash


def test_labels_are_named_or_matched_and_the_rare_ones_left_out():
    data = _data(_cohort(**{"y.c": [1.0] + [0.0] * 11}), labels=("b", "*"))
    assert data.labels == ("b", "a")
    assert (data.target[:, 1] == np.arange(N) % 2).all()
    assert data.positives.tolist() == [2, 6]
    assert data.negatives.tolist() == [10, 6]
    assert data.notes == ("1 of 3 labels have fewer than 2 positives or negatives and are left out: c",)


def test_uncertain_and_unknown_targets_are_not_a_number():
    cohort = _cohort(**{"y.a": [None] + [float(i % 2) for i in range(1, N)], "u.a": [False, True, None] + [False] * 9})
    data = _data(cohort, labels=("a",), objectives=("supervised", "cpc"))
    assert np.flatnonzero(np.isnan(data.target[:, 0])).tolist() == [0, 1]


def test_records_of_which_nothing_is_known_stay_for_other_objectives_alone():
    cohort = _cohort(**{"y.a": [None, None, None] + [float(i % 2) for i in range(9)]})
    assert len(_data(cohort, labels=("a",), objectives=("supervised", "cpc"))) == N
    alone = _data(cohort, labels=("a",), objectives=("supervised",))
    assert alone.rows.tolist() == list(range(3, N))
    assert alone.notes == ("3 of 12 ECGs are without a known label and are left out",)


def test_of_several_rows_of_a_record_the_first_that_knows_a_target_gives_it():
    twice = pa.concat_tables([_cohort(**{"y.a": [None, 1.0] * 6}), _cohort(**{"y.a": [0.0] * 12})])
    data = _data(twice, labels=("a",))
    assert data.rows.tolist() == list(range(N))
    assert data.target[:, 0].tolist() == [0.0, 1.0] * 6


def test_patients_with_one_ecg_are_left_out_of_pairs_and_counted():
    data = _data(_cohort(patient_id=["alone", *["p"] * 5, "lonely", *["q"] * 5]), pairing="patient", batch_size=2)
    assert data.patient_ids == ("p", "q")
    assert data.notes == ("2 of 12 ECGs are of patients with one ECG and are left out",)


def _written(tmp_path, table) -> str:
    pq.write_table(pa.table(table), tmp_path / "vectors.parquet")
    return str(tmp_path / "vectors.parquet")


@pytest.mark.parametrize("fixed", [False, True])
def test_vectors_come_to_their_records_and_are_unknown_elsewhere(tmp_path, fixed):
    kind = pa.list_(pa.float64(), 2) if fixed else pa.list_(pa.float64())
    values = pa.array([[1.0, 2.0], [3.0, 4.0], None], kind)
    path = _written(tmp_path, {"record_id": [IDS[3], IDS[0], IDS[5]], "vector": values})
    data = _data(vectors=VectorSettings(path), objectives=("cross_modal", "cpc"))
    assert data.vector_width == 2
    assert data.vector[3].tolist() == [1, 2]
    assert data.vector[0].tolist() == [3, 4]
    assert np.isnan(np.delete(data.vector, [0, 3], axis=0)).all()
    alone = _data(vectors=VectorSettings(path), objectives=("cross_modal",), batch_size=2)
    assert alone.rows.tolist() == [0, 3]


def test_texts_become_vectors_and_empty_ones_are_unknown(tmp_path):
    """Those of other records don't take part, though the encoder counts words over all that it is given."""
    texts = {"record_id": [*IDS[:3], "nobody"], "report": ["sinus rhythm", "", "atrial fibrillation", "sinus rhythm"]}
    settings = VectorSettings(_written(tmp_path, texts), column="report", text_encoder="hashed_ngrams:2")
    data = _data(vectors=settings, objectives=("cross_modal", "cpc"))
    assert np.flatnonzero(~np.isnan(data.vector).any(axis=1)).tolist() == [0, 2]
    expected = text_encoder("hashed_ngrams:2").encode(["sinus rhythm", "", "atrial fibrillation"])
    assert np.array_equal(data.vector[:3], expected, equal_nan=True)


def test_vectors_of_patients_come_to_all_their_records(tmp_path):
    path = _written(tmp_path, {"patient_id": ["p2", "p1"], "image": [[1, 2, 3], [4, 5, 6]]})
    settings = VectorSettings(path, key="patient_id", column="image")
    data = _data(vectors=settings, objectives=("cross_modal", "cpc"))
    assert data.vector[[2, 3, 4, 5]].tolist() == [[4, 5, 6], [4, 5, 6], [1, 2, 3], [1, 2, 3]]


@pytest.mark.parametrize(
    ("table", "match"),
    [
        ({"record_id": ["nobody"], "vector": [[1.0]]}, "none of the 12 values of record_id"),
        ({"record_id": [IDS[0]] * 2, "vector": [[1.0]] * 2}, "2 rows with the record_id 'record0000'"),
        ({"record_id": [IDS[0], IDS[1]], "vector": [[1.0], [1.0, 2.0]]}, "1 to 2 numbers"),
        ({"record_id": [IDS[0]], "vectors": [[1.0]]}, "no column 'vector'.*vectors"),
        ({"record_id": [IDS[0]], "vector": ["text"]}, "name a vectors.text_encoder"),
        ({"record_id": [IDS[0]], "vector": [1.0]}, "lists of numbers"),
        ({"record_id": [IDS[0]], "vector": [["a"]]}, "lists of numbers"),
    ],
)
def test_vectors_that_cannot_be_used_are_refused(tmp_path, table, match):
    with pytest.raises((CohortError, SpecificationError), match=match):
        _data(vectors=VectorSettings(_written(tmp_path, table)))


def test_a_vectors_file_that_is_none_is_refused(tmp_path):
    (tmp_path / "no.parquet").write_text("no")
    with pytest.raises(SpecificationError, match="can't be read as Parquet"):
        _data(vectors=VectorSettings(str(tmp_path / "no.parquet")))


@pytest.mark.parametrize(
    ("cohort", "settings", "error", "match"),
    [
        ({}, {"batch_size": 13}, CohortError, "batch of 13 can't be filled by 12 ECGs: set batch_size to 12"),
        ({}, {"batch_size": 7, "pairing": "segment"}, CohortError, "6 patients: set batch_size to 6"),
        ({}, {"batch_size": 7, "pairing": "patient"}, CohortError, "6 patients with two ECGs or more"),
        ({"patient_id": ["p"] * N}, {"pairing": "segment"}, CohortError, "two patients or more, got 1"),
        ({"patient_id": IDS.tolist()}, {"pairing": "patient"}, CohortError, "all 12 ECGs .* of patients with one ECG"),
        ({}, {"splits": ("validation",)}, SplitError, "no split 'validation'"),
        ({}, {"splits": ("test",)}, SplitError, "can't see the split 'test'"),
        ({}, {"labels": ("aa",)}, CohortError, "label 'aa'.*did you mean 'a'"),
        ({}, {"needs_labels": True}, SpecificationError, "set labels"),
        ({}, {"labels": ("b",), "minimum_positives": 3}, SplitError, "none of the 1 labels has 3 positives"),
        ({"y.a": [2.0] * N}, {"labels": ("a",)}, CohortError, "got 2.0 for a in record record0000"),
    ],
)
def test_what_cannot_be_pretrained_on_is_refused(cohort, settings, error, match):
    with pytest.raises(error, match=match):
        _data(_cohort(**cohort), **settings)


def test_an_empty_store_is_refused():
    class Empty(FakeStore):
        def __len__(self) -> int:
            return 0

    with pytest.raises(SplitError, match="holds 0 ECGs"):
        _data(store=Empty(1))
