"""Dates, ages and identifiers of MUSE exports."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from einthoven.ecg.formats.muse import patient as muse_patient
from einthoven.ecg.formats.xml_document import parse_xml


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("04-29-2023", date(2023, 4, 29)),
        ("4/9/2023", date(2023, 4, 9)),
        ("2023-04-29", date(2023, 4, 29)),
        ("29-04-2023", None),
        ("02-30-2023", None),
        ("", None),
        ("00-00-0000", None),
    ],
)
def test_dates_are_month_day_year(word, day):
    assert muse_patient.muse_date(word) == day


def test_a_date_in_another_order_is_noted_and_not_guessed():
    root = parse_xml(
        b"<R><TestDemographics><AcquisitionDate>29-04-2023</AcquisitionDate></TestDemographics></R>", where="x"
    )
    (note,) = muse_patient.time_notes(root)
    assert "'29-04-2023' left out" in note


def test_a_clock_that_is_not_understood_leaves_the_day():
    at = muse_patient.acquisition_time({"AcquisitionDate": "04-29-2023", "AcquisitionTime": "late"})
    assert at == datetime(2023, 4, 29)  # noqa: DTZ001 - local time


@pytest.mark.parametrize(
    ("patient", "age"),
    [
        ({"PatientAge": "43", "AgeUnits": "YEARS"}, 43),
        ({"PatientAge": "6", "AgeUnits": "MONTHS"}, 0.5),
        ({"PatientAge": "43", "DateofBirth": "04-29-2003"}, pytest.approx(20, abs=0.01)),
        ({"PatientAge": "300", "AgeUnits": "YEARS"}, None),
        ({"PatientAge": "43"}, None),
        ({"DateofBirth": "04-29-2003"}, pytest.approx(20, abs=0.01)),
        ({}, None),
    ],
)
def test_an_age_counts_with_its_unit_else_the_date_of_birth(patient, age):
    at = datetime(2023, 4, 29)  # noqa: DTZ001 - local time
    assert muse_patient.age_years(patient, at=at) == age


def test_identifiers_are_found_at_any_depth_but_not_among_measurements():
    root = parse_xml(
        b"<R><Order><A><PlacersLastName>KIM  LEE</PlacersLastName></A><VisitNumber>12</VisitNumber></Order>"
        b"<QRSTimesTypes><QRS><Number>12345</Number></QRS></QRSTimesTypes>"
        b"<Waveform><LeadData><LeadID>V1X</LeadID></LeadData></Waveform></R>",
        where="x",
    )
    assert list(muse_patient.identifiers(root)) == ["KIM  LEE", "KIM", "LEE"]


def test_staff_is_found_under_any_role():
    root = parse_xml(
        b"<R><TestDemographics><ReferringPhysician>DR ROE</ReferringPhysician><Operator>AB1</Operator>"
        b"</TestDemographics></R>",
        where="x",
    )
    assert list(muse_patient.identifiers(root)) == ["DR ROE", "AB1"]
