from __future__ import annotations

import pytest
from ecgdatakit.parsing.parsers.mortara_el250 import MortaraEL250Parser

from einthoven.ecg.formats import RecordLocation, read
from einthoven.ecg.formats.mortara.read import FORMAT
from fakes.mortara_files import ROOT, channel, write_mortara

CHANNEL = channel("I", [1, 2, 3])
FIELDS = (
    '<DEMOGRAPHIC_FIELDS><DEMOGRAPHIC_FIELD ID="1" LABEL="Nom:" VALUE="Dupont" />'
    '<DEMOGRAPHIC_FIELD ID="2" LABEL="ID:" VALUE="PID-7" />'
    '<DEMOGRAPHIC_FIELD ID="3" LABEL="Age:" VALUE="18" UNITS="M" />'
    '<DEMOGRAPHIC_FIELD ID="4" LABEL="Sexe:" VALUE="M" /><DEMOGRAPHIC_FIELD ID="16" LABEL="DDN:" VALUE="20190904" />'
    '<DEMOGRAPHIC_FIELD ID="22" LABEL="Chambre:" VALUE="C-12" /></DEMOGRAPHIC_FIELDS>'
)


def test_patient_time_device_and_filters_are_told(tmp_path):
    path = write_mortara(tmp_path, CHANNEL)
    record = read(path)
    assert (record.patient_id, record.sex, record.age_years) == ("PID-1", "F", 50)
    assert (record.time_kind, record.time.isoformat()) == ("naive", "2021-03-04T05:06:07")
    assert record.device == "Mortara Instrument, Inc. ELI250c"
    assert record.provenance.device_filters == ("low-pass 150 Hz",)
    theirs = MortaraEL250Parser().parse(path)
    assert (theirs.patient.patient_id, theirs.patient.sex, theirs.patient.age) == ("PID-1", "F", 50)
    assert theirs.recording.date == record.time


def test_demographic_fields_stand_in_for_the_subject(tmp_path):
    record = read(write_mortara(tmp_path, CHANNEL, root='ACQUISITION_TIME="20210304050607"', subject=FIELDS))
    assert (record.patient_id, record.sex, record.age_years) == ("PID-7", "M", 1.5)


@pytest.mark.parametrize(
    ("age", "years"),
    [
        ('AGE="61"', 61),
        ('AGE="6" AGE_UNITS="M"', 0.5),
        ('AGE="300" AGE_UNITS="Y"', 50),
        ('AGE="0"', 50),
        ('AGE=""', 50),
        ("", 50),
    ],
)
def test_ages_in_all_units_else_from_the_date_of_birth(tmp_path, age, years):
    root = ROOT.partition(" AGE=")[0]
    assert read(write_mortara(tmp_path, CHANNEL, root=f"{root} {age}")).age_years == pytest.approx(years, abs=0.01)


def test_a_zone_makes_the_time_utc(tmp_path):
    root = 'ACQUISITION_TIME_XML="2021-03-04T05:06:07-05:00"'
    record = read(write_mortara(tmp_path, CHANNEL, root=root))
    assert (record.time_kind, record.time.isoformat()) == ("utc", "2021-03-04T10:06:07+00:00")


def test_measurements_leave_out_what_is_nothing(tmp_path):
    root = f'{ROOT} VENT_RATE="75" AVERAGE_RR="800" NUM_QRS="12" SYSTOLIC_BP="120" DIASTOLIC_BP="0"'
    more = (
        '<TYPICAL_CYCLE R_PEAK="150" P_ONSET="-208" P_DURATION="0" PR_DURATION="163" QRS_DURATION="93" QT="456" '
        'QTC="463" QTB="469" QTF="464" P_AXIS="0" QRS_AXIS="-35" T_AXIS="" />'
    )
    path = write_mortara(tmp_path, CHANNEL, root=root, more=more)
    told = read(path).measurements
    assert told == {
        "heart_rate_bpm": 75, "rr_ms": 800, "systolic_mmhg": 120, "pr_ms": 163, "qrs_ms": 93, "qt_ms": 456,
        "qtc_ms": 463, "qtc_bazett_ms": 469, "qtc_fridericia_ms": 464, "p_axis_deg": 0, "qrs_axis_deg": -35,
    }  # fmt: skip
    theirs = MortaraEL250Parser().parse(path).measurements
    assert (theirs.heart_rate, theirs.rr_interval, theirs.qrs_duration, theirs.qt_interval) == (75, 800, 93, 456)
    assert (theirs.qtc_bazett, theirs.qtc_fridericia, theirs.p_axis, theirs.qrs_axis) == (469, 464, 0, -35)


def test_statements_are_the_texts_without_their_reasons(tmp_path):
    more = (
        '<AUTOMATIC_INTERPRETATION><STATEMENT TEXT="SINUS RHYTHM" REASON="" /><STATEMENT TEXT="" REASON="" />'
        '<STATEMENT TEXT="LEFT AXIS DEVIATION " REASON="QRS AXIS &lt; -30" /></AUTOMATIC_INTERPRETATION>'
    )
    path = write_mortara(tmp_path, CHANNEL, more=more)
    assert read(path).statements == ("SINUS RHYTHM", "LEFT AXIS DEVIATION")
    assert [text for text, _ in MortaraEL250Parser().parse(path).interpretation.statements] == list(
        read(path).statements
    )


def test_every_identifier_is_listed_and_no_name_of_a_lead(tmp_path):
    root = f'{ROOT} ROOM="R-12" LOCATION="Ward" TECHNICIAN="Tess" ORDER_NUMBER="ORD-1" COMMENT="chest pain"'
    path = write_mortara(tmp_path, CHANNEL, root=root, more=f'<SITE ID="3" />{FIELDS}<MEDICATION NAME="Bisoprolol" />')
    assert set(FORMAT.identifiers(RecordLocation("rec", str(path), "mortara", {}))) == {
        "Doe", "Jane", "PID-1", "19710304", "1971-03-04", "SN-9", "General", "R-12", "Ward", "Tess", "ORD-1", "3",
        "Dupont", "PID-7", "20190904", "C-12",
    }  # fmt: skip


def test_a_file_that_says_nothing_gives_nothing(tmp_path):
    record = read(write_mortara(tmp_path, CHANNEL, root='ACQUISITION_TIME=""', subject="", source=""))
    assert (record.patient_id, record.time, record.age_years, record.sex, record.device) == (
        None,
        None,
        None,
        "U",
        None,
    )
    assert record.measurements == {}
    assert record.statements == ()
