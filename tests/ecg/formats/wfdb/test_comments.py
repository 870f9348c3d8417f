from __future__ import annotations

from datetime import datetime

import pytest

from einthoven.ecg.formats.wfdb.comments import named_value, particulars
from einthoven.ecg.formats.wfdb.header import parse_header
from fakes.effort import little_work


def about(*comments, start=""):
    text = "\n".join([f"rec 1 500 10 {start}", "rec.dat 16 200 16 0 0 0 0 I", *(f"#{comment}" for comment in comments)])
    return particulars(parse_header(text.encode(), path="x.hea"))


@pytest.mark.parametrize(
    ("comment", "age"),
    [
        ("Age: 74", 74),
        (" Age: 74", 74),
        (" age: 81", 81),
        ("<age>: 51", 51),
        ("Age: NaN", None),
        ("Age: Unknown", None),
        ("Age: -1", None),
        ("Age:", None),
        ("Age: 0.5", 0.5),
    ],
)
def test_ages_in_all_spellings(comment, age):
    assert about(comment).age_years == age


def test_an_age_that_codes_something_else_is_unknown_and_noted():
    found = about("Age: 300")
    assert found.age_years is None
    assert found.notes == ("age 300 taken as unknown",)


@pytest.mark.parametrize(
    ("comment", "sex"),
    [
        ("Sex: Male", "M"),
        (" Sex: Female", "F"),
        (" sex: female", "F"),
        ("<sex>: F", "F"),
        ("Sex: m", "M"),
        ("Gender: M", "M"),
        ("Sex: Unknown", "U"),
        ("Sex: NaN", "U"),
        ("Sex: 1", "U"),
    ],
)
def test_sexes_in_all_spellings(comment, sex):
    assert about(comment).sex == sex


def test_the_first_comment_of_the_arrhythmia_database_holds_age_and_sex():
    found = about(" 69 M 1085 1629 x1", " Aldomet, Inderal")
    assert (found.age_years, found.sex) == (69, "M")


@pytest.mark.parametrize(
    ("comments", "statements"),
    [
        (["Dx: 59118001,426783006"], ("59118001", "426783006")),
        (["Dx: RBBB"], ("RBBB",)),
        (["Dx:"], ()),
        (
            ["<diagnoses>:", "Rhythm: Sinus rhythm.", "Left axis."],
            ("Rhythm: Sinus rhythm.", "Left axis."),
        ),
        (["Rx: Unknown"], ()),
    ],
)
def test_diagnoses_are_verbatim(comments, statements):
    assert about(*comments).statements == statements


@pytest.mark.parametrize(
    ("start", "comments", "time"),
    [
        ("22:41:16 29/04/2023", [], datetime(2023, 4, 29, 22, 41, 16)),  # noqa: DTZ001 - naive is meant
        ("22:41:16.5 29/04/2023", [], datetime(2023, 4, 29, 22, 41, 16, 500000)),  # noqa: DTZ001 - as above
        ("12-May-2020 12:33:59", [], datetime(2020, 5, 12, 12, 33, 59)),  # noqa: DTZ001 - as above
        ("", ["ECG date: 01/10/1990"], datetime(1990, 10, 1)),  # noqa: DTZ001 - as above
        ("10:30:00", ["ECG date: 01/10/1990"], datetime(1990, 10, 1, 10, 30)),  # noqa: DTZ001 - as above
        ("10:30:00", [], None),
        ("10:30:00 45/13/2020", [], None),
        ("", [], None),
    ],
)
def test_the_start_is_naive_and_never_guessed(start, comments, time):
    assert about(*comments, start=start).time == time


def test_half_a_time_is_noted():
    assert about(start="10:30:00").notes == ("time of recording incomplete or not understood: 10:30:00",)


def test_the_stamp_of_the_challenges_is_noted_as_doubtful():
    assert "may be the file's" in about(start="12-May-2020 12:33:59").notes[0]


def test_a_comment_of_many_blanks_takes_no_time(tmp_path):
    """A pattern that tries each blank as the end of the name takes minutes for one megabyte."""
    with little_work():
        assert named_value("age" + " " * 1_000_000 + "x") == ("", "")


@pytest.mark.parametrize("start", ["2147483648:41:16 29/04/2023", "10:inf 29/04/2023", "10:10:10 29/2147483648/2023"])
def test_a_start_that_no_clock_shows_is_noted(start):
    assert any("not understood" in note for note in about(start=start).notes)
