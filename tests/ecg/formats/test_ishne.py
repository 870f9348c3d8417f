from __future__ import annotations

import tracemalloc
from datetime import datetime

import numpy as np
import pytest
from ecgdatakit.parsing import FileParser

from einthoven.ecg.formats import RecordLocation, locate, read
from einthoven.ecg.formats.ishne import FORMAT
from einthoven.errors import ChecksumError, EinthovenError, LeadError, SignalError, UnitError, UnreadableFileError
from fakes.effort import little_work
from fakes.ishne_files import write_ishne
from fakes.wfdb_files import STANDARD, fake_digital

DIGITAL = fake_digital(2, 100)


def _write(folder, **changes):
    return write_ishne(folder / "a.ecg", DIGITAL, ["II", "V5"], **changes)


def test_everything_equals_what_ecgdatakit_finds(tmp_path):
    path = write_ishne(
        tmp_path / "a.ecg", fake_digital(12, 400), STANDARD, text=b"x" * 33, resolution_nv=[4880, 2500] * 6
    )
    record, theirs = read(path), FileParser().parse(path)
    assert record.leads == tuple(lead.label for lead in theirs.leads)
    for row, lead in zip(record.signal, theirs.leads, strict=True):
        np.testing.assert_allclose(row, lead.samples * (1e-3 if lead.units == "uV" else 1), rtol=1e-6)
    assert (record.patient_id, record.sex, record.device) == (
        *(theirs.patient.patient_id, theirs.patient.sex),
        theirs.recording.device.model,
    )
    assert record.time == theirs.recording.date == datetime(2010, 12, 31, 8, 9, 10)  # noqa: DTZ001 - naive is meant
    assert int(record.age_years) == theirs.patient.age == 50
    assert record.provenance.notes == ()


def test_every_direct_identifier_is_told(tmp_path):
    path = _write(tmp_path)
    found = FORMAT.identifiers(RecordLocation("a", str(path), "ishne"))
    assert {"Ada", "van Dijk", "van", "Dijk", "Ada van Dijk", "P-17", "1960-06-09"} == set(found)


def test_a_header_that_was_changed_is_refused_with_the_way_out(tmp_path):
    path = _write(tmp_path)
    content = bytearray(path.read_bytes())
    content[40] ^= 1
    path.write_bytes(content)
    with pytest.raises(ChecksumError, match=r"differs from its checksum .* set its bytes 8 and 9 to 0"):
        read(path)
    content[8:10] = b"\0\0"
    path.write_bytes(content)
    assert read(path).provenance.notes == ("the header has no checksum",)


def test_a_checksum_in_the_other_byte_order_is_accepted(tmp_path):
    path = _write(tmp_path)
    content = bytearray(path.read_bytes())
    content[8:10] = content[9], content[8]
    path.write_bytes(content)
    assert read(path).leads == ("II", "V5")


def test_samples_counted_in_all_leads_are_understood_and_told(tmp_path):
    record = read(_write(tmp_path, n_samples=200))
    np.testing.assert_allclose(record.signal, DIGITAL / 1000, atol=1e-6)
    assert record.provenance.notes == ("the header counts the samples of all leads together: 100 a lead",)


@pytest.mark.parametrize(("declared", "note"), [(0, "doesn't say how many"), (-1, "doesn't say"), (90, "40 bytes beh")])
def test_a_count_of_samples_that_is_not_theirs_is_told(tmp_path, declared, note):
    record = read(_write(tmp_path, n_samples=declared))
    assert record.signal.shape == (2, 90 if declared == 90 else 100)
    assert note in record.provenance.notes[0]


def test_a_truncated_recording_tells_the_samples_promised_and_found(tmp_path):
    path = _write(tmp_path)
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(UnreadableFileError, match="promises 100 samples of 2 leads, 99 are there"):
        read(path)


def test_lead_faults_are_absent_samples(tmp_path):
    digital = DIGITAL.copy()
    digital[1, 5:8] = -32768
    record = read(write_ishne(tmp_path / "a.ecg", digital, ["II", "V5"]))
    assert np.flatnonzero(np.isnan(record.signal[1])).tolist() == [5, 6, 7]
    assert not np.isnan(record.signal[0]).any()
    assert "3 samples are marked as lead faults" in record.provenance.notes[0]


def test_other_leads_are_left_out_and_the_recorders_rating_is_told(tmp_path):
    record = read(_write(tmp_path, codes=[1, 15], quality=[1, 3]))
    assert record.leads == ("V5",)
    assert "the recorder rated V5: frequent noise" in record.provenance.notes
    assert any("lead code 1" in note for note in record.provenance.notes)


def test_unknown_dates_and_kinds_of_recorder_stay_open(tmp_path):
    record = read(_write(tmp_path, birth=(-9, -9, -9), day=(-9, -9, -9), recorder="digital", sex=0, patient_id=""))
    assert (record.time, record.age_years, record.device, record.sex, record.patient_id) == (
        None,
        None,
        None,
        "U",
        None,
    )
    assert read(_write(tmp_path, clock=(-9, -9, -9))).time == datetime(2010, 12, 31)  # noqa: DTZ001 - naive is meant


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"n_leads": 0}, UnreadableFileError, "declares 0 leads"),
        ({"n_leads": 13}, UnreadableFileError, "declares 13 leads"),
        ({"n_leads": -1}, UnreadableFileError, "declares -1 leads"),
        ({"codes": [-9, 5]}, LeadError, "calls lead 1 of 2 absent"),
        ({"codes": [0, 1]}, LeadError, "which of the standard leads"),
        ({"resolution_nv": [0, 1000]}, UnitError, "worth a number other than 0"),
        ({"rate": 0}, SignalError, "sampling rate must be positive"),
        ({"rate": -250}, SignalError, "sampling rate must be positive"),
        ({"n_samples": 2**31 - 1}, UnreadableFileError, "promises 2147483647 samples"),
        ({"ecg_begin": 2**31 - 1}, UnreadableFileError, "samples begin at byte 2147483647"),
        ({"ecg_begin": -5}, UnreadableFileError, "samples begin at byte -5"),
    ],
)
def test_a_header_that_makes_no_sense_is_refused_at_once(tmp_path, changes, error, message):
    path = _write(tmp_path, **changes)
    tracemalloc.start()
    with little_work(), pytest.raises(error, match=message):
        read(path)
    assert tracemalloc.get_traced_memory()[1] < 50e6
    tracemalloc.stop()


@pytest.mark.parametrize("size", [-1, 2**31 - 1])
def test_a_text_of_impossible_size_is_refused(tmp_path, size):
    path = _write(tmp_path, checksum=0)
    content = bytearray(path.read_bytes())
    content[10:14] = size.to_bytes(4, "little", signed=True)
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=f"declares {size} bytes of text"):
        read(path)


def test_a_recording_without_samples_is_refused(tmp_path):
    with pytest.raises(SignalError, match="holds no samples"):
        read(write_ishne(tmp_path / "a.ecg", np.zeros((2, 0), int), ["II", "V5"]))


def test_a_file_of_annotations_is_refused_by_what_it_is_and_never_found(tmp_path):
    path = tmp_path / "a.ann"
    path.write_bytes(b"ANN  1.0" + bytes(600))
    _write(tmp_path)
    assert [location.record_id for location in locate(tmp_path)] == ["a"]
    assert locate(tmp_path)[0].path.endswith(".ecg")
    with pytest.raises(EinthovenError, match=r"a.ann holds annotations to an ISHNE recording"):
        read(RecordLocation("a", str(path), "ishne"))


def test_a_long_recording_is_scaled_without_a_copy_of_its_samples(tmp_path):
    path = write_ishne(tmp_path / "a.ecg", np.zeros((3, 200_000), int), ["I", "II", "V1"])
    read(path, with_sha256=False)  # what is allocated once per process
    tracemalloc.start()
    read(path, with_sha256=False)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5 * path.stat().st_size  # the file, float32 and one lead in float64
