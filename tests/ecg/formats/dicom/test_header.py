from __future__ import annotations

import pytest

from einthoven.ecg.formats.dicom.elements import DataSetReader
from einthoven.ecg.formats.dicom.header import about_record
from fakes.dicom_files import EXPLICIT, packed


def about(*elements):
    content = packed(elements, EXPLICIT)
    data = DataSetReader(content, explicit=True, little_endian=True, where="x").data_set(0, len(content))[0]
    empty = DataSetReader(b"", explicit=True, little_endian=True, where="x").data_set(0, 0)[0]
    return about_record(data, meta=empty, measurements={}, lead_measurements={}, statements=("Sinus rhythm",))


ZONE = (0x00080201, "SH", "+0230")


ACQUIRED, CONTENT, STUDY = 0x0008002A, (0x00080023, 0x00080033), (0x00080020, 0x00080030)


def at(tags, day, clock=""):
    return [(tags[0], "DA", day), *([(tags[1], "TM", clock)] if clock else [])]


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ([(ACQUIRED, "DT", "20240229101530.25")], "2024-02-29T10:15:30.250000"),
        ([(ACQUIRED, "DT", "20240229101530-0500"), ZONE], "2024-02-29T10:15:30-05:00"),
        ([(ACQUIRED, "DT", "20240229101530"), ZONE], "2024-02-29T10:15:30+02:30"),
        ([*at(CONTENT, "20240229", "1015"), ZONE], "2024-02-29T10:15:00+02:30"),
        ([(ACQUIRED, "DT", "20240229"), *at(STUDY, "20240228", "101530")], "2024-02-28T10:15:30"),
        ([(ACQUIRED, "DT", "20240229"), ZONE], "2024-02-29T00:00:00"),
        (
            [*at((0x00080022, 0x00080032), "20240229", "101530.5"), *at(CONTENT, "20240301")],
            "2024-02-29T10:15:30.500000",
        ),
        ([*at(STUDY, "2024.02.29"), *at(CONTENT, "20240301")], "2024-03-01T00:00:00"),
        ([(ACQUIRED, "DT", "19000101000000")], None),
        ([(ACQUIRED, "DT", "99999999999999")], None),
        ([], None),
    ],
)
def test_the_time_is_the_first_that_has_an_hour(elements, expected):
    """A time of 1900 fills in for an unknown one: Einthoven's first ECG is younger."""
    time = about(*elements).time
    assert (time.isoformat() if time else None) == expected


@pytest.mark.parametrize(
    ("elements", "age"),
    [
        ([(0x00101010, "AS", "061Y")], 61),
        ([(0x00101010, "AS", "018M")], 1.5),
        ([(0x00101010, "AS", "010D")], 10 / 365.25),
        ([(0x00101010, "AS", "300Y")], None),
        ([(0x00101010, "AS", "061Y"), (0x00100030, "DA", "19000101")], 61),
        ([(0x00100030, "DA", "19600229"), (0x0008002A, "DT", "20240229101530")], 64),
        ([(0x00101010, "AS", "old"), (0x00100030, "DA", "19600229")], None),
    ],
)
def test_the_age_is_the_files_or_counts_from_birth(elements, age):
    assert about(*elements).age_years == (age if age is None else pytest.approx(age, abs=0.01))


def test_patient_and_device_are_those_of_the_file():
    said = about(
        (0x00100020, "LO", "P-1"), (0x00100040, "CS", "M"), (0x00080070, "LO", "Unknown"), (0x00081090, "LO", "ELI250"),
        (0x00181000, "LO", "SN-4711"),
    )  # fmt: skip
    assert (said.patient_id, said.sex, said.device, said.statements) == ("P-1", "M", "ELI250", ("Sinus rhythm",))
    assert said.identifiers == ["P-1", "SN-4711"]
    nothing = about((0x00100040, "CS", "O"))
    assert (nothing.patient_id, nothing.sex, nothing.device) == (None, "U", None)
