from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from einthoven.ecg.formats.aecg.element import add, add_quantity, add_text, decimal, new_root, plain


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_decimals_lose_nothing(value):
    assert float(decimal(value)) == value


@given(st.text())
def test_any_words_can_be_written(words):
    root = new_root("a")
    add_text(root, "b", words)
    assert etree.fromstring(etree.tostring(root))[0].text in {plain(words), plain(words).replace("\r", "\n"), None}


def test_paths_make_elements_in_the_namespace():
    root = new_root("a")
    inner = add(root, "b/c", value="1")
    assert inner.get("value") == "1"
    assert root.find("{urn:hl7-org:v3}b/{urn:hl7-org:v3}c") is inner


@pytest.mark.parametrize(("value", "words"), [(46.0, "46"), (0.1, "0.1"), (-3.25, "-3.25")])
def test_quantities_have_type_and_unit(value, words):
    root = new_root("a")
    add_quantity(root, value, "ms")
    assert dict(root[0].attrib) == {
        "value": words,
        "unit": "ms",
        "{http://www.w3.org/2001/XMLSchema-instance}type": "PQ",
    }
