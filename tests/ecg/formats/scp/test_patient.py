from __future__ import annotations

import struct
from datetime import timedelta

import pytest

from einthoven.ecg.formats.scp.patient import patient
from einthoven.ecg.formats.scp.sections import Section
from einthoven.errors import UnreadableFileError
from fakes.scp_files import machine_bytes, patient_body, tag_bytes

TEXTS = (b"Program 3.1", b"SN-4711", b"Software 2", b"SCP 1", b"Maker GmbH")
ALL_TAGS = (
    (0, b"van der Berg\0"),
    (1, b"Anna Maria\0"),
    (2, b"P-0815\0"),
    (3, b"Schmidt\0"),
    (4, struct.pack("<HB", 18, 2)),
    (5, struct.pack("<HBB", 1953, 5, 8)),
    (8, b"\2"),
    (10, b"\0\1\2Digoxin\0"),
    (11, struct.pack("<H", 120)),
    (12, struct.pack("<H", 80)),
    (13, b"chest pain\0"),
    (14, machine_bytes(model=b"M250\0\0", texts=TEXTS)),
    (15, machine_bytes(texts=(b"", b"SN-9", b"", b"", b""))),
    *((tag, f"naming {tag}\0".encode()) for tag in range(16, 24)),
    (25, struct.pack("<HBB", 2002, 11, 22)),
    (26, bytes([9, 10, 0])),
    (27, struct.pack("<H", 5)),
    (28, struct.pack("<H", 150)),
    (29, b"\x02"),
    (30, b"free text\0"),
    (31, b"ECG-77\0"),
    (34, struct.pack("<hH", -90, 0) + b"Somewhere\0"),
)


def _patient(tags, *, protocol=20):
    return patient(Section(1, 142, patient_body(tags), "rec.scp"), protocol=protocol)


def test_everything_that_the_section_says_is_read():
    known = _patient(ALL_TAGS)
    assert (known.patient_id, known.age_years, known.sex, known.device) == ("P-0815", 1.5, "F", "Maker GmbH M250")
    assert known.time.isoformat() == "2002-11-22T09:10:00-01:30"
    assert known.measurements == {"systolic_mmhg": 120, "diastolic_mmhg": 80}
    assert known.device_filters == ["high-pass 0.05 Hz", "low-pass 150 Hz", "notch 50 Hz"]
    assert known.notes == []


def test_all_direct_identifiers_are_listed_with_each_part_of_a_name():
    spelled = set(_patient(ALL_TAGS).identifiers)
    assert spelled >= {"van der Berg", "van", "Berg", "Anna Maria", "Anna", "Maria", "Schmidt", "P-0815", "1953-05-08"}
    assert spelled >= {f"naming {tag}" for tag in range(16, 24)} | {"SN-4711", "SN-9", "ECG-77"}
    assert not spelled & {"M250", "Maker GmbH", "chest pain", "free text", "Software 2", ""}


def test_the_age_comes_from_the_birth_date_where_it_is_not_given():
    known = _patient([tag for tag in ALL_TAGS if tag[0] != 4])
    assert known.age_years == pytest.approx(49.54, abs=0.01)
    without_unit = _patient([tag if tag[0] != 4 else (4, struct.pack("<HB", 0, 0)) for tag in ALL_TAGS])
    assert without_unit.age_years == pytest.approx(49.54, abs=0.01)


@pytest.mark.parametrize(("value", "unit", "years"), [(61, 1, 61), (26, 3, 0.498), (730, 4, 2.0), (48, 5, 0.0055)])
def test_ages_have_five_units(value, unit, years):
    assert _patient([(4, struct.pack("<HB", value, unit))]).age_years == pytest.approx(years, abs=2e-3)


def test_an_age_of_no_human_is_not_known():
    assert _patient([(4, struct.pack("<HB", 300, 1))]).age_years is None
    assert _patient([(4, struct.pack("<HB", 0, 1))]).age_years is None


@pytest.mark.parametrize(("code", "sex"), [(0, "U"), (1, "M"), (2, "F"), (9, "U"), (77, "U")])
def test_sex_is_coded_as_in_iso_5218(code, sex):
    assert _patient([(8, bytes([code]))]).sex == sex


@pytest.mark.parametrize("offset", [0x7FFF, -0x8000, 900])
def test_a_zone_that_is_none_leaves_the_time_naive(offset):
    known = _patient([*ALL_TAGS[:-1], (34, struct.pack("<hH", offset, 0))])
    assert known.time.tzinfo is None


def test_zones_east_and_west_are_kept():
    known = _patient([*ALL_TAGS[:-1], (34, struct.pack("<hH", 330, 0))])
    assert known.time.utcoffset() == timedelta(hours=5, minutes=30)


def test_a_maker_by_code_is_named():
    machine = bytearray(machine_bytes(model=b"X1\0\0\0\0"))
    machine[7] = 17
    assert _patient([(14, bytes(machine))]).device == "Schiller X1"


@pytest.mark.parametrize("size", [0, 7, 13, 14, 20, 36, 37])
def test_a_short_identification_of_the_machine_is_no_error(size):
    assert _patient([(14, machine_bytes(model=b"X1\0\0\0\0")[:size])]).device in {None, "X1"}


def test_the_version_comes_from_the_machine_where_section_0_has_none():
    assert _patient([(14, machine_bytes(protocol=13))], protocol=0).protocol == 13
    assert _patient([(14, machine_bytes(protocol=13))], protocol=20).protocol == 20


def test_text_follows_the_language_of_the_machine():
    known = _patient([(2, "Łódź\0".encode("iso8859-2")), (14, machine_bytes(language=0x03))])
    assert (known.patient_id, known.encoding) == ("Łódź", "iso8859-2")


def test_a_wrong_length_of_a_fixed_tag_is_read_with_the_standards_and_noted():
    body = tag_bytes(2, b"P1\0") + struct.pack("<BH", 25, 9000) + struct.pack("<HBB", 2020, 2, 3) + tag_bytes(255, b"")
    known = patient(Section(1, 142, body, "rec.scp"), protocol=20)
    assert (known.patient_id, known.time.year) == ("P1", 2020)
    assert "wrong length" in known.notes[0]


def test_a_length_that_leads_out_of_the_section_is_refused_with_its_byte():
    body = tag_bytes(2, b"P1\0") + struct.pack("<BH", 30, 9000) + b"text"
    with pytest.raises(UnreadableFileError, match=r"rec.scp: section 1 has a tag whose length .*\(byte 164 of"):
        patient(Section(1, 142, body, "rec.scp"), protocol=20)


@pytest.mark.parametrize("body", [b"", b"\xff", b"\0", tag_bytes(2, b"") + b"\0"])
def test_a_section_that_says_nothing_is_no_error(body):
    known = patient(Section(1, 142, body, "rec.scp"), protocol=20)
    assert (known.patient_id, known.time, known.age_years, known.sex, known.device) == (None, None, None, "U", None)
    assert known.identifiers == []


def test_a_section_far_beyond_any_patients_data_is_refused():
    with pytest.raises(UnreadableFileError, match="600,000 bytes of patient data, 524,288 are read"):
        patient(Section(1, 142, bytes(600_000), "rec.scp"), protocol=20)
