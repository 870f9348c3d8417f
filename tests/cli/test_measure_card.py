"""The card of one ECG's measurements: numbers with units, the machine's beside them, reasons where there is none."""

from __future__ import annotations

import io

import numpy as np
import pytest
from rich.console import Console

from einthoven.cli.measure_card import card, shown_value
from einthoven.ecg.formats import RecordLocation
from einthoven.ecg.measurement_values import Measurement, Validity
from einthoven.ecg.measurements import measured_waves
from einthoven.ecg.record import Record
from fakes.synthetic_ecg import synthetic_ecg


def _lines(record, width=100):
    file = io.StringIO()
    location = RecordLocation(record.record_id, "/data/a.xml", "muse")
    Console(file=file, width=width).print(card(record, location, measured_waves(record).measurements))
    return [" ".join(line.split()) for line in file.getvalue().splitlines()]


def test_the_machine_s_own_numbers_stand_beside_ours():
    machine = {"heart_rate_bpm": 74.0, "qrs_ms": 88.0, "qtc_ms": 410.0, "p_onset_ms": 12.0}
    lines = _lines(synthetic_ecg(measurements=machine).record)
    assert "measured machine remark" in lines
    assert "ventricular rate 75/min 74/min" in lines
    assert any(line.startswith("QRS duration ") and "88 ms" in line for line in lines)
    assert "QT corrected for rate, formula not told 410 ms" in lines
    assert not any("onset" in line for line in lines)


def test_without_a_machine_there_is_no_column_for_it():
    assert "measured remark" in _lines(synthetic_ecg(duration_s=5.0).record)


def test_sections_follow_each_other_once():
    titles = ["Rhythm", "Intervals", "Axes", "Voltages", "Shape"]
    assert [line for line in _lines(synthetic_ecg().record) if line in titles] == titles


def test_a_section_without_any_number_is_one_line_that_says_why():
    lines = _lines(synthetic_ecg(leads=("II",)).record)
    assert lines[lines.index("Axes") + 1] == "none lead missing"


def test_an_ecg_without_unit_says_so_and_has_no_voltages():
    lines = _lines(synthetic_ecg(unit="arbitrary").record)
    assert any("no unit: times can be measured" in line for line in lines)
    assert lines[lines.index("Voltages") + 1] == "none no unit"
    assert not any(line.startswith("mV P Q") for line in lines)


def test_a_flat_ecg_has_a_card_without_a_table_of_leads():
    lines = _lines(Record(np.zeros((2, 5000), np.float32), ("I", "II"), 500.0, "flat"))
    assert "beats found 0" in lines
    assert not any(line.startswith("mV P Q") for line in lines)


def test_recorded_leads_alone_have_a_row():
    lines = _lines(synthetic_ecg(leads=("I", "II", "V2")).record)
    begin = next(number for number, line in enumerate(lines) if line.startswith("mV P Q"))
    assert [line.split()[0] for line in lines[begin + 2 : begin + 5]] == ["I", "II", "V2"]


@pytest.mark.parametrize(
    ("name", "unit", "value", "shown"),
    [
        ("heart_rate_bpm", "1/min", 59.6, "60/min"),
        ("qrs_axis_deg", "deg", -0.2, "0°"),
        ("cornell_mv", "mV", 1.234, "1.23 mV"),
        ("cornell_product_mv_ms", "mV ms", 176.34, "176.3 mV·ms"),
        ("af_score", "1", 0.456, "0.46"),
        ("n_beats", "1", 12.0, "12"),
        ("pr_ms", "ms", None, ""),
    ],
)
def test_each_unit_has_its_decimals_and_zero_no_sign(name, unit, value, shown):
    assert shown_value(Measurement(name, value, unit, Validity.MEASURED, "")) == shown
