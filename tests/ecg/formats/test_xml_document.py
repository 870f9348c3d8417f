"""XML is parsed without trust and searched without regard to namespaces."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.formats import xml_document as xml
from einthoven.errors import UnreadableFileError
from fakes.effort import little_work

BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]><a>&y;</a>"""
EXTERNAL = b"""<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>"""


@pytest.mark.parametrize(
    "content", [BOMB, EXTERNAL, BOMB.decode().encode("utf-16"), EXTERNAL.decode().encode("utf-16")]
)
def test_entities_are_refused_in_any_encoding(content):
    with pytest.raises(UnreadableFileError, match=r"rec\.xml declares XML entities"):
        xml.parse_xml(content, where="rec.xml")


def test_a_document_type_without_entities_is_usual_and_not_fetched():
    content = b'<?xml version="1.0" encoding="ISO-8859-1"?><!DOCTYPE R SYSTEM "http://localhost:9/r.dtd"><R>caf\xe9</R>'
    assert xml.text(xml.parse_xml(content, where="x")) == "café"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_of_recorders_are_read(encoding):
    content = f'<?xml version="1.0" encoding="{encoding[:6]}"?><R>Zoë</R>'.encode(encoding)
    assert xml.root_name(content) == "R"
    assert xml.text(xml.parse_xml(content, where="x")) == "Zoë"


@pytest.mark.parametrize("content", [b"", b"   ", b"<a><b></a>", b"<a", b"no xml", b"\x00\x01\x02", b"<a>\x00</a>"])
def test_what_is_not_well_formed_is_refused_by_name(content):
    with pytest.raises(UnreadableFileError, match=r"rec\.xml"):
        xml.parse_xml(content, where="rec.xml")


def test_depth_and_number_of_elements_are_capped():
    for content in (b"<a>" * 100_000 + b"</a>" * 100_000, b"<a>" + b"<b/>" * 2_100_000 + b"</a>"):
        with little_work(), pytest.raises(UnreadableFileError, match=r"rec\.xml"):
            xml.parse_xml(content, where="rec.xml")


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"<R/>", "R"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <X> -->\n<!DOCTYPE R [ <!ELEMENT R ANY> ]>\n<n:R xmlns:n='u'>", "R"),
        (b"plain text", ""),
        (b"", ""),
        (b"<!-- never ends", ""),
    ],
)
def test_the_root_is_found_without_parsing(head, name):
    assert xml.root_name(head) == name


def test_elements_are_found_in_any_namespace():
    root = xml.parse_xml(b'<R xmlns="u"><A k=" v "><B> 1 </B><B>2</B></A><?pi x?><!-- c --></R>', where="x")
    assert xml.text(root, "A/B") == "1"
    assert xml.text(root, "A/C", "none") == "none"
    assert xml.text(None) == ""
    assert xml.attribute(root, "k", "A") == "v"
    assert xml.attribute(root, "k", "Z", "none") == "none"
    assert [xml.text(element) for element in xml.children(root, "A/B")] == ["1", "2"]
    assert [xml.local_name(element) for element in root] == ["A"]
    assert xml.line_of(xml.find(root, "A/B")) == "element B, line 1"


def test_numbers_are_whole_or_refused_with_the_element():
    np.testing.assert_array_equal(xml.numbers(" 1 -2\n3.5\t4 ", where="x", what="digits"), [1, -2, 3.5, 4])
    np.testing.assert_array_equal(xml.numbers("1,2,3,", where="x", what="digits", separator=","), [1, 2, 3])
    huge = xml.numbers("99999999999999999999 -99999999999999999999 2e3 .5", where="x", what="digits")
    np.testing.assert_array_equal(huge, [1e20, -1e20, 2000, 0.5])
    np.testing.assert_array_equal(xml.numbers("99999999999999999999", where="x", what="digits"), [1e20])
    for words, separator in (("1 x 2", " "), ("1,,2", ","), ("1;2", ",")):
        with pytest.raises(UnreadableFileError, match=r"rec\.xml: digits holds something else than numbers"):
            xml.numbers(words, where="rec.xml", what="digits", separator=separator)
    assert xml.number(" 2.5 ", where="x", what="rate") == 2.5
    for word in ("", "abc", "nan", "inf"):
        with pytest.raises(UnreadableFileError, match="rate must be a number"):
            xml.number(word, where="x", what="rate")


def test_base64_is_strict_but_for_blanks():
    assert xml.base64_bytes("AQID\n BAU=", where="x", what="data") == bytes([1, 2, 3, 4, 5])
    for words in ("AQ!D", "AQI", "AQID====A"):
        with pytest.raises(UnreadableFileError, match=r"data is no valid base64"):
            xml.base64_bytes(words, where="x", what="data")


def test_the_texts_of_children_come_by_local_name_and_the_first_of_a_name_counts():
    root = xml.parse_xml(b'<a xmlns="urn:x"><!-- c --><b> 1 </b><c/><b>2</b></a>', where="x")
    assert xml.texts(root) == {"b": "1", "c": ""}
    assert xml.texts(None) == {}


@pytest.mark.parametrize("encoding", ["utf-7", "utf-32-le", "utf-16"])
def test_entities_are_refused_in_encodings_that_hide_them(encoding):
    """In UTF-7 and UTF-32 the word ENTITY doesn't stand in the bytes."""
    hidden = "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>".encode(encoding)
    declared = f'<?xml version="1.0" encoding="{encoding}"?>'.encode("ascii" if encoding == "utf-7" else encoding)
    content = declared + (hidden.replace(b"<!ENTITY", b"+ADwAIQ-ENTITY") if encoding == "utf-7" else hidden)
    with pytest.raises(UnreadableFileError, match=r"rec\.xml (declares XML entities|is not)"):
        xml.parse_xml(content, where="rec.xml")


def test_what_stands_inside_a_text_without_belonging_to_it_does_not_end_it():
    root = xml.parse_xml(b"<a><!-- rate --><b>5<!-- 00 -->0<?x y?>0<![CDATA[0]]></b></a>", where="x")
    assert xml.text(root, "b") == "5000"
    assert len(root) == 1
