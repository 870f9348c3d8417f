"""Two hospitals' tables differ, and each can be told apart by what a study file says of it."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from einthoven.errors import UnknownNameError
from einthoven.simulation.paper.layout import TABLES, layout_of

A, B = layout_of("A", columns={}), layout_of("B", columns={})
TIME = datetime(2020, 3, 4, 5, 6, 7)  # noqa: DTZ001


def test_days_sexes_codes_and_names_are_spelled_differently() -> None:
    assert (A.of_moment(TIME), B.of_moment(TIME)) == ("20200304050607", "2020-03-04 05:06:07")
    assert (A.of_day(date(2020, 3, 4)), B.of_day(None)) == ("20200304", "")
    assert (A.of_code("I50.1"), B.of_code("I501"), B.of_code("I10")) == ("I501", "I50.1", "I10")
    assert (A.sexes["F"], B.sexes["F"]) == ("2", "female")
    assert not set(A.columns["ecgs"].values()) & set(B.columns["ecgs"].values())


def test_both_have_the_same_columns_in_einthovens_names() -> None:
    for table in TABLES:
        assert list(A.columns[table]) == list(B.columns[table])


def test_cells_with_line_ends_quotes_and_hangul_are_kept_in_one_row() -> None:
    text = A.encoded([["1", 'a "b"\nc', "좌심실"]]).decode()
    assert text == '1,"a ""b""\nc",좌심실\r\n'
    assert A.header("icd").startswith(b"\xef\xbb\xbf")
    assert not A.encoded([["1"]]).startswith(b"\xef\xbb\xbf")


def test_a_column_can_be_named_otherwise_and_an_unknown_one_is_refused() -> None:
    assert layout_of("A", columns={"ecgs.record_id": "번호"}).columns["ecgs"]["record_id"] == "번호"
    with pytest.raises(UnknownNameError, match=r"did you mean 'ecgs.record_id'"):
        layout_of("A", columns={"ecgs.recordid": "x"})


def test_an_unknown_site_has_plain_tables() -> None:
    assert layout_of("C", columns={}) == B


def test_a_study_section_names_every_column() -> None:
    section = A.study_section(path="A", role="develop", files={"format": "muse"})
    assert section["patients"]["columns"]["sex"] == {"column": "SEX_CD", "values": {"2": "F", "1": "M"}}
    assert section["reports"]["columns"]["report"] == "READING"
    assert {"ecgs", "reports", "diagnoses", "events", "patients"} <= set(section)
