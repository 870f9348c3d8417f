"""MATLAB files are read as scipy reads them, and damage never reaches its C code."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from scipy import io

from einthoven.ecg.formats.array.matlab import is_matlab, read_matrices
from einthoven.errors import UnreadableFileError


@pytest.mark.parametrize("version", ["4", "5"])
@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("dtype", ["f8", "f4", "i4", "i2", "u2", "u1"])
def test_matrices_are_those_that_were_saved(tmp_path, version, compressed, dtype):
    values = np.random.default_rng(3).integers(0, 200, (12, 31)).astype(dtype)
    path = tmp_path / "rec.mat"
    io.savemat(path, {"val": values, "rate": np.array([[500.0]])}, format=version, do_compression=compressed)
    read = read_matrices(path.read_bytes(), where="rec.mat")
    assert set(read) == {"val", "rate"}
    np.testing.assert_array_equal(read["val"], values)
    assert read["rate"][0, 0] == 500


def test_what_is_no_real_matrix_is_passed_over(tmp_path):
    path = tmp_path / "rec.mat"
    io.savemat(path, {"val": np.ones((2, 3)), "name": "Smith", "c": np.ones(2) * 1j, "x": [[1], "a"]})
    assert set(read_matrices(path.read_bytes(), where="rec.mat")) == {"val"}


@pytest.mark.parametrize("compressed", [False, True])
def test_fields_of_a_structure_have_its_name_before_theirs(tmp_path, compressed):
    path = tmp_path / "rec.mat"
    fields = {"sex": "Male", "age": 52.0, "data": np.arange(36.0).reshape(12, 3), "deeper": {"data": 1.0}, "none": []}
    io.savemat(path, {"ECG": fields, "many": np.array([{"a": 1}, {"a": 2}])}, do_compression=compressed)
    read = read_matrices(path.read_bytes(), where="rec.mat")
    assert {name: values.size for name, values in read.items()} == {"ECG.age": 1, "ECG.data": 36, "ECG.none": 0}
    np.testing.assert_array_equal(read["ECG.data"], fields["data"])


def test_only_version_5_has_a_signature(tmp_path):
    for version, signed in (("4", False), ("5", True)):
        io.savemat(tmp_path / "rec.mat", {"val": np.ones((2, 3))}, format=version)
        assert is_matlab((tmp_path / "rec.mat").read_bytes()) is signed


@pytest.mark.parametrize("version", ["4", "5"])
def test_a_cut_file_is_refused_at_every_byte(tmp_path, version):
    path = tmp_path / "rec.mat"
    io.savemat(path, {"val": np.ones((2, 30), dtype=np.int16)}, format=version)
    content = path.read_bytes()
    for length in range(1, len(content)):
        try:
            cut = read_matrices(content[:length], where="rec.mat")
        except UnreadableFileError:
            continue
        assert cut == {}


def test_a_bomb_is_refused():
    header = b"MATLAB 5.0".ljust(124, b" ") + b"\0\1IM"
    packed = zlib.compress(b"\0" * 50_000_000)[:-4]
    bomb = header + (15).to_bytes(4, "little") + len(packed).to_bytes(4, "little") + packed
    with pytest.raises(UnreadableFileError, match="truncated or too large"):
        read_matrices(bomb, where="rec.mat")


def test_many_small_bombs_are_refused_like_one():
    """Each alone would be allowed."""
    packed = zlib.compress(b"\0" * 40_000_000)
    member = (15).to_bytes(4, "little") + len(packed).to_bytes(4, "little") + packed
    with pytest.raises(UnreadableFileError, match="too large"):
        read_matrices(b"MATLAB 5.0".ljust(124, b" ") + b"\0\1IM" + member * 3, where="rec.mat")
