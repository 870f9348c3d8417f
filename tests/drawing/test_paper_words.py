"""What is written around an ECG."""

from __future__ import annotations

from datetime import UTC, datetime

from einthoven.drawing.paper_layout import settled_paper
from einthoven.drawing.paper_words import footer_lines, measured_words, subtitle_words
from einthoven.ecg.record import Provenance
from fakes.ecg_records import fake_record

MEASURED = {
    "heart_rate_bpm": 63.0,
    "pr_ms": 158.0,
    "qrs_ms": 92.0,
    "qt_ms": 394.0,
    "qtc_bazett_ms": 405.3,
    "p_axis_deg": float("nan"),
    "qrs_axis_deg": -62.0,
}


def _footer(record, width_mm=265.0, remarks=()):
    paper = settled_paper(record, layout="3x4")
    return footer_lines(record, paper, filter_name="", remarks=remarks, width_mm=width_mm)


def test_subtitle_says_whose_ecg_it_is_and_when():
    record = fake_record(
        age_years=64.0, sex="F", time=datetime(2024, 5, 6, 7, 8, tzinfo=UTC), time_kind="utc", device="MAC\x00 55"
    )
    assert subtitle_words(record) == "64 years · female · 2024-05-06 07:08 UTC · MAC  55"


def test_measurements_read_as_on_a_printed_ecg():
    assert measured_words(fake_record(measurements=MEASURED)) == (
        "63/min · PR 158 ms · QRS 92 ms · QT/QTc 394/405 ms · axes QRS -62°"
    )
    assert measured_words(fake_record(measurements={"qt_ms": 400.0})) == "QT 400 ms"
    assert measured_words(fake_record()) == ""


def test_footer_tells_filters_of_the_device_and_derived_leads():
    provenance = Provenance("x", "1", device_filters=("low-pass 150 Hz", "notch 50 Hz"), leads_derived=("III", "aVF"))
    (line,) = _footer(fake_record(provenance=provenance))
    assert line == (
        "25 mm/s · 10 mm/mV · filter: none applied · filters of the device: low-pass 150 Hz, notch 50 Hz · 250 Hz"
        " · derived: III, aVF"
    )


def test_a_long_footer_is_broken_between_its_parts():
    lines = _footer(fake_record(), width_mm=90.0, remarks=["a much-hyphenated remark"])
    assert lines == [
        "25 mm/s · 10 mm/mV · filter: none applied ·",
        "filters of the device: not stated · 250 Hz ·",
        "a much-hyphenated remark",
    ]
