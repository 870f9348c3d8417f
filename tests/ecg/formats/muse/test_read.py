"""MUSE XML as a whole: what a record holds, on real exports and against an independent reader."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import wfdb
from ecgdatakit.parsing.parsers.ge_muse_xml import GEMuseXMLParser

from einthoven.ecg.formats import RecordLocation, read
from einthoven.ecg.formats.muse.read import decode, recognises
from einthoven.ecg.formats.recognition import format_named
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.errors import EinthovenError, UnitError, UnreadableFileError
from fakes.muse_files import MEASUREMENTS, TEST, diagnosis_xml, element, fields, lead_xml, muse_xml, waveform_xml

EIGHT = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")


def rhythm(leads=EIGHT, n_samples=60, **changes) -> str:
    rows = [np.random.default_rng(k).integers(-500, 500, n_samples).tolist() for k, _ in enumerate(leads)]
    return waveform_xml(
        "Rhythm", [lead_xml(lead, row, **changes) for lead, row in zip(leads, rows, strict=True)], exponent="0"
    )


def stored(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "rec.xml"
    path.write_bytes(content)
    return path


def test_everything_an_export_says_is_in_the_record(tmp_path):
    beats = element(
        "QRSTimesTypes",
        "".join(fields("QRS", {"Number": str(k), "Type": str(k % 2), "Time": str(600 * k)}) for k in (1, 2))
        + element("GlobalRR", "663"),
    )
    path = stored(
        tmp_path,
        muse_xml(
            diagnosis_xml("Diagnosis", [("Sinus rhythm", "ENDSLINE"), ("Confirmed", "ENDSLINE USERINSERT")]),
            diagnosis_xml("OriginalDiagnosis", [("Atrial flutter", "ENDSLINE")]),
            beats,
            waveform_xml("Median", [lead_xml("I", [1, 2, 3], per_bit="4.88")]),
            rhythm(per_bit="4.88"),
        ),
    )
    record = read(path)
    assert (record.patient_id, record.sex, record.age_years, record.device) == ("PID-0001", "F", 43, "MAC55")
    assert (record.time, record.time_kind) == (datetime(2023, 4, 29, 22, 41, 16), "naive")  # noqa: DTZ001 - local time
    assert record.statements == ("Sinus rhythm", "Confirmed")
    assert record.original_statements == ("Atrial flutter",)
    assert record.measurements == {
        "heart_rate_bpm": 90, "pr_ms": 144, "qrs_ms": 86, "qt_ms": 402, "qtc_ms": 491, "qtc_fridericia_ms": 460,
        "p_axis_deg": -48, "qrs_axis_deg": 0, "qrs_onset_ms": 438, "rr_ms": 663,
    }  # fmt: skip
    assert [(mark.time_s, mark.label, mark.lead) for mark in record.annotations] == [
        (0.6, "QRS type 1", None),
        (1.2, "QRS type 0", None),
    ]
    assert record.provenance.device_filters == ("high-pass 0.16 Hz", "low-pass 150 Hz", "notch 60 Hz")
    assert record.provenance.leads_stored == EIGHT
    assert record.provenance.original_step_mv == pytest.approx([0.00488] * 8)
    assert record.median_beat.leads == ("I",)
    np.testing.assert_allclose(record.median_beat.signal[0], np.array([1, 2, 3]) * 0.00488, rtol=1e-6)


def test_a_zone_in_the_export_makes_the_time_universal(tmp_path):
    path = stored(tmp_path, muse_xml(rhythm(), test=TEST | {"AcquisitionTimeZone": "-05:00"}))
    record = read(path)
    assert (record.time, record.time_kind) == (datetime(2023, 4, 30, 3, 41, 16, tzinfo=UTC), "utc")


def test_without_a_confirmed_diagnosis_the_machine_s_counts(tmp_path):
    path = stored(tmp_path, muse_xml(rhythm(), diagnosis_xml("OriginalDiagnosis", [("Sinus rhythm", "ENDSLINE")])))
    record = read(path)
    assert (record.statements, record.original_statements) == (("Sinus rhythm",), ())


def test_leads_beyond_the_twelve_are_left_out_by_name(tmp_path):
    record = read(stored(tmp_path, muse_xml(rhythm((*EIGHT, "V3R", "V4R", "V7")))))
    assert record.leads == STANDARD_LEADS
    assert "left out, not among the 12 standard leads: V3R, V4R, V7" in record.provenance.notes


@pytest.mark.parametrize("missing", ["LeadAmplitudeUnits", "LeadAmplitudeUnitsPerBit"])
def test_a_file_that_does_not_say_its_unit_is_a_question_that_a_human_can_answer(tmp_path, missing):
    path = stored(tmp_path, muse_xml(rhythm(per_bit="5", **{missing: ""})))
    with pytest.raises(UnitError, match=r"rec\.xml doesn't say its amplitude unit.*--unit"):
        read(path)
    answer = "uV" if missing == "LeadAmplitudeUnits" else "5 uV"
    record = read(RecordLocation("rec", str(path), "muse", {"unit": answer}))
    assert record.provenance.original_step_mv == pytest.approx([0.005] * 8)


def test_text_in_any_encoding_is_read(tmp_path):
    patient = {"PatientID": "Ängström-1", "Gender": "MALE"}
    for encoding in ("ISO-8859-1", "UTF-8", "UTF-16"):
        path = stored(tmp_path, muse_xml(rhythm(), patient=patient, encoding=encoding))
        assert read(path).patient_id == "Ängström-1"


def test_only_the_root_element_of_muse_is_recognised():
    assert recognises(b'<?xml version="1.0"?>\n<!DOCTYPE RestingECG SYSTEM "restecg.dtd">\n<RestingECG>')
    for head in (b"<restingecgdata>", b"<restingECG>", b"<RestingECGMeasurements>", b"<AnnotatedECG>", b"RestingECG"):
        assert not recognises(head)
    with pytest.raises(UnreadableFileError, match=r"rec\.xml is no MUSE XML: its root element is AnnotatedECG"):
        decode(b"<AnnotatedECG/>", where="rec.xml")


HOSTILE = {
    "entity bomb": b'<!DOCTYPE RestingECG [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><RestingECG>&b;</RestingECG>',
    "external entity": b'<!DOCTYPE RestingECG [<!ENTITY a SYSTEM "file:///etc/passwd">]><RestingECG>&a;</RestingECG>',
    "no waveform": muse_xml(),
    "nothing": b"<RestingECG/>",
    "deep": b"<RestingECG>" + b"<a>" * 100_000,
    "no leads": muse_xml(waveform_xml("Rhythm", [])),
    "no samples": muse_xml(rhythm(n_samples=0)),
    "ten gigabytes declared": muse_xml(rhythm(LeadSampleCountTotal="5000000000")),
    "negative size": muse_xml(rhythm(LeadSampleSize="-2")),
    "odd size": muse_xml(rhythm(LeadSampleSize="3")),
    "size of infinity": muse_xml(rhythm(LeadSampleSize="1e999")),
    "bad base64": muse_xml(rhythm(WaveFormData="AAA*", LeadDataCRC32="")),
    "cut base64": muse_xml(rhythm(WaveFormData="AAAAA", LeadDataCRC32="")),
    "half a sample": muse_xml(rhythm(WaveFormData="AAAA", LeadDataCRC32="", LeadByteCountTotal="")),
    "no step": muse_xml(rhythm(per_bit="0")),
    "words for a step": muse_xml(rhythm(per_bit="many")),
    "huge exponent": muse_xml(waveform_xml("Rhythm", [lead_xml("I", [1, 2])], exponent="999999999")),
    "no rate": muse_xml(waveform_xml("Rhythm", [lead_xml("I", [1, 2])], base="0")),
    "same lead twice": muse_xml(rhythm(("I", "I"))),
    "ten thousand leads": muse_xml(waveform_xml("Rhythm", [lead_xml("I", [1])] * 10_000)),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_refused_by_name(tmp_path, content):
    path = stored(tmp_path, content)
    with pytest.raises(EinthovenError, match="rec"):
        read(RecordLocation("rec", str(path), "muse", {}))


def test_every_identifier_of_an_export_is_listed(tmp_path):
    order = fields("Order", {"HISAccountNumber": "1003872633", "bed": "BED-4", "AttendingMDHISID": "TS62"})
    path = stored(tmp_path, muse_xml(order, fields("PharmaData", {"PharmaCartID": "VU222470021SA"}), rhythm()))
    found = format_named("muse").identifiers(RecordLocation("rec", str(path), "muse", {}))
    assert {"PID-0001", "07-08-1979", "1979-07-08", "DOE-ROE", "Jane", "Ann", "WARD7", "W721", "READER"} <= set(found)
    assert {"8907", "TECH", "SEC-77", "1003872633", "BED-4", "TS62", "VU222470021SA"} <= set(found)
    assert {"Jane Ann", "GENERAL HOSPITAL"} <= set(found)
    assert not {"MAC55", "43", "FEMALE", "1", "74", "I", "22:41:16"} & set(found)


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["example1", "muse-sinus"])
def test_real_exports_equal_an_independent_reader(real_data, name):
    path = real_data / f"formats/muse_xml/{name}.xml"
    theirs = GEMuseXMLParser().parse(path)
    record = read(path)
    assert record.sampling_rate_hz == 500
    assert record.signal.shape == (12, 5000)
    assert record.provenance.notes == ()
    rows = dict(zip(record.leads, record.signal, strict=True))
    assert len(theirs.leads) == len(theirs.median_beats) == 8
    for lead in theirs.leads:
        np.testing.assert_allclose(rows[lead.label], lead.samples * lead.resolution / 1000, rtol=1e-6, atol=1e-9)
    median = dict(zip(record.median_beat.leads, record.median_beat.signal, strict=True))
    for lead in theirs.median_beats:
        np.testing.assert_allclose(median[lead.label], lead.samples * lead.resolution / 1000, rtol=1e-6, atol=1e-9)
    assert record.measurements["heart_rate_bpm"] == theirs.measurements.heart_rate
    assert record.measurements["qt_ms"] == theirs.measurements.qt_interval
    assert record.measurements["rr_ms"] == theirs.measurements.rr_interval


@pytest.mark.real_data
def test_a_real_export_equals_its_wfdb_twin_but_for_the_twin_s_gain(real_data):
    record = read(real_data / "formats/muse_xml/muse-sinus.xml")
    twin = wfdb.rdrecord(str(real_data / "formats/muse_xml/muse-sinus"))
    columns = {name.lower(): k for k, name in enumerate(twin.sig_name)}
    for lead, row in zip(record.leads, record.signal, strict=True):
        theirs = twin.p_signal[:, columns[lead.lower()]]
        assert np.corrcoef(row, theirs)[0, 1] > 0.9999
        assert np.polyfit(row, theirs, 1)[0] == pytest.approx(5, rel=0.03)


@pytest.mark.real_data
def test_a_real_export_says_who_and_what(real_data):
    path = real_data / "formats/muse_xml/muse-sinus.xml"
    record = read(path)
    assert (record.patient_id, record.sex, record.age_years, record.device) == ("081486213", "M", 43, "MV360")
    assert record.time == datetime(2023, 4, 29, 22, 41, 16)  # noqa: DTZ001 - local time
    assert record.statements == record.original_statements
    assert record.statements[:2] == ("Normal Sinus rhythm", "Anterior infarct, age undetermined")
    assert record.statements[-2:] == ("When compared with ECG of 30-MAR-2023 09:09,", "Questionable change in The axis")
    found = format_named("muse").identifiers(RecordLocation("x", str(path), "muse", {}))
    assert {"081486213", "DOE", "JOHN", "W721", "1003872633", "TS62", "VU222470021SA", "8907", "131904"} <= set(found)


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["example1", "muse-sinus"])
def test_the_beats_of_real_exports_lie_in_their_qrs_complexes(real_data, name):
    """Times in milliseconds: within 80 ms of each, the steepest slope of V2 is far above the usual one."""
    record = read(real_data / f"formats/muse_xml/{name}.xml")
    slope = np.abs(np.gradient(record.signal[record.leads.index("V2")]))
    assert len(record.annotations) == record.measurements["qrs_count"]
    for mark in record.annotations:
        at = round(mark.time_s * record.sampling_rate_hz)
        assert slope[max(0, at - 40) : at + 40].max() > 10 * np.median(slope)
    intervals = np.diff([mark.time_s for mark in record.annotations]) * 1000
    assert np.mean(intervals) == pytest.approx(record.measurements["rr_ms"], rel=0.01)


def test_measurements_that_were_not_made_are_left_out(tmp_path):
    measurements = MEASUREMENTS | {"PRInterval": "0", "QTInterval": "-1", "PAxis": "", "RAxis": "9999", "QOnset": "*"}
    record = read(stored(tmp_path, muse_xml(rhythm(), measurements=measurements)))
    assert not {"pr_ms", "qt_ms", "p_axis_deg", "qrs_axis_deg", "qrs_onset_ms"} & set(record.measurements)
    assert record.measurements["qrs_ms"] == 86
