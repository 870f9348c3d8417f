from __future__ import annotations

import pickle

import numpy as np
import pytest

from einthoven.ecg.formats import locate, read
from einthoven.errors import RecordError, SpecificationError
from fakes.array_files import layout, write_array


def signals(n_records=4, n_samples=30):
    """Return float32 (record, sample, lead)."""
    return np.random.default_rng(5).normal(size=(n_records, n_samples, 12)).astype(np.float32)


def test_rows_are_located_with_their_number_and_can_be_pickled(tmp_path):
    path = write_array(tmp_path / "a.npy", signals())
    locations = locate(path, options=layout(axes="record,sample,lead"))
    assert [location.record_id for location in locations] == ["a_0", "a_1", "a_2", "a_3"]
    copies = pickle.loads(pickle.dumps(locations))
    np.testing.assert_array_equal(read(copies[2]).signal, signals()[2].T)


def test_a_folder_of_arrays_is_one_record_per_file_of_one_kind(tmp_path):
    for name in ("a10", "a2"):
        write_array(tmp_path / f"{name}.h5", signals()[0])
    assert [location.record_id for location in locate(tmp_path, format="array", options=layout())] == ["a2", "a10"]
    (tmp_path / "labels.csv").write_text("1,2\n")
    with pytest.raises(SpecificationError, match=r"\.csv, \.h5 files; say which"):
        locate(tmp_path, format="array", options=layout())
    assert len(locate(tmp_path, format="array", options=layout(suffix=".h5"))) == 2


def test_a_text_beside_arrays_is_about_them_unless_it_is_declared(tmp_path):
    write_array(tmp_path / "a.npy", signals()[0])
    write_array(tmp_path / "b.txt", signals()[0])
    assert [location.record_id for location in locate(tmp_path, format="array", options=layout())] == ["a"]
    declared = locate(tmp_path, format="array", options=layout(suffix=".txt"))
    assert [location.record_id for location in declared] == ["b"]
    (tmp_path / "a.npy").unlink()
    assert [location.record_id for location in locate(tmp_path, format="array", options=layout())] == ["b"]


def test_a_damaged_file_of_a_folder_is_located_so_that_it_is_refused_by_name(tmp_path):
    write_array(tmp_path / "good.npy", signals())
    (tmp_path / "bad.npy").write_bytes(b"no array")
    found = locate(tmp_path, format="array", options=layout(axes="record,sample,lead"))
    assert [location.record_id for location in found] == ["bad", "good_0", "good_1", "good_2", "good_3"]
    with pytest.raises(RecordError, match=r"bad\.npy"):
        read(found[0])


def test_rows_of_files_of_the_same_name_are_told_apart(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_array(tmp_path / folder / "x.npy", signals(n_records=2))
    found = locate(tmp_path, format="array", options=layout(axes="record,sample,lead"))
    assert [location.record_id for location in found] == ["a/x_0", "a/x_1", "b/x_0", "b/x_1"]


def test_axes_that_do_not_fit_the_file_are_refused(tmp_path):
    with pytest.raises(SpecificationError, match="declare all of them"):
        locate(write_array(tmp_path / "a.npy", signals()[0]), options=layout(axes="record,sample,lead"))
