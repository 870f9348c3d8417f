"""Texts from files can't command a terminal."""

from __future__ import annotations

from einthoven.drawing.printable import printable, shortened


def test_escape_sequences_line_ends_and_changes_of_direction_become_blanks():
    assert printable("a\x1b[2Jb\nc\u202ed\x00") == "a [2Jb c d "


def test_letters_of_all_languages_stay():
    assert printable("Müller 心電図 µV") == "Müller 心電図 µV"


def test_long_text_ends_in_an_ellipsis():
    assert shortened("a" * 10, at_most=5) == "aaaa…"
    assert shortened("a" * 5, at_most=5) == "aaaaa"
