"""Fragments of diagnoses become lines."""

from __future__ import annotations

import pytest

from einthoven.ecg.formats.muse.statements import diagnosis_lines
from einthoven.ecg.formats.xml_document import parse_xml
from fakes.muse_files import diagnosis_xml


@pytest.mark.parametrize(
    ("statements", "lines"),
    [
        ([("Sinus", ""), ("rhythm", "ENDSLINE"), ("Normal ECG", "ENDSLINE")], ("Sinus rhythm", "Normal ECG")),
        ([("Infarct", ""), (", old", "ENDSLINE")], ("Infarct, old",)),
        ([("Flutter", "DELETED"), ("Sinus", "USERINSERT ENDSLINE")], ("Sinus",)),
        ([("Flutter", "DELETED ENDSLINE"), ("Sinus", "ENDSLINE")], ("Sinus",)),
        ([("Sinus", ""), ("Normal ECG", "")], ("Sinus", "Normal ECG")),
        ([("Sinus", "ENDSLINE"), ("no end", "")], ("Sinus", "no end")),
        ([("", "ENDSLINE")], ()),
        ([], ()),
    ],
)
def test_flags_say_where_a_line_ends_and_what_was_taken_back(statements, lines):
    assert diagnosis_lines(parse_xml(diagnosis_xml("Diagnosis", statements).encode(), where="x")) == lines


def test_no_diagnosis_has_no_lines():
    assert diagnosis_lines(None) == ()
