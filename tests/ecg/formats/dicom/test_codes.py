from __future__ import annotations

import pytest
from pydicom.sr.codedict import codes

from einthoven.ecg.formats.dicom.codes import LEAD_CODES, MEASUREMENT_CODES, Code, lead_name, measured, unit_of
from einthoven.ecg.formats.measurement_names import MEASUREMENTS
from einthoven.ecg.leads import STANDARD_LEADS


def test_the_codes_of_the_leads_are_those_of_the_standard():
    names = {
        "I": "LeadI", "II": "LeadII", "III": "LeadIII", "V1": "LeadV1", "V2": "LeadV2", "V3": "LeadV3", "V4": "LeadV4",
        "V5": "LeadV5", "V6": "LeadV6", "aVR": "AvrAugmentedVoltageRight", "aVL": "AvlAugmentedVoltageLeft",
        "aVF": "AvfAugmentedVoltageFoot",
    }  # fmt: skip
    assert set(LEAD_CODES) == set(STANDARD_LEADS)
    for lead, keyword in names.items():
        theirs = getattr(codes.CID3001, keyword)
        assert theirs.value == f"2:{LEAD_CODES[lead]}"
        assert lead_name(Code("MDC", theirs.value, theirs.meaning), label="") == lead
        assert lead_name(Code("", "", theirs.meaning), label="") == lead


@pytest.mark.parametrize(
    ("code", "label", "lead"),
    [
        (Code("SCPECG", "5.6.3-9-61", "Lead III"), "", "III"),
        (Code("SCPECG", "5.6.3-9-1", "Lead I (Einthoven)"), "", "I"),
        (Code("MDC", "MDC_ECG_LEAD_V3", ""), "", "V3"),
        (Code("MDC", "131074", ""), "", "II"),
        (Code("99ACME", "x", "something"), "aVL", "aVL"),
        (Code("", "", ""), "Lead V6", "V6"),
        (Code("MDC", "2:9", "Lead V7"), "V1", "Lead V7"),
        (Code("MDC", "2:31", "Derived Lead I"), "I", "Derived Lead I"),
        (Code("MDC", "2:65", "−aVR"), "", "−aVR"),
        (Code("MDC", "2:999", ""), "", "lead 2:999"),
        (Code("", "", ""), "", ""),
    ],
)
def test_leads_are_known_by_code_then_meaning_then_label(code, label, lead):
    """A lead that the nomenclature tells from the standard one isn't that, whatever its label."""
    assert lead_name(code, label=label) == lead


def test_the_codes_of_measurements_are_those_of_the_standard():
    theirs = {
        "rr_ms": codes.CID3228.RRIntervalGlobal, "pp_ms": codes.CID3228.PPIntervalGlobal,
        "p_ms": codes.CID3228.PDurationGlobal, "pr_ms": codes.CID3228.PRIntervalGlobal,
        "qrs_ms": codes.CID3228.QRSDurationGlobal, "qt_ms": codes.CID3228.QTIntervalGlobal,
        "qtc_ms": codes.CID3227.QtcIntervalGlobal, "qtc_bazett_ms": codes.CID3227.QtcGlobalUsingBazettFormula,
        "qtc_fridericia_ms": codes.CID3227.QtcGlobalUsingFredericiaFormula, "p_axis_deg": codes.CID3229.PAxis,
        "qrs_axis_deg": codes.CID3229.QRSAxis, "t_axis_deg": codes.CID3229.TAxis,
    }  # fmt: skip
    assert {name: code.value for name, code in theirs.items()} == {
        name: code for name, code in MEASUREMENT_CODES.items() if name != "heart_rate_bpm"
    }
    assert set(MEASUREMENT_CODES) <= set(MEASUREMENTS)


MS, BPM, DEG = (Code("UCUM", value, "") for value in ("ms", "{H.B.}/min", "deg"))


@pytest.mark.parametrize(
    ("code", "value", "unit", "expected"),
    [
        (Code("SCPECG", "5.13.5-9", "QRS Duration"), 86, MS, ("qrs_ms", 86)),
        (Code("SCPECG", "5.10.2.5-1", "Ventricular Heart Rate"), 80, BPM, ("heart_rate_bpm", 80)),
        (Code("MDC", "2:15880", "QTc global using Bazett formula"), 440, MS, ("qtc_bazett_ms", 440)),
        (Code("MDC", "2:15880", "QTc global using Framingham formula"), 440, MS, ("qtc_framingham_ms", 440)),
        (Code("MDC", "2:15892", "QTc global using Hodges formula"), 440, MS, ("qtc_hodges_ms", 440)),
        (Code("MDC", "2:7168", "PR interval per lead"), 160, MS, ("pr_ms", 160)),
        (Code("MDC", "2:7168", "P offset to QRS onset duration, per lead"), 60, MS, ("pr_segment_ms", 60)),
        (Code("MDC", "2:16000", "RR time period, global"), 800, MS, ("rr_ms", 800)),
        (Code("MDC", "MDC_ECG_TIME_PD_PR_GL", ""), 150, MS, ("pr_ms", 150)),
        (Code("LN", "8867-4", "Heart rate"), 61, Code("UCUM", "/min", ""), ("heart_rate_bpm", 61)),
        (Code("MDC", "2:16160", ""), 0.4, Code("UCUM", "s", ""), ("qt_ms", 400)),
        (Code("99ACME", "7", "QT interval"), 401, MS, ("qt_ms", 401)),
        (Code("MDC", "2:16132", "QRS axis"), -61, MS, ("qrs_axis_deg", -61)),
        (Code("MDC", "2:16132", "QRS axis"), 0, DEG, ("qrs_axis_deg", 0)),
        (Code("MDC", "2:16132", "QRS axis"), 999, DEG, None),
        (Code("MDC", "2:16156", ""), 0, MS, None),
        (Code("MDC", "2:16156", ""), 29999, MS, None),
        (Code("MDC", "2:16156", ""), 90, Code("UCUM", "mV", ""), None),
        (Code("MDC", "2:16156", ""), 90, Code("", "", ""), None),
        (Code("LN", "8867-4", ""), 61, MS, None),
        (Code("99ACME", "8", "T' wave area"), 7, Code("UCUM", "uV", ""), ("t_wave_area_uv", 7)),
        (Code("99ACME", "9", "Sokolow index"), 2, Code("UCUM", "1", "no units"), ("sokolow_index", 2)),
    ],
)
def test_measurements_have_one_name_and_unit_or_are_left_out(code, value, unit, expected):
    assert measured(code, value, unit=unit) == expected


def test_units_are_ucum_words_or_nothing():
    assert unit_of(Code("UCUM", "uV", "microvolt")) == "uV"
    assert unit_of(Code("", "", "Millivolt")) == "mV"
    assert unit_of(Code("99", "adu", "steps")) == "adu"
    assert unit_of(Code("", "", "")) == ""
