"""The reader of HL7 annotated ECGs against ecgdatakit, twins in other formats, and files made to harm."""

from __future__ import annotations

import time
import warnings
from datetime import UTC, datetime

import numpy as np
import pytest
from ecgdatakit.parsing.parsers.hl7_aecg import HL7aECGParser

from einthoven.ecg.formats import RecordLocation, read
from einthoven.ecg.formats.aecg.read import decode, recognises
from einthoven.ecg.formats.recognition import format_named
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.errors import EinthovenError, SignalError, UnitError, UnreadableFileError
from fakes.aecg_files import RELATIVE, START, aecg, lead, sequence_set, series, write_aecg
from fakes.effort import little_work

REAL = ["ecgtoolkit_example", "subject1_0", "subject1_1", "subject1_2"]


def _read(folder, text):
    return read(write_aecg(folder, text))


def _document(digits="1 2 3", **lead_changes):
    return aecg(series(sequence_set([lead("I", digits, **lead_changes)])))


@pytest.mark.real_data
@pytest.mark.parametrize("name", REAL)
def test_all_leads_of_real_files_equal_ecgdatakit(real_data, name):
    path = real_data / f"formats/hl7_aecg/{name}.xml"
    record, theirs = read(path), HL7aECGParser().parse(path)
    assert record.leads == STANDARD_LEADS
    for one in theirs.leads:
        millivolts = (one.samples * one.resolution + one.offset) / 1000
        np.testing.assert_allclose(record.signal[record.leads.index(one.label)], millivolts, atol=1e-6)
    for one in theirs.median_beats:
        beat = record.median_beat.signal[record.median_beat.leads.index(one.label)]
        np.testing.assert_allclose(beat, one.samples * one.resolution / 1000, atol=1e-6)
    assert record.time == theirs.recording.date
    assert (record.sex, record.patient_id) == (theirs.patient.sex, theirs.patient.patient_id)
    assert record.age_years == theirs.patient.age == 46
    ours, of_theirs = record.measurements, theirs.measurements
    assert (ours["pr_ms"], ours["qrs_ms"], ours["qt_ms"]) == (148, 120, 420)
    assert (of_theirs.pr_interval, of_theirs.qrs_duration, of_theirs.qt_interval) == (148, 120, 420)
    assert (ours["p_axis_deg"], ours["qrs_axis_deg"], ours["t_axis_deg"]) == (44, -61, 86)


@pytest.mark.real_data
def test_a_real_file_gives_all_that_it_says(real_data):
    record = read(real_data / "formats/hl7_aecg/ecgtoolkit_example.xml")
    assert record.signal.shape == (12, 5000)
    assert record.time == datetime(2002, 11, 22, 9, 10)  # noqa: DTZ001 - naive is meant
    assert (record.time_kind, record.device) == ("naive", "Mortara Instrument, Inc. ELI250")
    assert record.statements == ("Sinus Rhythm",)
    assert record.provenance.device_filters == ("low-pass 150 Hz", "high-pass (FIR)", "notch 60 Hz")
    assert any("46 years contradicts the date of birth" in note for note in record.provenance.notes)
    assert record.measurements["t_offset_ms"] == 854
    assert record.median_beat.signal.shape == (12, 599)
    first = [(mark.time_s, mark.label, mark.lead) for mark in record.annotations[:4]]
    assert first == [
        (0.122, "P onset", None),
        (0.224, "P offset", None),
        (0.27, "QRS onset", None),
        (0.332, "R peak", "I"),
    ]


@pytest.mark.real_data
def test_its_identifiers_are_all_found(real_data):
    path = real_data / "formats/hl7_aecg/ecgtoolkit_example.xml"
    found = format_named("aecg").identifiers(RecordLocation("rec", str(path), "aecg"))
    assert {"SBJ-123", "Clark", "19530508", "PUK-123-TRL-1", "TS-035", "John Smith, M.D.", "KAB", "River City"} <= set(
        found
    )
    assert {"61d1a24f-b47e-41aa-ae95-f8ac302f4eeb", "Doctor John Brown"} <= set(found)
    assert "Mortara Instrument, Inc." not in found


@pytest.mark.real_data
@pytest.mark.parametrize(
    "kind", ["", "_effectiveTime_high", "_effectiveTime_interval", "_effectiveTime_low", "_nouuid"]
)
def test_the_smallest_files_hold_thirteen_samples_of_one_lead(real_data, kind):
    record = read(real_data / f"formats/hl7_aecg/minimum_aecg{kind}.xml")
    assert record.leads == ("II",)
    digits = np.array([-2, -2, -2, -2, -3, -4, -3, -5, -5, -4, -6, -9, -9])
    np.testing.assert_allclose(record.signal[0], digits * 0.0025, atol=1e-7)
    assert record.time == datetime(2002, 11, 22, 9, 10)  # noqa: DTZ001 - naive is meant


@pytest.mark.real_data
def test_a_file_without_any_samples_is_refused(real_data):
    with pytest.raises(SignalError, match=r"empty\.xml holds no samples"):
        read(real_data / "formats/hl7_aecg/empty.xml")


@pytest.mark.real_data
def test_an_annotated_ecg_made_from_a_philips_file_agrees_with_it_to_four_of_its_steps(real_data):
    converted = read(real_data / "formats/philips_xml/ad4d3d80-d165_1-04_converted.xml")
    original = read(real_data / "formats/philips_xml/ad4d3d80-d165_1-04_orig.xml")
    assert converted.provenance.reader == "aecg"
    np.testing.assert_allclose(converted.signal, original.signal, atol=0.0201)
    assert (converted.time, converted.sex, converted.age_years) == (original.time, original.sex, original.age_years)
    for name in ("heart_rate_bpm", "rr_ms", "pr_ms", "qrs_ms", "qt_ms", "qtc_bazett_ms"):
        assert converted.measurements[name] == original.measurements[name]


@pytest.mark.real_data
@pytest.mark.parametrize("twin", ["scp_ecg/ecgtoolkit_example.scp", "dicom/ecgtoolkit_example.dcm"])
def test_the_same_ecg_in_another_format_is_the_same_to_the_last_bit(real_data, twin):
    record = read(real_data / "formats/hl7_aecg/ecgtoolkit_example.xml")
    other = read(real_data / "formats" / twin)
    assert other.leads == record.leads
    np.testing.assert_array_equal(other.signal, record.signal)
    assert (other.time, other.sex, other.patient_id) == (record.time, record.sex, record.patient_id)
    for name in ("pr_ms", "qrs_ms", "qt_ms", "qtc_ms", "p_axis_deg", "qrs_axis_deg", "t_axis_deg"):
        assert other.measurements[name] == record.measurements[name]


@pytest.mark.real_data
def test_decoding_is_not_slower_than_ecgdatakit(real_data):
    path = real_data / "formats/hl7_aecg/ecgtoolkit_example.xml"
    content = path.read_bytes()

    def theirs():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            HL7aECGParser().parse(path)

    assert _fastest(lambda: decode(content, where="a")) < _fastest(theirs)


def _fastest(call, times=5):
    taken = []
    for _ in range(times):
        started = time.process_time()
        call()
        taken.append(time.process_time() - started)
    return min(taken)


def test_it_is_recognised_behind_comments_and_in_any_namespace_prefix():
    assert recognises(b"<?xml version='1.0'?><!-- made on a Friday -->\n<AnnotatedECG xmlns='urn:hl7-org:v3'>")
    assert recognises(b"<v3:AnnotatedECG xmlns:v3='urn:hl7-org:v3'>")
    assert not recognises(b"<RestingECG><AnnotatedECG/></RestingECG>")


def test_another_document_is_refused_by_its_root():
    with pytest.raises(UnreadableFileError, match="its root is 'RestingECG'"):
        decode(b"<RestingECG/>", where="a.xml")


def test_a_zone_makes_the_time_universal(tmp_path):
    text = aecg(series(sequence_set([lead("I", "1 2")], head="20021122091000.500-0500")))
    record = _read(tmp_path, text)
    assert (record.time, record.time_kind) == (datetime(2002, 11, 22, 14, 10, 0, 500_000, tzinfo=UTC), "utc")


@pytest.mark.parametrize(
    ("effective", "expected"),
    [
        ('<low value="20200102030405"/><high value="20200102030505"/>', datetime(2020, 1, 2, 3, 4, 5)),  # noqa: DTZ001
        ('<center value="20200102030405"/>', datetime(2020, 1, 2, 3, 4, 5)),  # noqa: DTZ001
        ('<high value="20200102030405"/>', datetime(2020, 1, 2, 3, 4, 3)),  # noqa: DTZ001 - the end, two seconds later
        ('<low nullFlavor="UNK"/>', None),
    ],
)
def test_without_times_of_its_own_the_rhythm_began_when_the_document_says(tmp_path, effective, expected):
    rhythm = series(sequence_set([lead("I", [0] * 1000)], head="0", time=RELATIVE), low="")
    assert _read(tmp_path, aecg(rhythm, effective=effective)).time == expected


def test_null_flavours_everywhere_leave_the_signal(tmp_path):
    text = _document().replace("<id ", '<id nullFlavor="UNK" ').replace('root="', 'nothing="')
    text = text.replace(f'"{START}"', '"" nullFlavor="UNK"').replace('extension="SBJ-123"', "")
    record = _read(tmp_path, text)
    assert record.signal.tolist() == [[pytest.approx(0.001), pytest.approx(0.002), pytest.approx(0.003)]]
    assert (record.patient_id, record.time, record.age_years, record.sex) == (None, None, None, "U")


def test_a_representative_beat_that_is_damaged_is_left_out(tmp_path):
    beat = series(sequence_set([lead("I", "1 x")]), code="REPRESENTATIVE_BEAT")
    record = _read(tmp_path, aecg(series(sequence_set([lead("I", "1 2")])) + beat))
    assert record.median_beat is None
    assert record.signal.shape == (1, 2)


def test_a_scale_without_unit_is_a_question(tmp_path):
    location = write_aecg(tmp_path, _document(scale='value="2.5"'))
    with pytest.raises(UnitError, match="how much is one stored unit worth"):
        read(location)


HOSTILE = {
    "entities": aecg("", prolog='<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'),
    "external entity": aecg("", prolog='<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>').replace(
        "TRL-1", "&a;"
    ),
    "scale of 1e308": _document("1 100", scale='value="1e308" unit="uV"'),
    "scale of 0": _document(scale='value="0" unit="uV"'),
    "scale of NaN": _document(scale='value="NaN" unit="uV"'),
    "scale in words": _document(scale='value="two" unit="uV"'),
    "origin of 1e308": _document(origin='value="1e308" unit="V"'),
    "origin in another quantity": _document(origin='value="3" unit="kg"'),
    "digits of 10,000 figures": _document("1 " + "9" * 10_000),
    "digits beyond 32 bits": _document("1 2147483648"),
    "digits that are words": _document("1 two 3"),
    "digits NaN": _document("1 NaN 3"),
    "digits Infinity": _document("1 Infinity 3"),
    "lone sign": _document("1 - 3"),
    "signs between": _document("1-3 4"),
    "increment 0": _document().replace('value="0.002"', 'value="0"'),
    "increment negative": _document().replace('value="0.002"', 'value="-0.002"'),
    "increment tiny": _document().replace('value="0.002"', 'value="1e-320"'),
    "increment huge": _document().replace('value="0.002"', 'value="1e308"'),
    "increment NaN": _document().replace('value="0.002"', 'value="NaN"'),
    "increment without unit": _document().replace('unit="s"', ""),
    "increment in metres": _document().replace('unit="s"', 'unit="m"'),
    "denominator": _document().replace("<value><head", '<value denominator="3"><head'),
    "no times": _document().replace("TIME_ABSOLUTE", "MDC_ECG_LEAD_X"),
    "two lengths": aecg(series(sequence_set([lead("I", "1 2"), lead("II", "1")]))),
    "a lead twice": aecg(series(sequence_set([lead("I", "1 2"), lead("I", "1 2")]))),
    "300 leads": aecg(series(sequence_set([lead(f"X{number}", "1") for number in range(300)]))),
    "deep": _document().replace("<subject>", "<subject>" + "<a>" * 5000 + "</a>" * 5000),
    "only a beat": aecg(series(sequence_set([lead("I", "1 2")]), code="REPRESENTATIVE_BEAT")),
    "only null": _document("").replace("<digits></digits>", '<digits nullFlavor="NI"/>'),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_and_damaged_documents_are_refused_by_name_at_once(tmp_path, kind):
    location = write_aecg(tmp_path, HOSTILE[kind])
    with little_work(), pytest.raises(EinthovenError, match=r"rec\.xml"):
        read(location)


def test_pieces_that_would_fill_the_memory_are_refused(tmp_path):
    sets = [sequence_set([lead(f"V{k}", "1 2")], head=f"{k * 4}", time=RELATIVE) for k in range(200)]
    with pytest.raises(SignalError, match="mostly empty"):
        _read(tmp_path, aecg(series("".join(sets), low="")))
