"""Which records are watched: rare labels among them, the same ones always, and never one of the test split."""

from __future__ import annotations

import dataclasses

import numpy as np
import pyarrow as pa
import pytest

from einthoven.ecg.input_spec import InputSpec, ViewSpec
from einthoven.errors import CohortError
from einthoven.training.watching.watched_records import chosen_records, watched_records
from fakes.stores import FakeStore

VIEW = ViewSpec(window_s=2.0, test_crops_s=(0.0,))


def _watched(store, cohort, **options):
    options = {"tasks": ("up", "loud"), "most_records": 1000, "spec": InputSpec(store.spec, VIEW), **options}
    return watched_records(cohort, store, **options)


def _with_splits(store, splits):
    cohort = store.cohort()
    return cohort.set_column(cohort.column_names.index("split"), "split", pa.array(splits))


def test_records_of_other_splits_are_never_watched():
    store = FakeStore(40)
    splits = ["train", "validation", "test", "external", None] * 8
    watched = _watched(store, _with_splits(store, splits))
    assert {splits[row] for row in watched.training} == {"train"}
    assert {splits[row] for row in watched.validation} == {"validation"}
    assert len(watched.rows) == 16


def test_targets_stand_beside_their_rows():
    store = FakeStore(40)
    store.labels[3, 1] = np.nan
    watched = _watched(store, store.cohort())
    np.testing.assert_array_equal(watched.training_target, store.labels[watched.training])
    np.testing.assert_array_equal(watched.validation_target, store.labels[watched.validation])


def test_the_choice_does_not_depend_on_the_order_of_the_cohort():
    store = FakeStore(60)
    cohort = store.cohort()
    shuffled = cohort.take(np.random.default_rng(0).permutation(60))
    first, second = (_watched(store, one, most_records=10) for one in (cohort, shuffled))
    assert set(first.training) == set(second.training)
    assert len(first.training) == 10


def test_rare_labels_are_among_the_chosen_ones():
    generator = np.random.default_rng(0)
    target = (generator.random((5000, 3)) < [0.002, 0.5, 0.3]).astype(np.float32)
    ids = [f"record{i}" for i in range(5000)]
    chosen = chosen_records(ids, target, most=200)
    assert len(chosen) == len(set(chosen)) == 200
    assert target[chosen, 0].sum() == min(target[:, 0].sum(), 10)
    assert 0.35 < target[chosen, 1].mean() < 0.65


def test_many_labels_share_half_of_the_places():
    target = np.eye(50, dtype=np.float32).repeat(20, axis=0)
    chosen = chosen_records([f"r{i}" for i in range(1000)], target, most=200)
    assert len(chosen) == 200
    assert target[chosen].sum(axis=0).min() >= 1


def test_all_are_chosen_where_there_are_no_more():
    np.testing.assert_array_equal(chosen_records(["b", "a"], np.zeros((2, 0), np.float32), most=5), [0, 1])


def test_a_label_without_both_classes_is_left_out_and_named():
    store = FakeStore(40)
    store.labels[::4, 1] = 0
    watched = _watched(store, store.cohort())
    assert watched.labels == ("up",)
    assert "leave out loud" in watched.note


@pytest.mark.parametrize(("tasks", "words"), [((), "no labels are named"), (("up",), "none of 1 labels")])
def test_without_labels_the_spread_alone_is_watched(tasks, words):
    store = FakeStore(40)
    store.labels[:, 0] = 1
    watched = _watched(store, store.cohort(), tasks=tasks, most_records=10)
    assert watched.labels == ()
    assert words in watched.note
    assert len(watched.training) == len(watched.validation) == 10


def test_patterns_name_tasks_and_an_unknown_one_is_refused():
    store = FakeStore(40)
    assert _watched(store, store.cohort(), tasks=("l*", "up")).labels == ("loud", "up")
    with pytest.raises(CohortError, match="did you mean 'loud'"):
        _watched(store, store.cohort(), tasks=("lood",))


def test_simulated_patients_are_watched_only_where_no_others_have_labels():
    store = FakeStore(40)
    cohort = store.cohort().append_column("source", pa.array(["real", "made"] * 20, pa.string()))
    cohort = cohort.set_column(
        cohort.column_names.index("split"), "split", pa.array((["train"] * 2 + ["validation"] * 2) * 10)
    )
    watched = _watched(store, cohort, simulated={"made"})
    assert all(row % 2 == 0 for row in watched.rows)
    assert len(_watched(store, cohort, simulated={"made", "real"}).rows) == 40
    assert all(row % 2 == 0 for row in _watched(store, cohort, simulated={"made"}, tasks=()).rows)


def test_records_too_short_for_the_window_are_left_out():
    store = FakeStore(40, lengths=(250, 150))
    assert all(store.lengths[row] == 250 for row in _watched(store, store.cohort(validation_every=3)).rows)
    padded = InputSpec(store.spec, dataclasses.replace(VIEW, short="pad_zero"))
    assert len(_watched(store, store.cohort(validation_every=3), spec=padded).rows) == 40


def test_a_record_with_several_rows_is_watched_once():
    store = FakeStore(20)
    cohort = store.cohort()
    doubled = pa.concat_tables([cohort, cohort])
    assert len(_watched(store, doubled).rows) == 20
