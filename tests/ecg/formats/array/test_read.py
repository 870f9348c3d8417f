from __future__ import annotations

import hashlib

import numpy as np
import pytest

from einthoven.ecg.formats import RecordLocation, read
from einthoven.errors import (
    LeadError,
    SignalError,
    SpecificationError,
    UnreadableFileError,
)
from fakes.array_files import layout, write_array
from fakes.wfdb_files import STANDARD

SUFFIXES = [".npy", ".npz", ".csv", ".txt", ".h5", ".hdf5", ".mat", ".parquet"]


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


def test_a_wrong_number_of_leads_is_refused(tmp_path):
    path = write_array(tmp_path / "a.npy", signals()[0][:, :11])
    with pytest.raises(LeadError, match=r"holds 11 leads .* 12 are declared"):
        read_with(path)
    with pytest.raises(LeadError, match="lead I twice"):
        read_with(path, leads=["I", "i", *STANDARD[2:11]])


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


def test_an_array_without_samples_is_refused(tmp_path):
    with pytest.raises(SignalError, match="no samples"):
        read_with(write_array(tmp_path / "a.npy", np.zeros((0, 12), np.float32)))


@pytest.mark.parametrize(
    ("dtype", "unit", "steps"), [("i2", "uV", (0.002,) * 12), ("f4", "uV", ()), ("i2", "arbitrary", ())]
)
def test_the_provenance_says_which_leads_are_stored_and_what_a_whole_number_is_worth(tmp_path, dtype, unit, steps):
    path = write_array(tmp_path / "a.npy", np.ones((30, 12), dtype=dtype))
    provenance = read_with(path, unit=unit, scale=2).provenance
    assert provenance.leads_stored == STANDARD
    assert provenance.original_step_mv == pytest.approx(steps)


@pytest.mark.parametrize(
    ("axes", "shape"), [("record,one,sample,lead", (4, 1, 30, 12)), ("one,sample,lead,one", (1, 30, 12, 1))]
)
def test_axes_of_length_one_are_passed_over(tmp_path, axes, shape):
    """Arrays that were made for images have an axis of channels."""
    stored = signals()[: shape[0]].reshape(shape)
    path = write_array(tmp_path / "a.npy", stored)
    row = {"row": 2} if "record" in axes else {}
    np.testing.assert_array_equal(read_with(path, axes=axes, **row).signal, signals()[row.get("row", 0)].T)


def test_an_axis_declared_as_one_that_has_more_is_refused(tmp_path):
    """Which of them is meant is not for us to say."""
    path = write_array(tmp_path / "a.npy", signals().reshape(2, 2, 30, 12))
    with pytest.raises(UnreadableFileError, match="has 2 entries on an axis declared as 'one'"):
        read_with(path, axes="record,one,sample,lead", row=0)


def test_padding_of_zeros_is_left_out_at_both_ends_alone(tmp_path):
    """A flat stretch within the recording stays."""
    stored = signals()[0]
    stored[10:15] = 0
    padded = np.concatenate([np.zeros((7, 12), np.float32), stored, np.zeros((5, 12), np.float32)])
    path = write_array(tmp_path / "a.npy", padded)
    record = read_with(path, padding="zero")
    np.testing.assert_array_equal(record.signal, stored.T)
    assert record.provenance.notes == ("12 samples of padding left out",)
    assert read_with(path).signal.shape == (12, 42)


def test_nothing_but_padding_is_no_ecg(tmp_path):
    """Some data sets end with an empty row."""
    path = write_array(tmp_path / "a.npy", np.zeros((20, 12), np.float32))
    with pytest.raises(SignalError, match="nothing but padding"):
        read_with(path, padding="zero")


def test_an_unknown_padding_is_refused(tmp_path):
    """What is left out has to be said in known words."""
    with pytest.raises(SpecificationError, match="padding must be 'zero' or not declared, got 'edge'"):
        read_with(write_array(tmp_path / "a.npy", signals()[0]), padding="edge")
