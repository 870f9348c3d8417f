"""DICOM waveforms that are written: read by pydicom and by our reader, checked by dciodvfy and against the standard."""

from __future__ import annotations

import dataclasses
import io
import shutil
import subprocess
import warnings
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pydicom
import pytest
from ecgdatakit.parsing.parsers.dicom_waveform import DICOMWaveformParser

from einthoven.ecg.deidentification import Pseudonyms, deidentify
from einthoven.ecg.formats import read
from einthoven.ecg.formats.dicom.write import encode
from einthoven.ecg.formats.writing import write
from einthoven.ecg.leads import STANDARD_LEADS, derive_limb_leads
from einthoven.ecg.record import Annotation, MedianBeat, Provenance
from einthoven.errors import RecordError, SignalError, UnitError
from fakes.written_records import full_record, record_of

PATH = Path("rec.dcm")
# PS3.3, A.34.3 to A.34.5: attributes of type 1 and 2 of the modules that are mandatory
TYPE_1 = (
    "SOPClassUID SOPInstanceUID StudyInstanceUID SeriesInstanceUID Modality InstanceNumber ContentDate ContentTime "
    "AcquisitionDateTime WaveformSequence"
)
TYPE_2 = (
    "PatientName PatientID PatientBirthDate PatientSex StudyDate StudyTime ReferringPhysicianName StudyID "
    "AccessionNumber SeriesNumber Manufacturer AcquisitionContextSequence"
)
OF_GROUP = (
    "WaveformOriginality NumberOfWaveformChannels NumberOfWaveformSamples SamplingFrequency ChannelDefinitionSequence "
    "WaveformBitsAllocated WaveformSampleInterpretation WaveformData"
)
OF_CHANNEL = (
    "ChannelSourceSequence ChannelSensitivity ChannelSensitivityUnitsSequence ChannelSensitivityCorrectionFactor "
    "ChannelBaseline ChannelSampleSkew WaveformBitsStored"
)
TWELVE_LEAD, GENERAL, AMBULATORY = (f"1.2.840.10008.5.1.4.1.1.9.1.{number}" for number in (1, 2, 3))


def rich_record(**changes):
    """Return a record with a beat, marks, measurements that DICOM has no code for, filters and gaps."""
    signal = np.random.default_rng(3).normal(0, 0.4, (12, 700)).astype(np.float32)
    signal[4, 20:30] = np.nan
    beat = np.random.default_rng(4).normal(0, 0.4, (12, 600)).astype(np.float32)
    filters = ("high-pass 0.05 Hz", "low-pass 150 Hz (I, V6)", "notch 50 Hz", "a filter of its own kind")
    provenance = Provenance("memory", "1", leads_stored=STANDARD_LEADS, device_filters=filters)
    said = {
        "signal": signal,
        "median_beat": MedianBeat(beat, STANDARD_LEADS, 500.0),
        "annotations": (Annotation(0.5, "paced", "V1"), Annotation(0.1234567, "noise"), Annotation(0.0, "start")),
        "measurements": {
            "heart_rate_bpm": 71.0, "qtc_framingham_ms": 412.5, "atrial_rate_bpm": 140.0, "systolic_mmhg": 121.0,
            "p_axis_deg": -12.0, "qrs_onset_ms": 200.0, "t_offset_ms": 701.3, "score": 0.25,
        },
        "lead_measurements": {"V1": {"qrs_ms": 91.0, "st_uv": -50.0}, "aVR": {"qt_ms": 380.0}},
        "provenance": provenance,
    }  # fmt: skip
    return full_record(**(said | changes))


def theirs(record):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = pydicom.dcmread(io.BytesIO(encode(record, PATH)["rec.dcm"]))
        list(data.iterall())
    return data


def written(record, folder):
    (path,) = write(record, folder / "rec.dcm", format="dicom")
    return path


RECORDS = {
    "bare": record_of,
    "full": full_record,
    "rich": rich_record,
    "eight leads": lambda: record_of(leads=("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")),
    "one lead": lambda: record_of(leads=("II",)),
    "derived leads": lambda: derived(),  # noqa: PLW0108 - defined below
    "long": lambda: full_record(signal=np.random.default_rng(1).normal(0, 1, (12, 20_000))),
    "100 Hz": lambda: rich_record(rate=100.0),
    "without zone": lambda: full_record(time=datetime(2020, 1, 2, 3, 4, 5), time_kind="naive"),  # noqa: DTZ001
    "of a child": lambda: full_record(age_years=0.5, statements=("Größe normal", "心電図", "x" * 3000)),
    "de-identified": lambda: hidden(rich_record(), {"age", "sex", "device", "statements", "annotations"}),
    "de-identified to the bone": lambda: hidden(rich_record(time=None, time_kind="unknown"), set()),
}


def derived():
    stored = np.random.default_rng(5).normal(0, 0.5, (8, 700)).astype(np.float32)
    leads = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")
    complete = derive_limb_leads(stored, leads)
    provenance = Provenance("memory", "1", leads_stored=leads, leads_derived=complete.derived)
    return record_of(complete.signal, complete.leads, provenance=provenance)


def hidden(record, keep):
    return deidentify(record, pseudonyms=Pseudonyms(b"0123456789abcdef"), keep=keep)


@pytest.mark.parametrize("kind", RECORDS)
def test_dciodvfy_finds_no_error(tmp_path, kind):
    """The validator of David Clunie's dicom3tools (Debian: dicom3tools)."""
    if shutil.which("dciodvfy") is None:
        pytest.skip("no dciodvfy on PATH: install dicom3tools")
    path = written(RECORDS[kind](), tmp_path)
    said = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True, check=False)
    lines = (said.stdout + said.stderr).splitlines()
    assert [line for line in lines if line.startswith("Error")] == []
    assert said.returncode == 0
    assert any(line in {"TwelveLeadECG", "GeneralECG", "AmbulatoryECG"} for line in lines)
    allowed = ("needed to build DICOMDIR", "Unrecognized defined term <99EINTHOVEN>")
    warned = [line for line in lines if line.startswith("Warning") and not any(words in line for words in allowed)]
    assert warned == []


@pytest.mark.parametrize("kind", RECORDS)
def test_what_the_standard_demands_is_there(kind):
    data = theirs(RECORDS[kind]())
    assert all(data.get(keyword) not in (None, "", []) for keyword in TYPE_1.split())
    assert all(keyword in data for keyword in TYPE_2.split())
    assert data.file_meta.MediaStorageSOPInstanceUID == data.SOPInstanceUID
    assert data.file_meta.TransferSyntaxUID == pydicom.uid.ExplicitVRLittleEndian
    for group in data.WaveformSequence:
        assert all(keyword in group for keyword in OF_GROUP.split())
        assert 1 <= group.NumberOfWaveformChannels <= (13 if data.SOPClassUID == TWELVE_LEAD else 12)
        assert (group.WaveformBitsAllocated, group.WaveformSampleInterpretation) == (16, "SS")
        limits = {TWELVE_LEAD: (200, 16384), GENERAL: (200, 1 << 32), AMBULATORY: (50, 1 << 32)}
        least, most = limits[data.SOPClassUID]
        assert least <= group.SamplingFrequency <= 1000
        assert group.NumberOfWaveformSamples <= most
        for channel in group.ChannelDefinitionSequence:
            assert all(keyword in channel for keyword in OF_CHANNEL.split())
    for item in data.get("WaveformAnnotationSequence", []):
        assert len(item.ReferencedWaveformChannels) == 2
        assert ("UnformattedTextValue" in item) != ("ConceptNameCodeSequence" in item)
        assert ("TemporalRangeType" in item) == ("ReferencedSamplePositions" in item or "ReferencedTimeOffsets" in item)
    for uid in (data.SOPInstanceUID, data.StudyInstanceUID, data.SeriesInstanceUID):
        assert uid.is_valid
        assert uid.startswith("2.25.")


@pytest.mark.parametrize("kind", RECORDS)
def test_pydicom_reads_the_same_microvolts(kind):
    record = RECORDS[kind]()
    data = theirs(record)
    group = data.WaveformSequence[0]
    amplitudes = data.waveform_array(0).T
    steps = np.array([float(channel.ChannelSensitivity) for channel in group.ChannelDefinitionSequence])[:, None]
    present = ~np.isnan(record.signal)
    off = np.abs(amplitudes - record.signal * 1000)[present]
    assert (off <= (np.broadcast_to(steps, present.shape)[present] / 2 + 1e-3)).all()
    if not present.all():
        assert group.WaveformPaddingValue == b"\x00\x80"
        np.testing.assert_array_equal(np.rint(amplitudes / steps)[~present], -32768)
    labels = [channel.ChannelSourceSequence[0].CodeValue for channel in group.ChannelDefinitionSequence]
    assert len(set(labels)) == len(record.leads)


def test_all_that_a_record_says_comes_back(tmp_path):
    record = rich_record()
    again = read(written(record, tmp_path))
    assert again.measurements == pytest.approx(record.measurements)
    assert again.lead_measurements == record.lead_measurements
    assert again.statements == record.statements
    assert [(mark.label, mark.lead) for mark in again.annotations] == [
        ("paced", "V1"),
        ("noise", None),
        ("start", None),
    ]
    assert [mark.time_s for mark in again.annotations] == pytest.approx([0.5, 0.1234567, 0.0])
    assert again.provenance.device_filters == ("high-pass 0.05 Hz", "low-pass 150 Hz (I, V6)", "notch 50 Hz")
    np.testing.assert_allclose(again.median_beat.signal, record.median_beat.signal, atol=5e-5)
    assert (again.time, again.time_kind, again.device) == (record.time, "utc", record.device)
    np.testing.assert_array_equal(np.isnan(again.signal), np.isnan(record.signal))


def test_marks_in_the_beat_refer_to_it():
    data = theirs(rich_record())
    marks = [item for item in data.WaveformAnnotationSequence if item.ReferencedWaveformChannels == [2, 0]]
    assert [(item.ConceptNameCodeSequence[0].CodeMeaning, item.ReferencedSamplePositions) for item in marks] == [
        ("QRS Onset", 101)
    ]


def test_the_kind_of_storage_follows_rate_and_length():
    assert theirs(record_of()).SOPClassUID == TWELVE_LEAD
    assert theirs(record_of(np.zeros((12, 16_385)))).SOPClassUID == GENERAL
    ambulatory = theirs(rich_record(rate=128.0))
    assert ambulatory.SOPClassUID == AMBULATORY
    assert len(ambulatory.WaveformSequence) == 1  # no place for a beat
    for rate in (49.0, 2000.0):
        with pytest.raises(SignalError, match=rf"{rate:g} Hz, DICOM holds ECGs of 50 to 1,000 Hz"):
            encode(record_of(rate=rate), PATH)


def test_a_time_that_is_not_known_is_not_read_as_one(tmp_path):
    assert theirs(record_of()).ContentDate == "19000101"
    assert theirs(record_of()).StudyDate == ""
    assert read(written(record_of(), tmp_path)).time is None


def test_the_zone_of_a_time_is_written():
    when = datetime(2024, 2, 29, 10, 15, 30, 120, tzinfo=timezone(timedelta(hours=-3)))
    data = theirs(full_record(time=when))
    assert (data.AcquisitionDateTime, data.TimezoneOffsetFromUTC) == ("20240229101530.000120-0300", "-0300")
    assert (data.ContentDate, data.ContentTime) == ("20240229", "101530.000120")


def test_a_de_identified_record_says_so_as_the_standard_asks():
    record = hidden(full_record(), {"age", "sex"})
    data = theirs(record)
    assert data.PatientIdentityRemoved == "YES"
    assert "; ".join(data.DeidentificationMethod) == record.provenance.deidentification
    assert [item.CodeValue for item in data.DeidentificationMethodCodeSequence] == ["113100", "113107", "113108"]
    assert data.LongitudinalTemporalInformationModified == "MODIFIED"
    text_kept = theirs(hidden(full_record(), {"statements"}))
    assert [item.CodeValue for item in text_kept.DeidentificationMethodCodeSequence] == ["113100", "113105", "113107"]
    nothing_kept = theirs(hidden(full_record(time=None, time_kind="unknown"), set()))
    assert [item.CodeValue for item in nothing_kept.DeidentificationMethodCodeSequence] == ["113100"]
    assert nothing_kept.LongitudinalTemporalInformationModified == "REMOVED"
    assert "PatientIdentityRemoved" not in theirs(full_record())


def test_that_a_record_was_de_identified_is_noted_when_it_is_read_again(tmp_path):
    record = hidden(full_record(), set())
    (note,) = read(written(record, tmp_path)).provenance.notes
    assert note == f"the patient's identity was removed before: {record.provenance.deidentification}"


def test_ecgdatakit_reads_the_same(tmp_path):
    record = full_record()
    other = DICOMWaveformParser().parse(written(record, tmp_path))
    assert tuple(lead.label for lead in other.leads) == record.leads
    assert {lead.resolution_unit for lead in other.leads} == {"uV"}
    microvolts = np.array([np.asarray(lead.samples) * lead.resolution for lead in other.leads])
    np.testing.assert_allclose(microvolts, record.signal * 1000, atol=0.05)
    assert (other.patient.patient_id, other.patient.sex, other.patient.age) == ("P-0815", "F", 61)
    assert other.recording.date == record.time
    assert (other.measurements.heart_rate, other.measurements.qrs_duration) == (71, 92)


def test_the_unique_identifiers_follow_the_content():
    first, again = theirs(full_record()), theirs(full_record())
    assert first.SOPInstanceUID == again.SOPInstanceUID
    later = theirs(full_record(time=datetime(2022, 1, 1, tzinfo=UTC)))
    assert len({first.SOPInstanceUID, later.SOPInstanceUID, first.StudyInstanceUID, first.SeriesInstanceUID}) == 4


def test_what_does_not_fit_is_refused_by_name():
    with pytest.raises(RecordError, match=r"record rec doesn't fit into DICOM: .*64"):
        encode(full_record(patient_id="x" * 65), PATH)
    with pytest.raises(UnitError, match="arbitrary units"):
        encode(dataclasses.replace(record_of(), unit="arbitrary"), PATH)


def test_backslashes_and_lines_do_not_break_values(tmp_path):
    record = full_record(device="A\\B\nC", statements=("one\\two\nthree",))
    again = read(written(record, tmp_path))
    assert (again.device, again.statements) == ("A/B C", ("one\\two\nthree",))


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["waveform_ecg", "ecgtoolkit_example", "cardio_sample"])
def test_real_files_survive_being_written_to_the_bit(real_data, tmp_path, name):
    record = read(real_data / f"formats/dicom/{name}.dcm")
    again = read(written(record, tmp_path))
    np.testing.assert_array_equal(again.signal, record.signal)
    np.testing.assert_array_equal(again.median_beat.signal, record.median_beat.signal)
    assert again.measurements == pytest.approx(record.measurements)
    assert [mark.label for mark in again.annotations] == [mark.label for mark in record.annotations]
    assert [mark.time_s for mark in again.annotations] == pytest.approx([mark.time_s for mark in record.annotations])
    for field in ("patient_id", "time", "sex", "device", "statements", "leads", "sampling_rate_hz"):
        assert getattr(again, field) == getattr(record, field)
    assert again.provenance.device_filters == record.provenance.device_filters
