"""CardioSoft XML as a whole; there is no public real file, so all of this rests on fakes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from einthoven.ecg.formats import RecordLocation, read
from einthoven.ecg.formats.cardiosoft.read import decode, recognises
from einthoven.ecg.formats.recognition import format_named
from einthoven.errors import EinthovenError, UnitError, UnreadableFileError
from fakes.cardiosoft_files import ABOUT, RESULTS, cardiosoft_xml, full_disclosure_xml, leads_xml, strip_xml
from fakes.wfdb_files import STANDARD, fake_digital


def stored(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "rec.xml"
    path.write_bytes(content)
    return path


def test_everything_an_export_says_is_in_the_record(tmp_path):
    digital = fake_digital(n_samples=80)
    strip = strip_xml(STANDARD, digital, resolution="5").replace(
        "</StripData>",
        '<ArrhythmiaResults><Time units="ms">440</Time><Time units="ms">1400</Time><BeatClass>QRS</BeatClass>'
        "<BeatClass>VES</BeatClass></ArrhythmiaResults></StripData>",
    )
    record = read(stored(tmp_path, cardiosoft_xml(strip)))
    np.testing.assert_allclose(record.signal, digital * 0.005, rtol=1e-6)
    assert (record.patient_id, record.sex, record.age_years, record.device) == ("1000037", "F", 61, "CASE CardioSoft")
    assert (record.time, record.time_kind) == (datetime(2015, 11, 4, 9, 5, 7), "naive")  # noqa: DTZ001 - local time
    assert (record.statements, record.original_statements) == (("Sinus rhythm", "Normal ECG"), ())
    assert record.measurements["heart_rate_bpm"] == 64
    assert record.lead_measurements["II"] == {"q_ms": 22, "r_uv": 900, "j_uv": 50}
    assert [(mark.time_s, mark.label) for mark in record.annotations] == [(0.44, "beat QRS"), (1.4, "beat VES")]
    assert record.provenance.device_filters == (
        "high-pass 0.01 Hz", "low-pass 100 Hz", "notch 50 Hz", "cubic spline (baseline)",
    )  # fmt: skip
    assert record.provenance.original_unit == "uV"
    assert record.provenance.original_step_mv == pytest.approx([0.005] * 12)
    assert record.median_beat is None


def test_a_doctor_s_conclusion_counts_before_the_machine_s_diagnosis(tmp_path):
    results = RESULTS.replace("<ConclusionText/>", "<ConclusionText>Confirmed: normal</ConclusionText>")
    record = read(stored(tmp_path, cardiosoft_xml(strip_xml(STANDARD, fake_digital()), results=results)))
    assert record.statements == ("Confirmed: normal",)
    assert record.original_statements == ("Sinus rhythm", "Normal ECG")


def test_the_median_beat_of_a_resting_ecg_is_read(tmp_path):
    digital = fake_digital(2, n_samples=30)
    median = (
        '<MedianSamples><SampleRate units="Hz">250</SampleRate><Resolution units="uVperLsb">2</Resolution>'
        f"{leads_xml(('I', 'V2'), digital)}</MedianSamples>"
    )
    record = read(stored(tmp_path, cardiosoft_xml(strip_xml(STANDARD, fake_digital()), median=median)))
    assert (record.median_beat.leads, record.median_beat.sampling_rate_hz) == (("I", "V2"), 250)
    np.testing.assert_allclose(record.median_beat.signal, digital * 0.002, rtol=1e-6)


def test_a_bike_test_gives_its_lead_one_and_names_what_is_no_standard_lead(tmp_path):
    """The UK Biobank's leads 2 and 3 are numbers, not II and III: whose electrodes they join is not told."""
    time = np.arange(1700) / 500
    digital = np.rint(500 * np.sin(2 * np.pi * np.array([[1.0], [1.3], [1.7]]) * time)).astype(int)
    medians = "<MedianData><Median/><Median/></MedianData>"
    content = cardiosoft_xml(medians, full_disclosure_xml(("I", "2", "3"), digital, by_seconds=True))
    record = read(stored(tmp_path, content))
    assert record.leads == ("I",)
    np.testing.assert_allclose(record.signal, digital[:1] / 1000, rtol=1e-6)
    assert record.provenance.notes == (
        "full disclosure of 3 s, read second by second",
        "2 median beats of the test are left out",
        "left out, not among the 12 standard leads: 2, 3",
    )


@pytest.mark.parametrize(
    ("units", "millivolts"), [("uVperLsb", 0.005), ("nVperLsb", 5e-6), ("mVperBit", 5), ("uV", 0.005)]
)
def test_the_unit_of_the_resolution_is_read_not_assumed(tmp_path, units, millivolts):
    content = cardiosoft_xml(strip_xml(STANDARD, fake_digital(), resolution="5", units=units))
    assert read(stored(tmp_path, content)).provenance.original_step_mv == pytest.approx([millivolts] * 12)


@pytest.mark.parametrize("resolution", ['<Resolution units="">5</Resolution>', ""])
def test_a_resolution_without_unit_or_none_at_all_is_a_question(tmp_path, resolution):
    strip = strip_xml(STANDARD, fake_digital()).replace('<Resolution units="uVperLsb">1</Resolution>', resolution)
    path = stored(tmp_path, cardiosoft_xml(strip))
    with pytest.raises(UnitError, match=r"rec\.xml doesn't say its amplitude unit.*--unit"):
        read(path)
    answer = "uV" if resolution else "5 uV"
    record = read(RecordLocation("rec", str(path), "cardiosoft", {"unit": answer}))
    assert record.provenance.original_step_mv == pytest.approx([0.005] * 12)


def test_every_identifier_of_an_export_is_listed(tmp_path):
    path = stored(tmp_path, cardiosoft_xml(strip_xml(STANDARD, fake_digital())))
    found = set(format_named("cardiosoft").identifiers(RecordLocation("rec", str(path), "cardiosoft", {})))
    assert found >= {
        "1.2.840.113619.2.235.1", "Tek", "Nina", "T-77", "North Clinic", "WARD9", "R17B", "Arzt", "D-5512",
        "Imaging Centre", "1 Main St", "Bath", "ORD-991", "1000037", "Ro\xdfberg", "Eva Maria", "Eva", "Maria",
        "1954-02-03",
    }  # fmt: skip
    assert not {"12SL", "61", "Female", "CASE", "500", "I"} & found


def test_only_the_root_element_of_cardiosoft_is_recognised():
    assert recognises(b'<?xml version="1.0" encoding="ISO-8859-1"?>\n<CardiologyXML>')
    for head in (b"<CardiologyXMLs>", b"<RestingECG>", b"<cardiologyxml>", b"CardiologyXML"):
        assert not recognises(head)
    with pytest.raises(UnreadableFileError, match=r"rec\.xml is no CardioSoft XML: its root element is RestingECG"):
        decode(b"<RestingECG/>", where="rec.xml")


STRIP = strip_xml(("I", "II"), fake_digital(2))
FULL = full_disclosure_xml(("I", "II"), fake_digital(2), by_seconds=True, count="100")
HOSTILE = {
    "entity bomb": b'<!DOCTYPE CardiologyXML [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><CardiologyXML>&b;</CardiologyXML>',
    "external entity": b'<!DOCTYPE C [<!ENTITY a SYSTEM "file:///etc/passwd">]><CardiologyXML>&a;</CardiologyXML>',
    "nothing": b"<CardiologyXML/>",
    "deep": b"<CardiologyXML>" + b"<a>" * 100_000,
    "no strip": cardiosoft_xml(),
    "empty strip": cardiosoft_xml(strip_xml((), np.zeros((0, 0), dtype=int))),
    "no samples": cardiosoft_xml(strip_xml(("I",), np.zeros((1, 0), dtype=int))),
    "ten gigabytes declared": cardiosoft_xml(STRIP.replace("Total>50<", "Total>5000000000<")),
    "ten gigabytes of full disclosure": cardiosoft_xml(FULL.replace(">100<", ">5000000000<")),
    "words for a count": cardiosoft_xml(STRIP.replace("Total>50<", "Total>many<")),
    "words for samples": cardiosoft_xml('<StripData><WaveformData lead="I">1,2,x</WaveformData></StripData>'),
    "endless samples": cardiosoft_xml('<StripData><WaveformData lead="I">1,1e999</WaveformData></StripData>'),
    "no rate": cardiosoft_xml(STRIP.replace(">500<", "><")),
    "negative rate": cardiosoft_xml(STRIP.replace(">500<", ">-500<")),
    "another unit of rate": cardiosoft_xml(STRIP.replace('"Hz">500<', '"kHz">500<')),
    "no step": cardiosoft_xml(STRIP.replace(">1</Resolution>", ">0</Resolution>")),
    "a third of a sample": cardiosoft_xml(full_disclosure_xml(("I", "II", "V1"), fake_digital(1), by_seconds=True)),
    "no lead order": cardiosoft_xml(FULL.replace("I,II", ",,")),
    "same lead twice": cardiosoft_xml(strip_xml(("I", "I"), fake_digital(2))),
    "unequal leads": cardiosoft_xml(
        STRIP.replace("</StripData>", '<WaveformData lead="V1">1</WaveformData></StripData>')
    ),
    "a thousand leads": cardiosoft_xml(strip_xml(["I"] * 1000, np.zeros((1000, 1), dtype=int))),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_refused_by_name(tmp_path, content):
    path = stored(tmp_path, content)
    with pytest.raises(EinthovenError, match="rec"):
        read(RecordLocation("rec", str(path), "cardiosoft", {}))


def test_a_file_that_says_nothing_about_the_patient_is_read(tmp_path):
    record = read(stored(tmp_path, cardiosoft_xml(strip_xml(STANDARD, fake_digital()), about="", results="")))
    assert (record.patient_id, record.time, record.age_years, record.sex, record.device) == (
        None,
        None,
        None,
        "U",
        None,
    )
    assert (record.measurements, record.statements, record.provenance.notes) == ({}, (), ())


def test_a_time_below_the_clinical_information_is_found_and_a_clock_may_be_missing(tmp_path):
    inner = "<ObservationDateTime><Day>4</Day><Month>11</Month><Year>2015</Year></ObservationDateTime>"
    about = f"<ClinicalInfo>{inner}</ClinicalInfo>{ABOUT[ABOUT.index('<PatientInfo>') :]}"
    record = read(stored(tmp_path, cardiosoft_xml(strip_xml(STANDARD, fake_digital()), about=about)))
    assert record.time == datetime(2015, 11, 4)  # noqa: DTZ001 - local time
