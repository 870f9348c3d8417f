from __future__ import annotations

import hashlib
import pickle

import h5py
import numpy as np
import pytest

from einthoven.ecg.formats import RecordLocation, locate, read
from einthoven.errors import (
    LeadError,
    RecordError,
    SignalError,
    SpecificationError,
    UnitError,
    UnknownNameError,
    UnreadableFileError,
)
from fakes.array_files import layout, write_array
from fakes.wfdb_files import STANDARD

SUFFIXES = [".npy", ".npz", ".csv", ".h5", ".hdf5", ".mat"]


def signals(n_records=4, n_samples=30):
    """Return float32 (record, sample, lead)."""
    return np.random.default_rng(5).normal(size=(n_records, n_samples, 12)).astype(np.float32)


def read_with(path, **options):
    return read(RecordLocation("r", str(path), "array", layout(**options)))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_one_record_comes_back_from_every_kind_of_file(tmp_path, suffix):
    stored = signals()[0]
    record = read_with(write_array(tmp_path / f"a{suffix}", stored))
    np.testing.assert_allclose(record.signal, stored.T, rtol=1e-6)
    assert (record.leads, record.sampling_rate_hz, record.unit) == (STANDARD, 500, "mV")
    assert record.signal.flags.c_contiguous


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".h5", ".mat"])
@pytest.mark.parametrize(
    "axes", ["record,sample,lead", "record,lead,sample", "sample,lead,record", "lead,record,sample"]
)
def test_rows_come_back_in_any_declared_order_of_axes(tmp_path, suffix, axes):
    stored = signals()
    order = [["record", "sample", "lead"].index(axis) for axis in axes.split(",")]
    path = write_array(tmp_path / f"a{suffix}", stored.transpose(order))
    for row in (0, 3):
        np.testing.assert_array_equal(read_with(path, axes=axes, row=row).signal, stored[row].T)


def test_a_single_lead_needs_no_lead_axis(tmp_path):
    stored = signals()[:, :, 0]
    path = write_array(tmp_path / "a.npy", stored)
    record = read_with(path, axes="record,sample", leads="II", row=2)
    np.testing.assert_array_equal(record.signal[0], stored[2])
    assert record.leads == ("II",)


@pytest.mark.parametrize(
    ("unit", "scale", "factor"),
    [("mV", 1, 1), ("uV", 1, 1e-3), ("V", 1, 1e3), ("mV", 1 / 250, 1 / 250), ("uV", 4.88, 4.88e-3)],
)
def test_unit_and_scale_become_millivolts(tmp_path, unit, scale, factor):
    stored = np.arange(240, dtype=np.int16).reshape(20, 12)
    record = read_with(write_array(tmp_path / "a.npy", stored), unit=unit, scale=scale)
    np.testing.assert_allclose(record.signal, stored.T * factor, rtol=1e-6)


def test_arbitrary_amplitudes_stay_as_they_are_and_say_so(tmp_path):
    record = read_with(write_array(tmp_path / "a.npy", signals()[0]), unit="arbitrary")
    assert record.unit == record.provenance.original_unit == "arbitrary"


def test_leads_end_in_canonical_order_and_foreign_ones_are_left_out(tmp_path):
    stored = signals()[0][:, :3]
    record = read_with(write_array(tmp_path / "a.npy", stored), leads=["V1", "vx", "i"])
    assert record.leads == ("I", "V1")
    np.testing.assert_array_equal(record.signal, stored.T[[2, 0]])
    assert "vx" in record.provenance.notes[0]


@pytest.mark.parametrize("name", ["axes", "rate_hz", "unit", "leads"])
def test_nothing_is_guessed(tmp_path, name):
    path = write_array(tmp_path / "a.npy", signals()[0])
    options = layout()
    del options[name]
    with pytest.raises(SpecificationError, match=rf"a\.npy is a plain array; declare .*{name} = "):
        read(RecordLocation("r", str(path), "array", options))
    with pytest.raises(SpecificationError, match=name):
        locate(path, options=options)


def test_a_wrong_number_of_leads_is_refused(tmp_path):
    path = write_array(tmp_path / "a.npy", signals()[0][:, :11])
    with pytest.raises(LeadError, match=r"holds 11 leads .* 12 are declared"):
        read_with(path)
    with pytest.raises(LeadError, match="lead I twice"):
        read_with(path, leads=["I", "i", *STANDARD[2:11]])


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"axes": "sample,lead,lead"}, SpecificationError, "at most once"),
        ({"axes": "time,lead"}, SpecificationError, "got"),
        ({"axes": "record,lead"}, SpecificationError, "axes must be"),
        ({"axes": "sample"}, SpecificationError, "one lead"),
        ({"rate_hz": 0}, SpecificationError, "positive"),
        ({"rate_hz": "fast"}, SpecificationError, "numbers"),
        ({"scale": 0}, SpecificationError, "other than 0"),
        ({"unit": "ADC"}, UnitError, "mV, uV or V"),
        ({"row": 4, "axes": "record,sample,lead"}, UnreadableFileError, "rows 0 to 3"),
        ({"row": -1, "axes": "record,sample,lead"}, UnreadableFileError, "rows 0 to 3"),
        ({"axes": "record,sample,lead"}, SpecificationError, "say which"),
        ({"axes": "sample,lead"}, UnreadableFileError, "declare all of them"),
        ({"axis": "sample,lead"}, UnknownNameError, "did you mean 'axes'"),
    ],
)
def test_wrong_declarations_are_refused_with_the_reason(tmp_path, options, error, says):
    path = write_array(tmp_path / "a.npy", signals())
    with pytest.raises(error, match=says):
        read_with(path, **options)


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


def test_missing_samples_stay_missing_and_infinite_ones_are_refused(tmp_path):
    stored = signals()[0]
    stored[3, 1] = np.nan
    assert np.argwhere(np.isnan(read_with(write_array(tmp_path / "a.npy", stored)).signal)).tolist() == [[1, 3]]
    stored[3, 1] = np.inf
    with pytest.raises(SignalError, match="infinite"):
        read_with(write_array(tmp_path / "b.npy", stored))


def test_the_hash_of_a_row_covers_its_bytes_and_that_of_a_file_the_file(tmp_path):
    stored = signals()
    many = write_array(tmp_path / "a.npy", stored)
    one = write_array(tmp_path / "b.npy", stored[0])
    row = read_with(many, axes="record,sample,lead", row=1).provenance.source_sha256
    assert row == hashlib.sha256(stored[1].tobytes()).hexdigest()
    assert read_with(one).provenance.source_sha256 == hashlib.sha256(one.read_bytes()).hexdigest()


def test_a_file_that_changed_is_read_anew(tmp_path):
    path = write_array(tmp_path / "a.npy", signals()[0])
    assert read_with(path).signal.shape == (12, 30)
    write_array(path, signals(n_samples=40)[0])
    assert read_with(path).signal.shape == (12, 40)


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


def test_an_array_without_samples_is_refused(tmp_path):
    with pytest.raises(SignalError, match="no samples"):
        read_with(write_array(tmp_path / "a.npy", np.zeros((0, 12), np.float32)))
