"""Dates and ages of CardioSoft exports."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from einthoven.ecg.formats.cardiosoft.patient import age_years, identifiers, moment
from einthoven.ecg.formats.xml_document import find, parse_xml


def parsed(content: str):
    return parse_xml(content.encode(), where="x")


@pytest.mark.parametrize(
    ("content", "when"),
    [
        ("<Year>2015</Year><Month>2</Month><Day>3</Day>", date(2015, 2, 3)),
        ("<Year>2015</Year><Month>2</Month><Day>3</Day><Hour>0</Hour><Minute>5</Minute>", datetime(2015, 2, 3, 0, 5)),  # noqa: DTZ001
        ("<Year>2015</Year><Month>2</Month><Day>30</Day>", None),
        ("<Year>2015</Year><Month/>", None),
        ("<Year>99999999999999999999</Year><Month>1</Month><Day>1</Day>", None),
        ("", None),
    ],
)
def test_a_time_is_spelled_in_elements(content, when):
    assert moment(parsed(f"<T>{content}</T>")) == when


@pytest.mark.parametrize(
    ("content", "age"),
    [
        ('<Age units="Years">61</Age>', 61),
        ('<Age units="Months">6</Age>', 0.5),
        ("<Age>61</Age>", None),
        ("<BirthDateTime><Year>1995</Year><Month>11</Month><Day>4</Day></BirthDateTime>", pytest.approx(20, abs=0.01)),
        ('<Age units="Years">0999</Age>', None),
    ],
)
def test_an_age_counts_with_its_unit_else_the_date_of_birth(content, age):
    at = datetime(2015, 11, 4)  # noqa: DTZ001 - local time
    assert age_years(find(parsed(f"<R><PatientInfo>{content}</PatientInfo></R>"), "PatientInfo"), at=at) == age


def test_doctors_and_technicians_are_identifiers():
    root = parsed(
        "<R><PatientVisit><ReferringDoctor>Dr Roe</ReferringDoctor></PatientVisit>"
        "<ClinicalInfo><Technician>Kim</Technician></ClinicalInfo></R>"
    )
    assert list(identifiers(root)) == ["Dr Roe", "Kim"]


def test_names_of_protocols_are_no_identifiers():
    root = parsed("<R><Protocol><Phase><ProtocolName>BIKE RAMP</ProtocolName></Phase></Protocol><PID>ab1</PID></R>")
    assert list(identifiers(root)) == ["ab1"]
