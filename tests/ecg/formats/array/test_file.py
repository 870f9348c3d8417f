from __future__ import annotations

import struct
import zipfile

import h5py
import numpy as np
import pytest

from einthoven.ecg.formats import RecordLocation, read
from einthoven.errors import RecordError, SignalError, SpecificationError, UnreadableFileError
from fakes.array_files import layout, write_array
from fakes.effort import little_work

SUFFIXES = [".npy", ".npz", ".csv", ".txt", ".h5", ".hdf5", ".mat", ".parquet"]


def signals(n_records=4, n_samples=30):
    """Return float32 (record, sample, lead)."""
    return np.random.default_rng(5).normal(size=(n_records, n_samples, 12)).astype(np.float32)


def read_with(path, **options):
    return read(RecordLocation("r", str(path), "array", layout(**options)))


def test_several_arrays_in_a_file_need_a_choice(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, ecg=signals()[0], labels=np.zeros(3))
    with pytest.raises(SpecificationError, match=r"holds 2 arrays .ecg, labels.; declare one"):
        read_with(path)
    with pytest.raises(SpecificationError, match="no array 'egc', only ecg, labels"):
        read_with(path, dataset="egc")
    assert read_with(path, dataset="ecg").signal.shape == (12, 30)


def test_nested_data_sets_are_found(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["group/ecg"] = signals()[0]
        file["group/other"] = np.zeros(2)
    assert read_with(tmp_path / "a.h5", dataset="/group/ecg").signal.shape == (12, 30)


def test_an_hdf5_file_can_not_point_to_other_files(tmp_path):
    (tmp_path / "secret").write_bytes(bytes(30 * 12 * 4))
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("ecg", (30, 12), "f4", external=[(str(tmp_path / "secret"), 0, 30 * 12 * 4)])
    with pytest.raises(UnreadableFileError, match="points to other files"):
        read_with(tmp_path / "a.h5")


def test_csv_layouts_are_declared(tmp_path):
    stored = signals()[0]
    lines = ["# made by a recorder", "time;a;b", *(f"{k};{row[0]};{row[1]}" for k, row in enumerate(stored))]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    record = read_with(tmp_path / "a.csv", delimiter=";", skip_rows=2, columns=[1, 2], leads="I,II")
    np.testing.assert_allclose(record.signal, stored[:, :2].T, rtol=1e-6)


def test_a_file_that_changed_is_read_anew(tmp_path):
    path = write_array(tmp_path / "a.npy", signals()[0])
    assert read_with(path).signal.shape == (12, 30)
    write_array(path, signals(n_samples=40)[0])
    assert read_with(path).signal.shape == (12, 40)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_damaged_files_give_typed_errors(tmp_path, suffix):
    whole = write_array(tmp_path / f"whole{suffix}", signals()[0]).read_bytes()
    random = np.random.default_rng(2)
    for number in range(40):
        damaged = bytearray(whole[: int(random.integers(1, len(whole) + 1))])
        for _ in range(8):
            damaged[int(random.integers(min(len(damaged), 200)))] = int(random.integers(256))
        path = tmp_path / f"{number}{suffix}"
        path.write_bytes(damaged)
        try:
            read_with(path)
        except (RecordError, SpecificationError) as error:
            assert path.name in str(error) or "record r" in str(error)  # noqa: PT017 - some damages go unseen


def test_pickled_objects_are_never_loaded(tmp_path):
    np.save(tmp_path / "a.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(UnreadableFileError, match=r"a\.npy"):
        read_with(tmp_path / "a.npy")


def test_text_is_not_a_signal(tmp_path):
    np.save(tmp_path / "a.npy", np.array([["a"] * 12]))
    with pytest.raises(UnreadableFileError, match="not numbers"):
        read_with(tmp_path / "a.npy")


def test_bombs_are_refused_by_their_declared_size_before_they_are_unpacked(tmp_path):
    """10 GB of zeros in kilobytes, as chunks that were never written and as a ZIP member that lies."""
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("ecg", (10**9, 12), "f4", chunks=(10**6, 12), compression="gzip")
    np.savez_compressed(tmp_path / "a.npz", ecg=np.zeros((12, 10)))
    content = bytearray((tmp_path / "a.npz").read_bytes())
    with zipfile.ZipFile(tmp_path / "a.npz") as archive:
        size = struct.pack("<I", archive.infolist()[0].file_size)
    place = content.rindex(size)
    content[place : place + 4] = struct.pack("<I", 4_000_000_000)
    (tmp_path / "a.npz").write_bytes(content)
    for suffix in (".h5", ".npz"):
        with little_work(), pytest.raises(UnreadableFileError, match=rf"a\{suffix}.*claim to unpack to"):
            read_with(tmp_path / f"a{suffix}")


def test_an_array_larger_than_its_file_is_refused(tmp_path):
    path = write_array(tmp_path / "a.npy", signals()[0])
    content = path.read_bytes().replace(b"(30, 12)", b"(9000000000, 12)").replace(b" " * 8 + b"\n", b"\n")
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=r"a\.npy is damaged"):
        read_with(path)
    np.savez(tmp_path / "a.npz", ecg=signals()[0])
    hostile = (tmp_path / "a.npz").read_bytes().replace(b"(30, 12)", b"(90, 12)")
    (tmp_path / "a.npz").write_bytes(hostile)
    with pytest.raises(UnreadableFileError, match=r"a\.npz is damaged"):
        read_with(tmp_path / "a.npz")


@pytest.mark.parametrize("content", ["", "\n\n", "# nothing\n", "above\n"])
def test_a_table_without_lines_is_refused_without_a_warning(tmp_path, recwarn, content):
    (tmp_path / "a.csv").write_text(content)
    with pytest.raises(SignalError, match=r"a\.csv holds no samples"):
        read_with(tmp_path / "a.csv", skip_rows=int(content == "above\n"))
    assert not recwarn.list


def test_a_chunk_far_larger_than_the_array_is_refused(tmp_path):
    """HDF5 unpacks whole chunks, however little is asked for."""
    with h5py.File(tmp_path / "a.h5", "w") as file:
        kept = {"maxshape": (None, 12), "chunks": (2_000_000, 12), "compression": "gzip"}
        file.create_dataset("ecg", data=np.zeros((30, 12)), **kept)
    with pytest.raises(UnreadableFileError, match="claim to unpack"):
        read_with(tmp_path / "a.h5")


@pytest.mark.real_data
def test_real_tables_with_declared_layouts_are_read(real_data):
    """Blank-separated text under five lines of preamble; CSV whose last columns are empty."""
    options = layout(unit="uV", delimiter=" ", skip_rows=6)
    record = read(RecordLocation("t", str(real_data / "formats/csv/testing_ecg.txt"), "array", options))
    one, two, three = record.signal[:3]
    assert record.signal.shape == (12, 5000)
    np.testing.assert_allclose(record.signal[:, 0] * 1000, [19, -19, -39, 0, 29, -29, 9, 9, 9, 9, -9, -19], rtol=1e-6)
    np.testing.assert_allclose(one + three, two, atol=0.006)
    leads = ["I", "II", "III", "aVR", "aVL", "aVF"]
    six = layout(rate_hz=800, unit="uV", leads=leads, columns=range(6))
    record = read(RecordLocation("c", str(real_data / "formats/csv/0000050.ECG.csv"), "array", six))
    assert record.signal.shape == (6, 37855)


@pytest.mark.parametrize(("text", "where"), [("1,2,\n3,4,\n", "column 3"), ("I,II\n1,2\n", "row 0")])
def test_a_table_with_other_cells_asks_for_columns_and_lines_to_skip(tmp_path, text, where):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(UnreadableFileError, match=rf"a\.csv holds .* {where}.*columns = .*skip_rows = 1"):
        read(RecordLocation("a", str(tmp_path / "a.csv"), "array", layout(leads=["I", "II"])))
