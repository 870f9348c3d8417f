from __future__ import annotations

import pytest

from einthoven.ecg.formats.fhir.json_document import decimal, every_object, listed, nested, parse_json, word
from einthoven.errors import UnreadableFileError


def test_a_byte_order_mark_is_skipped():
    assert parse_json(b'\xef\xbb\xbf{"a": "\xc3\xa4"}', where="a.json") == {"a": "\u00e4"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"a": 1, "b": 2, "a": 3}', "says 'a' twice"),
        (b'{"a": NaN}', "spells NaN"),
        (b'{"a": -Infinity}', "spells -Infinity"),
        (b'{"a": 1', "is no JSON"),
        (b'{"a": ' + b"7" * 5000 + b"}", "is no JSON"),
        (b"\xff", "is no JSON"),
        (b"[1]", "holds no JSON object, but a list"),
        (b"[" * 100_000, "is nested deeper"),
    ],
)
def test_what_no_resource_holds_is_refused(content, reason):
    with pytest.raises(UnreadableFileError, match=rf"a\.json {reason}"):
        parse_json(content, where="a.json")


def test_fields_of_another_kind_count_as_missing():
    resource = {"a": {"b": "c"}, "list": [{"x": 1}, 2, None], "text": " t ", "number": 3}
    assert nested(resource, "a") == {"b": "c"}
    assert nested(resource, "text", "b") == nested(resource, "a", "b", "c") == {}
    assert listed(resource, "list") == [{"x": 1}]
    assert listed(resource, "a") == []
    assert (word(resource, "text"), word(resource, "number"), word(resource, "a")) == ("t", "", "")


def test_numbers_are_finite_numbers_or_refused():
    assert decimal({"a": 3}, "a", where="x") == 3
    assert decimal({"a": None}, "a", where="x") is None
    for value in ("3", True, [3], 10**400, float("inf")):
        with pytest.raises(UnreadableFileError, match="x: a must be a number"):
            decimal({"a": value}, "a", where="x")


def test_every_object_is_visited_in_order_however_deep():
    inner: dict = {"last": 1}
    for _ in range(20_000):
        inner = {"a": [inner]}
    found = list(every_object({"first": {"b": 2}, "second": inner}))
    assert [name for name, _ in found[:3]] == ["", "first", "second"]
    assert found[-1] == ("a", {"last": 1})
