"""Measurements of CardioSoft exports come with their units."""

from __future__ import annotations

import pytest

from einthoven.ecg.formats.cardiosoft.measurements import global_measurements, lead_measurements
from einthoven.ecg.formats.xml_document import parse_xml
from fakes.cardiosoft_files import cardiosoft_xml


def test_what_was_measured_comes_in_our_units():
    found = global_measurements(parse_xml(cardiosoft_xml(), where="x"))
    assert found == {
        "heart_rate_bpm": 64, "pr_ms": 160, "qtc_ms": 420, "sokolov_lvh_index_uv": 1500, "qrs_axis_deg": -30,
        "qrs_onset_ms": 440, "qrs_count": 11, "systolic_mmhg": 135, "diastolic_mmhg": 80,
    }  # fmt: skip


@pytest.mark.parametrize("units", ["samples", "", "uV"])
def test_an_interval_in_another_unit_is_left_out(units):
    content = f'<R><RestingECGMeasurements><QTInterval units="{units}">400</QTInterval></RestingECGMeasurements></R>'
    assert global_measurements(parse_xml(content.encode(), where="x")) == {}


def test_the_table_gives_each_lead_its_measurements():
    """A wave of 0 is not there, a level of 0 is one; a slope has no name here."""
    found = lead_measurements(parse_xml(cardiosoft_xml(), where="x"))
    assert found == {
        "I": {"r_uv": 1200, "j_uv": 0},
        "II": {"q_ms": 22, "r_uv": 900, "j_uv": 50},
        "III": {"j_uv": -20},
    }


@pytest.mark.parametrize(
    "table",
    [
        '<QDuration units="ms">1,2</QDuration>',
        '<LeadOrder>I,II</LeadOrder><QDuration units="ms">1,2,3</QDuration>',
        '<LeadOrder>I,II</LeadOrder><QDuration units="ells">1,2</QDuration>',
        f"<LeadOrder>{'I,' * 5000}</LeadOrder>",
    ],
)
def test_rows_that_do_not_fit_the_leads_are_left_out(table):
    content = f"<R><RestingECGMeasurements><MeasurementTable>{table}</MeasurementTable></RestingECGMeasurements></R>"
    assert lead_measurements(parse_xml(content.encode(), where="x")) == {}
