"""Texts of an XML file that tell a person, a place or a device from others: what de-identification looks for."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator

from lxml import etree

from einthoven.ecg.formats.xml_document import local_name

__all__ = ["telling_texts"]


def telling_texts(
    root: etree._Element, *, telling: re.Pattern[str], person: re.Pattern[str], skipped: Collection[str]
) -> Iterator[str]:
    """Yield the text of every element whose name is telling, that of persons also word by word.

    Numbers of one or two digits (site 1, cart 74) identify nobody and are left out.

    Parameters
    ----------
    root : element
    telling, person : pattern
        Searched in the names of elements.
    skipped : collection of str
        Names of children of the root that hold signals and measurements only.
    """
    for section in root:
        if local_name(section) in skipped:
            continue
        for element in section.iter(etree.Element):
            words, name = (element.text or "").strip(), local_name(element)
            if not words or not _is_like(name, telling) or (words.isdecimal() and len(words) < 3):
                continue
            yield words
            if _is_like(name, person):
                yield from re.split(r"[\s,]+", words)


@functools.lru_cache(maxsize=4096)  # the files of an archive name their elements alike
def _is_like(name: str, pattern: re.Pattern[str]) -> bool:
    return bool(pattern.search(name))
