from __future__ import annotations

import numpy as np
import pytest
from ecgdatakit.parsing.parsers.sierra_xml import SierraXMLParser
from lxml import etree

from einthoven.ecg.formats import read
from einthoven.ecg.formats.philips.measurements import lead_measurements, measurements

NAMESPACE = 'xmlns="http://www3.medical.philips.com"'


def _root(inner: str) -> etree._Element:
    return etree.fromstring(f"<restingecgdata {NAMESPACE}>{inner}</restingecgdata>")


def _interpretation(values: str, *, at: str = "10:00:00", kind: str = "globalmeasurements") -> str:
    return f'<interpretation date="2020-01-01" time="{at}"><{kind}>{values}</{kind}></interpretation>'


def test_final_measurements_outrank_those_of_the_algorithm():
    root = _root(
        "<internalmeasurements><crossleadmeasurements><meanventrate>60</meanventrate><meanqtc>410</meanqtc>"
        "<phorizaxis>7</phorizaxis></crossleadmeasurements></internalmeasurements><interpretations>"
        + _interpretation("<heartrate>64</heartrate><print>160</print><qtcb>405</qtcb>")
        + "</interpretations>"
    )
    assert measurements(root) == {
        "heart_rate_bpm": 64, "pr_ms": 160, "qtc_bazett_ms": 405, "qtc_ms": 410, "phorizaxis_deg": 7,
    }  # fmt: skip


def test_the_latest_interpretation_counts():
    root = _root(
        "<interpretations>"
        + _interpretation("<qrsdur>90</qrsdur>", at="10:00:01")
        + _interpretation("<qrsdur>80</qrsdur>")
        + "</interpretations>"
    )
    assert measurements(root) == {"qrs_ms": 90}


@pytest.mark.parametrize("word", ["", "Failed", "Indeterminate", "Invalid", "Unknown", "---", "nan", "inf"])
def test_what_was_not_measured_is_left_out(word):
    assert measurements(_root(f"<interpretations>{_interpretation(f'<qtint>{word}</qtint>')}</interpretations>")) == {}


def test_a_rate_of_0_says_that_nothing_was_measured():
    values = "<heartrate>0</heartrate><pfrontaxis>-1</pfrontaxis><qtint>Failed</qtint>"
    assert measurements(_root(f"<interpretations>{_interpretation(values)}</interpretations>")) == {}


def test_corrections_of_qt_after_other_authors_are_named_after_them():
    methods = {"Framingham": 400, "Hodges": 401, "Our Own 2": 9}
    values = "".join(f'<qtco methodname="{name}">{value}</qtco>' for name, value in methods.items())
    root = _root(f"<interpretations>{_interpretation(values)}</interpretations>")
    assert measurements(root) == {"qtc_framingham_ms": 400, "qtc_hodges_ms": 401, "qtc_our_own_2_ms": 9}


def test_names_of_version_1_03_and_the_blood_pressure_are_understood():
    root = _root(
        "<patient><patientmedicaldata><bloodpressure><systolic><mmHg>120</mmHg></systolic><diastolic><mmHg/></diastolic>"
        "</bloodpressure></patientmedicaldata></patient><measurements><globalmeasurements><meanqrsdur>88</meanqrsdur>"
        "</globalmeasurements></measurements><interpretations>"
        + _interpretation("<meanqtint>380</meanqtint>", kind="interpretationmeasurements")
        + "</interpretations>"
    )
    assert measurements(root) == {"qt_ms": 380, "qrs_ms": 88, "systolic_mmhg": 120}


def test_the_matrix_has_units_and_leaves_out_waves_that_were_not_measured():
    root = _root(
        '<internalmeasurements><leadmeasurements><leadmeasurement leadname="AVF" pmeasflag="False" stmeasflag="True">'
        "<pamp>10</pamp><pdur>80</pdur><print>150</print><ramp>500</ramp><qrsdur>90</qrsdur><st80>-12</st80>"
        "<stslope>8</stslope><stshape>Straight</stshape><vat>40</vat><qrsppk>700</qrsppk><qrsarea>30</qrsarea>"
        "</leadmeasurement></leadmeasurements></internalmeasurements>"
    )
    assert lead_measurements(root) == {
        "aVF": {
            "ramp_uv": 500, "qrs_ms": 90, "st80_uv": -12, "stslope_deg": 8, "vat_ms": 40, "qrsppk_uv": 700,
            "qrsarea": 30,
        }
    }  # fmt: skip


@pytest.mark.real_data
@pytest.mark.parametrize(
    "name",
    ["129DYPRG.XML", "3191723_ZZDEMOPTONLY_1-04_orig.xml", "ad4d3d80-d165_1-04_orig.xml", "2020-5-18_15-48-11.xml"],
)
def test_real_measurements_equal_ecgdatakit(real_data, name):
    path = real_data / "formats/philips_xml" / name
    ours, theirs = read(path).measurements, SierraXMLParser().parse(path).measurements
    pairs = {
        "heart_rate_bpm": theirs.heart_rate, "rr_ms": theirs.rr_interval, "pr_ms": theirs.pr_interval,
        "qrs_ms": theirs.qrs_duration, "qt_ms": theirs.qt_interval, "qtc_bazett_ms": theirs.qtc_bazett,
        "qtc_fridericia_ms": theirs.qtc_fridericia, "p_axis_deg": theirs.p_axis, "qrs_axis_deg": theirs.qrs_axis,
        "t_axis_deg": theirs.t_axis,
    }  # fmt: skip
    assert {key: ours.get(key) for key in pairs} == pairs


@pytest.mark.real_data
def test_amplitudes_of_the_real_matrix_are_microvolts(real_data):
    record = read(real_data / "formats/philips_xml/2020-5-18_15-48-11.xml")
    assert set(record.lead_measurements) == set(record.leads)
    for lead, row in zip(record.median_beat.leads, record.median_beat.signal, strict=True):
        ramp = record.lead_measurements[lead]["ramp_uv"]
        assert abs((row.max() - np.median(row[:100])) * 1000 - ramp) < max(60, 0.1 * ramp) or ramp < 100
