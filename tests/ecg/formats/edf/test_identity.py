from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from einthoven.ecg.formats.edf.header import parse_header
from einthoven.ecg.formats.edf.identity import identity
from fakes.edf_files import write_edf


def _identity(folder, *, onset_s=0.0, **changes):
    content = write_edf(folder / "a.edf", np.zeros((1, 20)), ["ECG I"], **changes).read_bytes()
    return identity(parse_header(content, where="a.edf"), onset_s=onset_s)


def test_the_example_of_the_specification_is_taken_apart(tmp_path):
    who = _identity(
        tmp_path,
        patient="MCH-0234567 F 02-MAY-1951 Haagse_Harry",
        recording="Startdate 02-MAR-2002 PSG-1234/2002 N_N Telemetry03",
        start=("02.03.02", "23.59.58"),
        onset_s=0.5,
    )
    about = who.about
    assert (about.patient_id, about.sex, about.device) == ("MCH-0234567", "F", "Telemetry03")
    assert about.time == datetime(2002, 3, 2, 23, 59, 58, 500000)  # noqa: DTZ001 - naive is meant
    assert about.age_years == pytest.approx(50.8, abs=0.05)
    assert {"MCH-0234567", "02-MAY-1951", "Haagse_Harry", "Haagse Harry", "Haagse", "Harry"} <= set(about.identifiers)
    assert {"PSG-1234/2002", "N_N", "N N"} <= set(about.identifiers)
    assert who.notes == ()


def test_unknown_parts_stay_unknown(tmp_path):
    about = _identity(tmp_path).about
    assert (about.patient_id, about.sex, about.device, about.age_years) == (None, "U", None, None)
    assert about.identifiers == ()


def test_free_text_is_an_identifier_but_no_number_of_a_patient(tmp_path):
    who = _identity(tmp_path, patient="Harry Haagse 4711", recording="ward 7b")
    assert who.about.patient_id is None
    assert set(who.about.identifiers) == {"Harry Haagse 4711", "4711", "ward 7b", "7b"}
    assert "free text" in who.notes[0]


@pytest.mark.parametrize(
    ("short", "year"), [("31.12.84", 2084), ("02.01.85", 1985), ("01.01.99", 1999), ("01-01-00", 2000)]
)
def test_two_digits_of_a_year_are_clipped_at_1985(tmp_path, short, year):
    assert _identity(tmp_path, start=(short, "00.00.00")).about.time.year == year


def test_the_first_day_of_1985_stands_for_an_unknown_one(tmp_path):
    who = _identity(tmp_path, start=("01.01.85", "00.33.34"))
    assert who.about.time is None
    assert any("unknown date" in note for note in who.notes)


def test_dates_that_disagree_are_told(tmp_path):
    who = _identity(tmp_path, recording="Startdate 03-MAR-2012 X X X", start=("02.03.12", "10.00.00"))
    assert who.about.time.day == 3
    assert any("starts on 2012-03-02 and on 2012-03-03" in note for note in who.notes)


@pytest.mark.parametrize("start", [("xx.yy.zz", "00.00.00"), ("", ""), ("99.99.99", "00.00.00")])
def test_a_date_that_is_none_leaves_the_time_open(tmp_path, start):
    assert _identity(tmp_path, start=start).about.time is None


def test_a_serial_number_is_no_part_of_the_device(tmp_path):
    about = _identity(tmp_path, recording="Startdate 02-MAR-2002 X X Acme_X12_SN0012345").about
    assert about.device == "Acme X12"
    assert "SN0012345" in about.identifiers
