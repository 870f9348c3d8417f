"""Patient, device and statements of a record as sections 1, 8 and 11 of SCP-ECG (EN 1064, clauses 5.4, 5.11, 5.14)."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from datetime import timedelta

from einthoven.ecg.formats.scp.patient import (
    ACQUIRING_DEVICE,
    AGE,
    DATE,
    DIASTOLIC,
    END,
    FILTER_BITS,
    FILTERS,
    HIGH_PASS,
    LOW_PASS,
    PATIENT_ID,
    SEX,
    SYSTOLIC,
    TIME,
    ZONE,
)
from einthoven.ecg.formats.scp.statements import CODED, TEXTUAL
from einthoven.ecg.formats.scp.text import UTF_8
from einthoven.ecg.record import Record
from einthoven.errors import SignalError

__all__ = ["patient_section", "statement_sections"]

FREE_TEXT = 30
SEX_CODES = {"U": 0, "M": 1, "F": 2}
YEARS, DAYS = 1, 4
NAMED_BY_TEXT = 255  # a manufacturer without a code of its own
ONLY_RHYTHM = 0x90  # category I of the standard's levels of compatibility
LATIN_1 = 0x01
FULL_TEXT = 2
MAX_U16 = 65535
MAX_STATEMENTS = 255
_PASS = re.compile(r"(high|low)-pass (\d+(?:\.\d+)?) Hz")


def patient_section(record: Record, *, version: int) -> bytes:
    """Return the body of section 1: what the record knows, nothing else but the writing program's name."""
    tags = [(PATIENT_ID, _text(record.patient_id or "", record))]
    if record.age_years is not None:
        tags.append((AGE, _age(record.age_years)))
    tags.append((SEX, bytes([SEX_CODES[record.sex]])))
    for tag, name in ((SYSTOLIC, "systolic_mmhg"), (DIASTOLIC, "diastolic_mmhg")):
        if 0 < record.measurements.get(name, 0) <= MAX_U16:
            tags.append((tag, struct.pack("<H", round(record.measurements[name]))))
    tags.append((ACQUIRING_DEVICE, _machine(record, version=version)))
    tags += [*_time(record), *_filters(record.provenance.device_filters)]
    if record.provenance.deidentification:
        tags.append((FREE_TEXT, _text(f"de-identified: {record.provenance.deidentification}", record)))
    if record.time is not None and record.time.utcoffset() is not None:
        tags.append((ZONE, struct.pack("<hHB", (record.time.utcoffset() or timedelta()) // timedelta(minutes=1), 0, 0)))
    return b"".join(struct.pack("<BH", tag, len(content)) + content for tag, content in [*tags, (END, b"")])


def statement_sections(record: Record) -> dict[int, bytes]:
    """Return the bodies of section 8, and of 11 for the machine's statements that 8 replaced; none when empty."""
    sections = {}
    if record.statements:
        texts = [_text(text, record) for text in record.statements]
        sections[TEXTUAL] = _statements(texts, record, reviewed=bool(record.original_statements))
    if record.original_statements:
        texts = [bytes([FULL_TEXT]) + _text(text, record) for text in record.original_statements]
        sections[CODED] = _statements(texts, record, reviewed=False)
    return sections


def _statements(texts: Sequence[bytes], record: Record, *, reviewed: bool) -> bytes:
    if len(texts) > MAX_STATEMENTS or any(len(text) > MAX_U16 for text in texts):
        raise SignalError(f"record {record.record_id} has more or longer statements than SCP-ECG can hold: write DICOM")
    head = bytes([reviewed, *bytes(7), len(texts)])  # date and time of the report are not known
    return head + b"".join(struct.pack("<BH", k, len(text)) + text for k, text in enumerate(texts, start=1))


def _language(record: Record) -> int:
    """Return the code of the smallest character set that has all texts: ASCII, Latin-1 or UTF-8."""
    texts = (record.patient_id, record.device, record.provenance.deidentification)
    every = "".join(text for text in (*texts, *record.statements, *record.original_statements) if text)
    if every.isascii():
        return 0
    return LATIN_1 if all(ord(letter) < 256 for letter in every) else UTF_8


def _text(text: str, record: Record) -> bytes:
    return text.replace("\0", " ").encode("utf-8" if _language(record) == UTF_8 else "latin-1") + b"\0"


def _age(years: float) -> bytes:
    """Return whole years where they are, else days; 0 years would mean that none is known."""
    if round(years) > 0 and abs(years - round(years)) < 1e-6:
        return struct.pack("<HB", round(years), YEARS)
    return struct.pack("<HB", min(round(years * 365.25), MAX_U16), DAYS)


def _machine(record: Record, *, version: int) -> bytes:
    head = struct.pack("<6xBB6xBBBBB16xB", 0, NAMED_BY_TEXT, version, ONLY_RHYTHM, _language(record), 0, 0, 1)
    analysing, serial_number, software = b"\0", b"\0", b"\0"
    return head + analysing + serial_number + software + b"einthoven\0" + _text(record.device or "", record)


def _time(record: Record) -> list[tuple[int, bytes]]:
    if record.time is None:
        return []
    time = record.time
    return [
        (DATE, struct.pack("<HBB", time.year, time.month, time.day)),
        (TIME, bytes([time.hour, time.minute, time.second])),
    ]


def _filters(filters: Sequence[str]) -> list[tuple[int, bytes]]:
    """Return the filters that the standard has codes for."""
    tags = {}
    for text in filters:
        found = _PASS.fullmatch(text)
        if found and found[1] == "high" and float(found[2]) * 100 <= MAX_U16:
            tags[HIGH_PASS] = struct.pack("<H", round(float(found[2]) * 100))
        elif found and found[1] == "low" and float(found[2]) <= MAX_U16:
            tags[LOW_PASS] = struct.pack("<H", round(float(found[2])))
    bits = sum(bit for bit, name in FILTER_BITS.items() if name in filters)
    return sorted((tags | ({FILTERS: bytes([bits])} if bits else {})).items())
