"""Which words of a DICOM object name a person, an order, a place or a machine (PS3.15, table E.1-1)."""

from __future__ import annotations

import itertools
import re

from einthoven.ecg.formats.dicom.dataset import DataSet, Element
from einthoven.ecg.formats.dicom.text import decoded_text

__all__ = ["identifiers"]

_STANDARD_UIDS = "1.2.840.10008."  # of the standard itself: kinds of objects, transfer syntaxes
_TEXT = frozenset({"AE", "LO", "LT", "PN", "SH", "ST", "UC", "UI", "UR", "UT"})
# the attributes of table E.1-1 that name or number, or are free text in which names stand; besides these, all names of
# persons (PN), application entities (AE) and unique identifiers (UI), whatever attribute they are in
_DIRECT = frozenset((
    0x00080050, 0x00080080, 0x00080081, 0x00080092, 0x00080094, 0x00081010, 0x00081040, 0x00084000, 0x00100020,
    0x00100021, 0x00100030, 0x00100032, 0x00100033, 0x00100034, 0x00100035, 0x00101000, 0x00101040, 0x00101050,
    0x00101090, 0x00102110, 0x00102150, 0x00102152, 0x00102154, 0x00102155, 0x00102180, 0x001021B0, 0x001021F0,
    0x00102299, 0x00104000, 0x00120020, 0x00120022, 0x00120030, 0x00120031, 0x00120032, 0x00120040, 0x00120041,
    0x00120042, 0x00120043, 0x00120050, 0x00120055, 0x00120060, 0x00120071, 0x00120073, 0x00120081, 0x00120082,
    0x00181000, 0x00181002, 0x00181004, 0x00181005, 0x00181007, 0x00181008, 0x00181009, 0x00184000, 0x0018700A,
    0x00200010, 0x00203401, 0x00204000, 0x00209158, 0x00320012, 0x00321020, 0x00321030, 0x00321033, 0x00321066,
    0x00324000, 0x00380010, 0x00380011, 0x0038001E, 0x00380050, 0x00380060, 0x00380061, 0x00380300, 0x00380400,
    0x00380500, 0x00384000, 0x00400007, 0x00400009, 0x00400010, 0x00400011, 0x00400012, 0x00400242, 0x00400243,
    0x00400253, 0x00400254, 0x00400280, 0x0040050A, 0x00400512, 0x00400551, 0x00400602, 0x004006FA, 0x00401001,
    0x00401002, 0x00401004, 0x00401005, 0x00401102, 0x00401103, 0x00401104, 0x00401400, 0x00402001, 0x00402009,
    0x00402010, 0x00402011, 0x00402016, 0x00402017, 0x00402400, 0x00403001, 0x00404036, 0x0040A027, 0x0040A353,
    0x0040A354, 0x0050001B, 0x00500021, 0x00880910, 0x04000563, 0x04000564, 0x22000002, 0x22000005, 0x30080105,
    0x3010001B, 0x30100043, 0x40000010, 0x40004000, 0x40080040, 0x40080042, 0x4008011A, 0x40080200, 0x40080202,
    0x4008010B, 0x40080115, 0x40080300, 0x40084000,
    # sponsors, numbers of devices, and of orders under retired tags: not in the table, but as telling
    0x00120010, 0x00181003, 0x00401006, 0x00401007, 0x00402006, 0x00402007, 0x0040E001,
))  # fmt: skip
_SOFTWARE = 0x00020012  # which software wrote the file is the same for all patients
_PRINTABLE = re.compile(r"[^\x00-\x08\x0e-\x1f\x7f�]{2,}")


def identifiers(*sets: DataSet) -> list[str]:
    """Return every direct identifier as the file spells it, those of nested items and of private elements too.

    Of a person's name also each part is returned, of several values each; private values are returned when all of
    them is text.
    """
    found: dict[str, None] = {}
    for holder, tag, (representation, value) in itertools.chain.from_iterable(data.walk() for data in sets):
        if isinstance(value, list) or not value or tag == _SOFTWARE:
            continue
        if representation == "PN":
            words = _names(decoded_text(bytes(value), holder.character_set))
        elif tag >> 16 & 1:
            words = _private(tag, (representation, value), character_set=holder.character_set)
        elif representation == "UI":
            words = [uid for uid in holder.text(tag).split("\\") if not uid.startswith(_STANDARD_UIDS)]
        elif tag in _DIRECT or representation == "AE":
            text = holder.text(tag)
            words = [text] if representation in {"LT", "ST", "UT"} else text.split("\\")
        else:
            continue
        found.update(dict.fromkeys(word for word in (word.strip() for word in words) if word))
    return list(found)


def _names(text: str) -> list[str]:
    """Return a name and its parts: ``Family^Given^Middle=ideographic=phonetic``, several apart by backslashes."""
    return [word for name in text.split("\\") for word in (name, *re.split(r"[\^= ]", name))]


def _private(tag: int, element: Element, *, character_set: bytes) -> list[str]:
    representation, value = element
    block_owner = 0x10 <= tag & 0xFFFF <= 0xFF
    if block_owner or len(value) > 1024 or representation not in _TEXT | {"UN", "OB"}:
        return []
    text = decoded_text(bytes(value), character_set)  # type: ignore[arg-type] # sequences are left out by the caller
    return text.split("\\") if _PRINTABLE.fullmatch(text) else []
