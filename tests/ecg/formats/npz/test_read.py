from __future__ import annotations

import struct
import zipfile
from datetime import datetime

import numpy as np
import pytest

from einthoven.ecg.formats import RecordLocation, locate, read
from einthoven.ecg.formats.npz.read import FORMAT
from einthoven.ecg.formats.writing import write
from einthoven.ecg.record import Annotation, MedianBeat, Provenance
from einthoven.errors import LeadError, SignalError, UnknownNameError, UnreadableFileError
from fakes.effort import little_work
from fakes.npz_files import description, npy, write_npz
from fakes.written_records import full_record, record_of

NOT_CARRIED = {"record_id", "signal", "provenance", "median_beat"}


def test_all_of_a_record_comes_back(tmp_path):
    beat = MedianBeat(np.ones((2, 9), np.float32), ("I", "II"), 250.0)
    provenance = Provenance(
        "dicom", "1", original_unit="uV", original_step_mv=(0.005,) * 12, leads_stored=("I", "II"),
        leads_derived=("III",), device_filters=("notch 50 Hz",), resampling="from 1000 Hz", deidentification="yes",
        notes=("a note",),
    )  # fmt: skip
    record = full_record(
        lead_measurements={"V1": {"st_mv": 0.1}},
        original_statements=("Was anders",),
        annotations=(Annotation(0.5, "N"), Annotation(0.75, "V", "II")),
        median_beat=beat,
        provenance=provenance,
    )
    again = read(write(record, tmp_path / "rec.npz")[0])
    for name in set(type(record).__slots__) - NOT_CARRIED:
        assert getattr(again, name) == getattr(record, name), name
    np.testing.assert_array_equal(again.signal, record.signal)
    np.testing.assert_array_equal(again.median_beat.signal, beat.signal)
    assert (again.median_beat.leads, again.median_beat.sampling_rate_hz) == (beat.leads, 250)
    for name in ("original_unit", "original_step_mv", "leads_stored", "leads_derived", "device_filters", "resampling"):
        assert getattr(again.provenance, name) == getattr(provenance, name), name
    assert (again.provenance.deidentification, again.provenance.notes) == ("yes", ("a note",))
    assert again.provenance.reader == "npz"


def test_arbitrary_amplitudes_and_naive_times_stay_what_they_are(tmp_path):
    record = record_of(unit="arbitrary", time=datetime(2020, 1, 2), time_kind="naive")  # noqa: DTZ001 - naive is meant
    again = read(write(record, tmp_path / "rec.npz")[0])
    assert (again.unit, again.time, again.time_kind) == ("arbitrary", record.time, "naive")
    declared = read(RecordLocation("rec", str(tmp_path / "rec.npz"), "npz", {"unit": "uV"}))
    assert declared.unit == "mV"
    np.testing.assert_allclose(declared.signal, record.signal / 1000, rtol=1e-6)


def test_a_folder_is_searched_for_them_without_a_layout(tmp_path):
    write(record_of(), tmp_path / "a/x.npz")
    np.savez(tmp_path / "other.npz", ecg=np.zeros(3))
    assert [location.format for location in locate(tmp_path)] == ["npz"]


def test_the_patients_number_is_its_identifier(tmp_path):
    path = write(full_record(), tmp_path / "rec.npz")[0]
    assert FORMAT.identifiers(RecordLocation("rec", str(path), "npz")) == ("P-0815",)


def refused(tmp_path, words, *, error=UnreadableFileError, members=None, **about):
    members = {"signal.npy": npy(record_of().signal[:, :8])} if members is None else members
    path = write_npz(tmp_path / "rec.npz", description(record_of().leads) | about, members)
    with pytest.raises(error, match=rf"rec\.npz.*{words}"):
        read(path)


def test_contradictions_are_refused(tmp_path):
    refused(tmp_path, r"schema 2, this version of einthoven .* reads 1", schema=2)
    refused(tmp_path, "names 2 leads, holds 12", error=LeadError, leads=["I", "II"])
    refused(tmp_path, "sampling rate must be positive", error=SignalError, sampling_rate_hz=-1)
    refused(tmp_path, "is damaged", statements=5)
    refused(tmp_path, "is damaged", time="yesterday")
    refused(tmp_path, "holds no signal", members={})
    refused(tmp_path, "holds no samples", error=SignalError, members={"signal.npy": npy(np.zeros((12, 0)))})
    refused(tmp_path, "infinite", error=SignalError, members={"signal.npy": npy(np.full((12, 2), np.inf))})
    refused(tmp_path, r"96 bytes for \(12, 3\)", members={"signal.npy": npy(np.zeros((12, 3)))[:-48]})
    refused(tmp_path, r"must be float32 \(lead, sample\), got float32 \(3,\)", members={"signal.npy": npy(np.zeros(3))})
    two = npy(np.zeros((12, 2)))
    refused(tmp_path, r"version \(2, 0\)", members={"signal.npy": two[:6] + b"\2\0" + two[8:]})


def test_options_that_do_not_exist_are_refused(tmp_path):
    path = write(record_of(), tmp_path / "rec.npz")[0]
    with pytest.raises(UnknownNameError, match="'unti'; did you mean 'unit'"):
        read(RecordLocation("rec", str(path), "npz", {"unti": "mV"}))


def test_deeply_nested_json_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "rec.npz", "w") as archive:
        archive.writestr("einthoven.json", "[" * 100_000)
    with pytest.raises(UnreadableFileError, match=r"rec\.npz is damaged"):
        read(tmp_path / "rec.npz")


def test_a_bomb_is_refused_by_its_declared_size_before_it_is_unpacked(tmp_path):
    path = tmp_path / "rec.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("einthoven.json", "{}", compress_type=zipfile.ZIP_STORED)
        archive.writestr("signal.npy", bytes(1000))
    content = bytearray(path.read_bytes())
    size = content.rindex(struct.pack("<I", 1000))
    content[size : size + 4] = struct.pack("<I", 4_000_000_000)
    path.write_bytes(content)
    with little_work(), pytest.raises(UnreadableFileError, match="claim to unpack to 4000000000"):
        read(path)
