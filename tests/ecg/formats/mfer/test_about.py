from __future__ import annotations

from datetime import datetime

import pytest

from einthoven.ecg.formats.mfer.about import about_of, decoded_text, device_filters
from einthoven.ecg.formats.mfer.definitions import Tag


def test_patient_time_and_device_are_taken_apart():
    about = about_of(
        {
            Tag.PATIENT_NAME: b"Haagse^Harry van",
            Tag.PATIENT_ID: b"P-17^ward 3",
            Tag.SEX: b"\x01",
            Tag.AGE: b"\x00\x00\x00\x07\x9f\x05\x02",
            Tag.TIME: b"\x07\xe5\x08\x02\x0b\x0c\x0d\x00\xfa\x01\xf4",
            Tag.DEVICE: b"Nihon^ECG-9^2.1^SN1",
            Tag.UID: b"1.2.3",
        },
        big_endian=True,
    )
    assert (about.patient_id, about.sex, about.device) == ("P-17", "M", "Nihon ECG-9")
    assert about.time == datetime(2021, 8, 2, 11, 12, 13, 250500)  # noqa: DTZ001 - naive is meant
    assert about.age_years == pytest.approx(70.25, abs=0.01)
    wanted = {"Haagse^Harry van", "Haagse", "Harry van", "Harry", "van", "P-17", "ward 3", "SN1", "1.2.3", "1951-05-02"}
    assert wanted <= set(about.identifiers)


@pytest.mark.parametrize(
    ("value", "age"),
    [
        (b"\x37", 55),
        (b"\x37\0\0", 55),
        (b"\x00\x92\0", 146 / 365.25),
        (b"\0\0\0", None),
        (b"\xff\0\0", None),
        (b"", None),
    ],
)
def test_ages_are_years_or_the_days_of_an_infant(value, age):
    assert about_of({Tag.AGE: value}, big_endian=False).age_years == (None if age is None else pytest.approx(age))


@pytest.mark.parametrize("value", [b"", b"\x07", bytes(11), b"\xff" * 11])
def test_a_time_that_is_none_stays_open(value):
    assert about_of({Tag.TIME: value}, big_endian=True).time is None


def test_nothing_said_is_nothing_known():
    about = about_of({}, big_endian=True)
    assert (about.patient_id, about.sex, about.device, about.age_years, about.time) == (None, "U", None, None, None)
    assert not any(about.identifiers)


@pytest.mark.parametrize(
    ("codec", "characters"), [("iso2022_jp", b"ISO 2022-JP"), ("cp932", b""), ("utf-8", b"UTF-8"), ("utf-8", b"")]
)
def test_japanese_names_are_read_in_their_character_set(codec, characters):
    name = "\N{CJK UNIFIED IDEOGRAPH-5C71}\N{CJK UNIFIED IDEOGRAPH-7530}"
    assert decoded_text(name.encode(codec), characters) == name


def test_filters_that_are_not_understood_stand_as_they_are():
    assert device_filters(["HPF=0.05", "LPF=150^x", "EMG off", "", "HPF=0.05"]) == (
        "high-pass 0.05 Hz",
        "low-pass 150 Hz",
        "EMG off",
    )
