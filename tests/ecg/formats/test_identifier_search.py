"""Identifiers are found in any spelling and encoding, and chance is not taken for one."""

from __future__ import annotations

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
