from __future__ import annotations

import struct

import pytest

from einthoven.ecg.formats.scp.sections import Section
from einthoven.ecg.formats.scp.statements import Statements, as_confirmed, statements
from einthoven.errors import UnreadableFileError


def _section(number, texts, *, confirmed=0, count=None):
    body = bytes([confirmed]) + struct.pack("<HBB3B", 2002, 11, 22, 9, 10, 0)
    body += bytes([len(texts) if count is None else count])
    return Section(
        number, 3000, body + b"".join(struct.pack("<BH", k, len(t)) + t for k, t in enumerate(texts)), "rec.scp"
    )


def test_full_text_is_read_in_the_records_encoding():
    found = statements(_section(8, ["Überleitung\0".encode(), b"\0", b"Sinus rhythm"]), encoding="utf-8")
    assert found == Statements(("Überleitung", "Sinus rhythm"), reviewed=False)


@pytest.mark.parametrize(("confirmed", "reviewed"), [(0, False), (1, True), (2, True), (9, False)])
def test_confirmed_and_overread_statements_were_reviewed(confirmed, reviewed):
    assert statements(_section(8, [b"AF\0"], confirmed=confirmed), encoding="latin-1").reviewed == reviewed


def test_universal_codes_are_joined_behind_their_kind():
    found = statements(_section(11, [b"\1SR\0", b"\1MI\0AN\0PR\0", b"\2Free text\0"]), encoding="latin-1")
    assert found.texts == ("SR", "MI AN PR", "Free text")


def test_what_a_human_reviewed_holds_and_the_rest_came_before():
    human, machine = Statements(("Normal ECG",), reviewed=True), Statements(("AF",), reviewed=False)
    assert as_confirmed(human, machine) == (("Normal ECG",), ("AF",))
    assert as_confirmed(machine, human) == (("Normal ECG",), ("AF",))


def test_text_and_codes_of_one_source_stand_together_once():
    text, codes = Statements(("Normal ECG", "SR"), reviewed=False), Statements(("SR", "NORM"), reviewed=False)
    assert as_confirmed(text, codes) == (("Normal ECG", "SR", "NORM"), ())
    nothing = Statements((), reviewed=True)
    assert as_confirmed(text, nothing) == (("Normal ECG", "SR"), ())


@pytest.mark.parametrize("section", [Section(8, 1, b"", "rec.scp"), _section(8, [b"AF\0"], count=200)])
def test_statements_that_are_counted_and_missing_are_refused(section):
    with pytest.raises(UnreadableFileError, match=r"rec.scp: section 8 ends before"):
        statements(section, encoding="latin-1")


def test_an_empty_universal_statement_is_none():
    assert statements(_section(11, [b""]), encoding="latin-1").texts == ()
