"""DICOM waveforms packed element by element from PS3.5 and PS3.10, with no reader's or writer's code."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from einthoven.ecg.formats import RecordLocation
from fakes.fake_format import Fake

ECG_CLASS = "1.2.840.10008.5.1.4.1.1.9.1."
TWELVE_LEAD, GENERAL, AMBULATORY, GENERAL_32 = (f"{ECG_CLASS}{number}" for number in (1, 2, 3, 4))
LONG = {"OB", "OW", "SQ", "UN", "UT", "UC", "UR"}
LEAD_CODE = {
    "I": 1, "II": 2, "V1": 3, "V2": 4, "V3": 5, "V4": 6, "V5": 7, "V6": 8, "III": 61, "AVR": 62, "AVL": 63, "AVF": 64,
}  # fmt: skip
SAMPLES = {("SS", 16): "h", ("US", 16): "H", ("SB", 8): "b", ("UB", 8): "B", ("SL", 32): "i", ("UL", 32): "I"}


class Syntax(NamedTuple):
    """How data elements are spelled."""

    uid: str
    explicit: bool = True
    order: str = "<"
    undefined: bool = False
    deflated: bool = False


EXPLICIT = Syntax("1.2.840.10008.1.2.1")
UNDEFINED = EXPLICIT._replace(undefined=True)
IMPLICIT = Syntax("1.2.840.10008.1.2", explicit=False)
BIG_ENDIAN = Syntax("1.2.840.10008.1.2.2", order=">")
DEFLATED = Syntax("1.2.840.10008.1.2.1.99", deflated=True)

# tag, value representation, and text, numbers, bytes or items
Element = tuple[int, str, Any]


def head_of(tag: int, kind: str, length: int, syntax: Syntax) -> bytes:
    """Return tag, value representation and length."""
    place = struct.pack(f"{syntax.order}HH", tag >> 16, tag & 0xFFFF)
    if not syntax.explicit or not kind:
        return place + struct.pack(f"{syntax.order}I", length)
    if kind in LONG:
        return place + kind.encode() + b"\0\0" + struct.pack(f"{syntax.order}I", length)
    return place + kind.encode() + struct.pack(f"{syntax.order}H", length)


def packed(elements: Sequence[Element], syntax: Syntax) -> bytes:
    """Return elements in the order of their tags."""
    return b"".join(_element(*element, syntax) for element in sorted(elements, key=lambda element: element[0]))


def _element(tag: int, kind: str, value: Any, syntax: Syntax) -> bytes:
    if kind == "SQ":
        items = b"".join(_item(item, syntax) for item in value)
        if not syntax.undefined:
            return head_of(tag, kind, len(items), syntax) + items
        return head_of(tag, kind, 0xFFFFFFFF, syntax) + items + head_of(0xFFFEE0DD, "", 0, syntax)
    if kind in {"US", "UL"}:
        numbers = value if isinstance(value, (list, tuple)) else [value]
        body = struct.pack(f"{syntax.order}{len(numbers)}{'H' if kind == 'US' else 'I'}", *numbers)
    else:
        body = value if isinstance(value, bytes) else str(value).encode("latin-1")
        body += (b"\0" if kind in {"UI", "OB", "UN"} else b" ") * (len(body) % 2)
    return head_of(tag, kind, len(body), syntax) + body


def _item(elements: Sequence[Element], syntax: Syntax) -> bytes:
    body = packed(elements, syntax)
    if syntax.undefined:
        return head_of(0xFFFEE000, "", 0xFFFFFFFF, syntax) + body + head_of(0xFFFEE00D, "", 0, syntax)
    return head_of(0xFFFEE000, "", len(body), syntax) + body


def code(value: str, scheme: str, meaning: str) -> list[list[Element]]:
    """Return the items of a sequence with one code."""
    return [[(0x00080100, "SH", value), (0x00080102, "SH", scheme), (0x00080104, "LO", meaning)]]


def channel(
    lead: str, *, sensitivity: str = "1", unit: str = "uV", bits: int = 16, more: Sequence[Element] = ()
) -> Any:
    """Return a channel definition; no sensitivity without a number for it."""
    number = LEAD_CODE.get(lead.upper())
    source = code(f"2:{number}", "MDC", f"Lead {lead}") if number else code("9:99", "99X", lead)
    scale = [(0x003A0210, "DS", sensitivity), (0x003A0212, "DS", "1"), (0x003A0213, "DS", "0")] if sensitivity else []
    if sensitivity and unit:
        scale.append((0x003A0211, "SQ", code(unit, "UCUM", unit)))
    elements = {tag: (tag, kind, value) for tag, kind, value in scale}
    elements |= {0x003A0208: (0x003A0208, "SQ", source), 0x003A021A: (0x003A021A, "US", bits)}
    return list((elements | {element[0]: element for element in more}).values())


def group(
    digital: np.ndarray,
    leads: Sequence[str],
    syntax: Syntax,
    *,
    rate: str = "500",
    bits: int = 16,
    interpretation: str = "SS",
    originality: str = "ORIGINAL",
    label: str = "RHYTHM",
    sensitivity: str = "1",
    unit: str = "uV",
    padding: int | None = None,
    of_channels: Sequence[Element] = (),
    more: Sequence[Element] = (),
) -> list[Element]:
    """Return a multiplex group of (lead, sample) whole numbers."""
    letter = SAMPLES.get((interpretation, bits), "b")
    values = [int(value) for value in np.asarray(digital).T.reshape(-1)]
    kind = "OB" if bits == 8 else "OW"
    elements: list[Element] = [
        (0x003A0004, "CS", originality),
        (0x003A0005, "US", len(leads)),
        (0x003A0010, "UL", np.asarray(digital).shape[1]),
        (0x003A001A, "DS", rate),
        (0x003A0020, "SH", label),
        (
            0x003A0200,
            "SQ",
            [channel(lead, sensitivity=sensitivity, unit=unit, bits=bits, more=of_channels) for lead in leads],
        ),
        (0x54001004, "US", bits),
        (0x54001006, "CS", interpretation),
        (0x54001010, kind, struct.pack(f"{syntax.order}{len(values)}{letter}", *values)),
    ]
    if padding is not None:
        elements.append((0x5400100A, kind, struct.pack(f"{syntax.order}{letter}", padding)))
    return list(({element[0]: element for element in elements} | {element[0]: element for element in more}).values())


HEADER: tuple[Element, ...] = (
    (0x00080018, "UI", "1.2.3.4.5"),
    (0x0008002A, "DT", "20240229101530.5"),
    (0x00080060, "CS", "ECG"),
    (0x00080070, "LO", "Acme"),
    (0x00081090, "LO", "Cardio 9"),
    (0x00100010, "PN", "Doe^Jane"),
    (0x00100020, "LO", "P-77"),
    (0x00100040, "CS", "F"),
    (0x00101010, "AS", "061Y"),
)


def dicom_file(
    groups: Sequence[Sequence[Element]],
    syntax: Syntax = EXPLICIT,
    *,
    sop_class: str = TWELVE_LEAD,
    preamble: bool = True,
    meta: bool = True,
    header: Sequence[Element] = HEADER,
    more: Sequence[Element] = (),
) -> bytes:
    """Return a whole file; ``more`` elements replace those of the same tag."""
    elements = {element[0]: element for element in header}
    elements |= {0x00080016: (0x00080016, "UI", sop_class), 0x54000100: (0x54000100, "SQ", list(groups))}
    elements |= {element[0]: element for element in more}
    body = packed(list(elements.values()), syntax)
    return wrapped(body, syntax, sop_class=sop_class, preamble=preamble, meta=meta)


def wrapped(
    body: bytes, syntax: Syntax = EXPLICIT, *, sop_class: str = TWELVE_LEAD, preamble: bool = True, meta: bool = True
) -> bytes:
    """Return the bytes of a data set with preamble and meta information before them."""
    if syntax.deflated:
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        body = deflate.compress(body) + deflate.flush()
        body += b"\0" * (len(body) % 2)
    about = packed(
        [
            (0x00020001, "OB", b"\0\1"),
            (0x00020002, "UI", sop_class),
            (0x00020003, "UI", "1.2.3.4.5"),
            (0x00020010, "UI", syntax.uid),
            (0x00020012, "UI", "1.2.3"),
        ],
        EXPLICIT,
    )
    start = b"\0" * 128 + b"DICM" if preamble else b""
    return start + (packed([(0x00020000, "UL", len(about))], EXPLICIT) + about if meta else b"") + body


def _fake(syntax: Syntax, *, sop_class: str = TWELVE_LEAD, whole: bool = True, **options: Any) -> Fake:
    def fake(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
        digital = np.rint(np.asarray(signal_mv) * 1000).astype(int)
        path = folder / "rec.dcm"
        made = group(digital, leads, syntax, **options)
        path.write_bytes(dicom_file([made], syntax, sop_class=sop_class, preamble=whole, meta=whole))
        return RecordLocation("rec", str(path), "dicom", {})

    return fake


FAKES: dict[str, Fake] = {
    "explicit": _fake(EXPLICIT),
    "undefined-lengths": _fake(UNDEFINED, sop_class=GENERAL),
    "implicit": _fake(IMPLICIT, sop_class=AMBULATORY),
    "big-endian": _fake(BIG_ENDIAN, sop_class=GENERAL),
    "deflated": _fake(DEFLATED),
    "32-bit": _fake(EXPLICIT, sop_class=GENERAL_32, bits=32, interpretation="SL", sensitivity="0.001", unit="mV"),
    "bare": _fake(EXPLICIT, whole=False),
}
