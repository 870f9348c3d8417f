"""Elements are known as identifiers by their names."""

from __future__ import annotations

import re

from einthoven.ecg.formats.telling_elements import telling_texts
from einthoven.ecg.formats.xml_document import parse_xml


def test_texts_come_by_the_name_of_their_element_and_persons_word_by_word():
    root = parse_xml(
        b"<r><!-- c --><a><LastName>de la Cruz, A</LastName><Site>12</Site><Site>123</Site><Other>x</Other></a>"
        b"<Signal><LastName>no</LastName></Signal><SiteName xmlns='urn:x'>North Wing</SiteName></r>",
        where="x",
    )
    found = telling_texts(root, telling=re.compile("Name|Site"), person=re.compile("Last"), skipped={"Signal"})
    assert list(found) == ["de la Cruz, A", "de", "la", "Cruz", "A", "123", "North Wing"]
