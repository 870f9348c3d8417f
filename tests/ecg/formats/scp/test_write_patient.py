from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from einthoven.ecg.formats.scp.patient import patient
from einthoven.ecg.formats.scp.sections import Section
from einthoven.ecg.formats.scp.statements import statements
from einthoven.ecg.formats.scp.write_patient import patient_section, statement_sections
from einthoven.ecg.record import Provenance
from einthoven.errors import SignalError
from fakes.written_records import full_record, record_of


def _again(record):
    return patient(Section(1, 142, patient_section(record, version=20), "rec.scp"), protocol=20)


def test_what_is_known_of_the_patient_comes_back():
    filters = ("high-pass 0.05 Hz", "low-pass 150 Hz", "notch 60 Hz", "artefact filter", "baseline filter")
    measured = {"systolic_mmhg": 118.0, "diastolic_mmhg": 79.0}
    known = _again(full_record(provenance=Provenance("x", "1", device_filters=filters), measurements=measured))
    assert (known.patient_id, known.sex, known.age_years, known.device) == ("P-0815", "F", 61, "Maker Model 12")
    assert known.time.isoformat() == "2021-03-04T05:06:07+00:00"
    assert known.device_filters == list(filters)
    assert known.measurements == measured


def test_what_is_not_known_is_not_written():
    known = _again(record_of())
    assert (known.patient_id, known.time, known.age_years, known.sex, known.device) == (None, None, None, "U", None)
    assert (known.identifiers, known.device_filters, known.measurements) == ([], [], {})


@pytest.mark.parametrize("years", [0.0, 0.25, 1.5, 49.54, 61.0, 130.0])
def test_ages_come_back_to_a_day(years):
    assert _again(record_of(age_years=years)).age_years == pytest.approx(years, abs=0.5 / 365)


def test_times_keep_their_zone_or_that_they_have_none():
    when = datetime(2020, 2, 3, 4, 5, 6, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
    assert _again(record_of(time=when, time_kind="utc")).time == when
    naive = when.replace(tzinfo=None)
    assert _again(record_of(time=naive, time_kind="naive")).time == naive


@pytest.mark.parametrize("text", ["Jürgen", "Łukasz", "心電図", "a\0b"])
def test_text_of_all_scripts_comes_back(text):
    known = _again(record_of(patient_id=text, device=text))
    assert (known.patient_id, known.device) == (text.replace("\0", " "),) * 2


def test_filters_without_a_code_are_left_out():
    filters = ("high-pass 2 poles", "low-pass 1e9 Hz", "high-pass 9999 Hz", "smoothing")
    assert _again(record_of(provenance=Provenance("x", "1", device_filters=filters))).device_filters == []


def test_the_mark_of_deidentification_is_written_as_free_text():
    body = patient_section(record_of(provenance=Provenance("x", "1", deidentification="pseudonyms")), version=20)
    assert b"de-identified: pseudonyms\0" in body


def test_confirmed_statements_and_those_before_them_are_in_two_sections():
    sections = statement_sections(full_record(original_statements=("Atrial fibrillation",)))
    confirmed = statements(Section(8, 1, sections[8], "x"), encoding="latin-1")
    original = statements(Section(11, 1, sections[11], "x"), encoding="latin-1")
    assert (confirmed.texts, confirmed.reviewed) == (("Sinus rhythm", "Left axis deviation"), True)
    assert (original.texts, original.reviewed) == (("Atrial fibrillation",), False)
    assert list(statement_sections(full_record())) == [8]
    assert statement_sections(record_of()) == {}


@pytest.mark.parametrize("texts", [("x",) * 256, ("x" * 65536,)])
def test_more_or_longer_statements_than_can_be_counted_are_refused(texts):
    with pytest.raises(SignalError, match="record rec has more or longer statements than SCP-ECG can hold"):
        statement_sections(record_of(statements=texts))
