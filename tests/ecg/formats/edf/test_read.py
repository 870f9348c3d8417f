from __future__ import annotations

import contextlib
import tracemalloc

import edfio
import numpy as np
import pytest
from ecgdatakit.parsing import FileParser

from einthoven.ecg.formats import RecordLocation, read
from einthoven.ecg.formats.edf.read import device_filters
from einthoven.errors import EinthovenError, LeadError, SignalError, UnreadableFileError
from fakes.edf_files import FAKES, onset, write_edf
from fakes.effort import little_work
from fakes.wfdb_files import STANDARD, fake_digital


def _write(folder, *, leads=("ECG I", "ECG II"), n_samples=40, **changes):
    digital = fake_digital(len(leads), n_samples)
    return write_edf(folder / "a.edf", digital, leads, **changes), digital


@pytest.mark.parametrize("name", FAKES)
def test_amplitudes_equal_those_of_edfio(tmp_path, name):
    signal = fake_digital(12, 3000) * 0.001
    location = FAKES[name](tmp_path, signal, STANDARD)
    package = edfio.read_bdf if "bdf" in name else edfio.read_edf
    theirs = np.array([channel.data for channel in package(location.path).signals])
    np.testing.assert_allclose(read(location).signal, theirs / 1000, rtol=1e-6, atol=1e-7)


def test_annotations_time_and_patient_equal_those_of_edfio(tmp_path):
    location = FAKES["edf-plus"](tmp_path, fake_digital(12, 100) * 0.001, STANDARD)
    record, theirs = read(location), edfio.read_edf(location.path)
    assert [(mark.time_s, mark.label) for mark in record.annotations] == [
        (mark.onset, mark.text) for mark in theirs.annotations
    ]
    assert (record.patient_id, record.sex, record.device) == (
        *(theirs.patient.code, theirs.patient.sex),
        theirs.recording.equipment_code,
    )
    assert record.time.date() == theirs.startdate
    assert record.time.time() == theirs.starttime
    assert record.age_years == pytest.approx(70.25, abs=0.02)
    assert record.provenance.device_filters == ("high-pass 0.05 Hz", "low-pass 150 Hz", "notch 50 Hz")
    assert "the durations of 1 annotations are not kept" in record.provenance.notes


def test_values_equal_those_of_ecgdatakit(tmp_path):
    location = FAKES["edf-plus"](tmp_path, fake_digital(12, 3000) * 0.001, STANDARD)
    theirs = FileParser().parse(location.path)
    found = np.array([lead.samples for lead in theirs.leads])
    np.testing.assert_allclose(
        read(location).signal, found if theirs.leads[0].units == "mV" else found / 1000, atol=1e-6
    )


def test_the_rate_of_most_standard_leads_is_kept(tmp_path):
    path, digital = _write(tmp_path, leads=("ECG I", "ECG II", "V1", "SpO2"), lengths=[20, 20, 10, 20])
    record = read(path)
    assert record.leads == ("I", "II")
    np.testing.assert_allclose(record.signal, digital[:2] / 1000, atol=1e-6)
    assert "left out, not among the 12 standard leads: SpO2" in record.provenance.notes
    assert "left out, of another sampling rate: V1" in record.provenance.notes


def test_at_equal_numbers_the_higher_rate_is_kept(tmp_path):
    path, _ = _write(tmp_path, leads=("ECG I", "ECG II"), lengths=[20, 10])
    assert (read(path).leads, read(path).sampling_rate_hz) == (("I",), 500)


def test_gaps_of_a_discontinuous_file_are_absent_samples(tmp_path):
    path, digital = _write(tmp_path, reserved="EDF+D", annotations=[onset(0), onset(0.1) + b"+0.1\x14back\x14\0"])
    record = read(path)
    assert record.signal.shape == (2, 70)
    np.testing.assert_array_equal(np.isnan(record.signal[0]), (np.arange(70) >= 20) & (np.arange(70) < 50))
    np.testing.assert_allclose(record.signal[:, 50:], digital[:, 20:] / 1000, atol=1e-6)
    assert record.annotations[0].time_s * 500 == pytest.approx(50)
    assert "1 gaps between data records are filled with absent samples" in record.provenance.notes


def test_gaps_without_onsets_are_refused(tmp_path):
    path, _ = _write(tmp_path, reserved="EDF+D")
    with pytest.raises(UnreadableFileError, match="but no signal 'EDF Annotations'"):
        read(path)


def test_a_file_that_calls_itself_continuous_but_is_not_is_told(tmp_path):
    path, _ = _write(tmp_path, reserved="EDF+C", annotations=[onset(0), onset(7)])
    assert any("calls itself continuous" in note for note in read(path).provenance.notes)


def test_a_file_whose_recorder_was_still_running_is_read_up_to_its_last_whole_record(tmp_path):
    path, digital = _write(tmp_path, n_records=-1)
    path.write_bytes(path.read_bytes()[:-10])
    record = read(path)
    np.testing.assert_allclose(record.signal, digital[:, :20] / 1000, atol=1e-6)
    assert any("1 are there" in note for note in record.provenance.notes)
    assert any("70 bytes of an unfinished data record" in note for note in record.provenance.notes)


def test_a_truncated_file_tells_the_bytes_promised_and_found(tmp_path):
    path, _ = _write(tmp_path)
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UnreadableFileError, match=f"promises {size} bytes, it has {size - 1}"):
        read(path)


def test_bytes_behind_the_last_record_are_told(tmp_path):
    path, _ = _write(tmp_path)
    path.write_bytes(path.read_bytes() + b"\0" * 5)
    assert "5 bytes behind the last data record are left out" in read(path).provenance.notes


def test_a_file_without_samples_is_refused(tmp_path):
    for changes in ({"n_records": 0}, {"n_records": -7}, {"record_s": "0"}):
        path, _ = _write(tmp_path, **changes)
        with pytest.raises(SignalError, match="holds no samples"):
            read(path)


@pytest.mark.parametrize(("top", "told"), [(500, False), (2000, True)])
def test_steps_that_no_recorder_has_are_told(tmp_path, top, told):
    path, _ = _write(tmp_path, unit="mV", ranges=[(-top, top, -32768, 32767)] * 2)
    assert any("check the amplitudes" in note for note in read(path).provenance.notes) == told


def test_a_file_of_annotations_only_is_refused_by_what_it_is(tmp_path):
    path = write_edf(
        tmp_path / "a.edf", np.zeros((1, 20)), ["EDF Annotations"], reserved="EDF+C", annotations=[onset(0)]
    )
    with pytest.raises(SignalError, match="holds annotations only"):
        read(path)


def test_of_many_labels_without_a_lead_some_are_told(tmp_path):
    path, _ = _write(tmp_path, leads=[f"EEG {number}" for number in range(40)])
    with pytest.raises(LeadError, match=r"doesn't say which of the standard leads .* only EEG 0, .*EEG 11; if"):
        read(path)


def test_a_blank_unit_has_to_be_declared(tmp_path):
    path, digital = _write(tmp_path, unit="")
    with pytest.raises(EinthovenError, match="doesn't say its amplitude unit"):
        read(path)
    declared = read(RecordLocation("a", str(path), "edf", {"unit": "uV"}))
    np.testing.assert_allclose(declared.signal, digital / 1000, atol=1e-6)


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("HP: DC; LP: 100 Hz; N: 60.0", ("low-pass 100 Hz", "notch 60 Hz")),
        ("HP:50mHz LP:0,1kHz", ("high-pass 0.05 Hz", "low-pass 100 Hz")),
        ("prefiltering not recorded", ()),
        ("0.1-75Hz", ("0.1-75Hz",)),
        ("", ()),
    ],
)
def test_filters_are_understood_in_several_spellings(text, filters):
    assert device_filters([text, text]) == filters


HOSTILE = {
    "more records than bytes": {"n_records": 99_999_999},
    "records without samples": {"lengths": [0, 0], "n_records": 5},
    "huge records": {"record_s": "99999999"},
    "tiny records": {"record_s": "1e-99"},
    "gap of a million years": {"reserved": "EDF+D", "annotations": [onset(0), b"+99999999999\x14\x14\0"]},
    "many short lists": {"annotations": [onset(0) + b"+0\x14a\x14\0" * 9, onset(0.04)], "reserved": "EDF+C"},
}


READABLE = {"many short lists"}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_costs_neither_time_nor_memory(tmp_path, name):
    changes = dict(HOSTILE[name])
    if changes.get("lengths") == [0, 0]:
        path, _ = _write(tmp_path, n_records=5)
        content = bytearray(path.read_bytes())
        content[688:704] = b"0       0       "
        path.write_bytes(content)
    else:
        path, _ = _write(tmp_path, **changes)
    tracemalloc.start()
    expected = contextlib.nullcontext() if name in READABLE else pytest.raises(EinthovenError, match=path.name)
    with little_work(), expected:
        read(path)
    assert tracemalloc.get_traced_memory()[1] < 50e6
    tracemalloc.stop()


@pytest.mark.real_data
def test_the_recording_with_a_twin_in_csv_has_its_numbers_exactly(real_data):
    path = real_data / "formats/edf/0000050.ECG.edf"
    record = read(path)
    assert (record.leads, record.sampling_rate_hz, record.signal.shape) == (STANDARD, 800, (12, 37855))
    lines = (real_data / "formats/csv/0000050.ECG.csv").read_text().split("\n")
    csv = np.array([[int(cell) for cell in line.split(",")[:6]] for line in lines if line.strip()]).T
    step = 2000 / 65535
    np.testing.assert_array_equal(np.rint((record.signal[:6] + 1000) / step).astype(int) - 32768, csv)
    theirs = np.array([channel.data for channel in edfio.read_edf(path).signals])
    np.testing.assert_allclose(record.signal, theirs, rtol=1e-6)
    assert record.time.isoformat() == "2020-11-16T21:44:39"
    # its twin in SCP-ECG stores steps of 5 uV: the writer of the EDF file got the physical range wrong
    assert any("one stored unit is worth 30.5 uV" in note for note in record.provenance.notes)


@pytest.mark.real_data
def test_a_signal_named_ecg_alone_does_not_say_its_lead(real_data):
    path = real_data / "formats/edf/cardio_sample.edf"
    with pytest.raises(LeadError, match=r"which of the standard leads .* only ECG; if you know.*--leads II"):
        read(path)
    record = read(RecordLocation("rec", str(path), "edf", {"leads": "II"}))
    assert record.leads == ("II",)
    assert record.signal.shape == (1, 12000)
