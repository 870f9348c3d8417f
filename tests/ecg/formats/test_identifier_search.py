"""Identifiers are found in any spelling and encoding, and chance is not taken for one."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from einthoven.ecg.formats.identifier_search import found_identifiers, spellings

NOISE = np.random.default_rng(0).bytes(200_000)


def _found(identifiers, text, encoding="utf-8"):
    content = text.encode(encoding)
    return found_identifiers(identifiers, written={"a": NOISE + content}, flat={"a": content}, anonymous={"a": b"ECG"})


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16-le", "utf-16-be"])
def test_names_are_found_in_every_encoding_and_case(encoding):
    assert _found(["Müller^Zoë"], "patient MÜLLER left", encoding) == ["Müller^Zoë"]
    assert _found(["Doe, Jane"], "seen by JANE today", encoding) == ["Doe, Jane"]


def test_a_number_is_found_in_the_file_and_in_its_name():
    assert _found(["0012345678"], "id=0012345678;") == ["0012345678"]
    files = {"ecg_0012345678.dcm": b""}
    assert found_identifiers(["0012345678"], written=files, flat=files, anonymous={}) == ["0012345678"]


@pytest.mark.parametrize("written", ["19600102", "1960-01-02", "02.01.1960", "01/02/1960", "02-JAN-1960"])
@pytest.mark.parametrize("spelled", ["19600102", "1960-01-02", "02.01.1960"])
def test_a_date_is_found_in_every_order(spelled, written):
    assert _found([spelled], f"born {written}") == [spelled]


def test_words_that_stand_in_any_file_or_come_up_by_chance_are_not_taken_for_identifiers():
    assert _found(["ECG", "7", "412", "Li", "abc"], "ECG 7 412 Li") == []
    assert _found(["Smith"], "blacksmithing") == []
    assert _found(["River Heart Hospital"], "slow heart rate") == []
    assert _found(["River Heart Hospital"], "seen in River Heart Hospital") == ["River Heart Hospital"]


def test_a_name_is_looked_for_by_its_parts():
    assert spellings("van der Berg^Anna=Maria") == ["van der Berg^Anna=Maria", "van", "der", "Berg", "Anna", "Maria"]
    assert spellings("12") == []
    assert "1960-01-02" in spellings("19600102")


@pytest.mark.parametrize("written", ["MÜLLER", "Mueller", "Muller", "M&#252;ller", "Mu\u0308ller", "M&uuml;ller"])
def test_an_accent_can_be_written_in_many_ways(written):
    assert _found(["Müller"], f"<a>seen by {written}</a>") == ["Müller"]
    assert _found(["Mu\u0308ller"], f"<a>seen by {written}</a>") == ["Mu\u0308ller"]


@pytest.mark.parametrize("text", ["Frau Schmidt", "seen by O. Brien", "jane", "MRN 1234567", "Yamada 山田さん"])
def test_parts_of_double_names_mail_addresses_and_numbers_are_found(text):
    identifiers = ["Meier-Schmidt", "O'Brien", "jane.roe@mail.org", "MRN_0001234567", "山田 太郎"]
    assert len(_found(identifiers, text)) == 1


def test_marks_of_numbers_and_addresses_are_no_identifiers():
    assert "113883" not in spellings("2.16.840.1.113883.3.1")
    assert _found(["Patient/4711", "https://mail.org/Patient"], "patient patient urn mail org https") == []
    assert _found(["Acute Care Pacemaker Clinic"], "acute infarct, ventricular pacemaker") == []


def test_a_month_is_no_part_of_a_date():
    assert "JAN" not in spellings("02-JAN-1960")
    assert "19600102" in spellings("02-JAN-1960")
    assert spellings("32-JAN-1960") == ["32-JAN-1960", "JAN"]


def test_a_day_of_ecg_is_searched_in_little_memory():
    signal = np.random.default_rng(1).bytes(20_000_000) + b" 0012345678 "
    files = {"a": signal}
    tracemalloc.start()
    found = found_identifiers(["0012345678"], written=files, flat={"a": bytes(len(signal))}, anonymous={"a": b"ECG"})
    assert found == ["0012345678"]
    assert tracemalloc.get_traced_memory()[1] < 5 * len(signal)
    tracemalloc.stop()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_letters_beside_a_word_make_another_word_in_every_encoding(encoding):
    for text in ("the Smithson way", "a blacksmith", "Smith7"):
        assert _found(["Smith"], text, encoding) == []
    for text in ("Smith", "(Smith)", "x_Smith_y", "\0Smith\0"):
        assert _found(["Smith"], text, encoding) == ["Smith"]


def test_half_a_character_is_searched_as_any_other():
    assert _found(["Zo\ud800"], "Jane") == []
    assert found_identifiers(["Jane"], written={"Jane\udcff": b""}, flat={"Jane\udcff": b""}, anonymous={}) == ["Jane"]
