"""Patient, device and circumstances of an SCP-ECG record (EN 1064, clause 5.4: the tags of section 1)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from einthoven.ecg.formats.patient_words import age_between, age_in_years, parse_sex
from einthoven.ecg.formats.scp.sections import Section
from einthoven.ecg.formats.scp.text import encoding_of, scp_date, scp_text, scp_texts, scp_time
from einthoven.ecg.record import Sex

__all__ = ["Patient", "patient"]

LAST_NAME, FIRST_NAME, PATIENT_ID, SECOND_LAST_NAME, AGE, BIRTH_DATE = 0, 1, 2, 3, 4, 5
SEX, SYSTOLIC, DIASTOLIC, ACQUIRING_DEVICE, ANALYSING_DEVICE = 8, 11, 12, 14, 15
DATE, TIME, HIGH_PASS, LOW_PASS, FILTERS, ZONE = 25, 26, 27, 28, 29, 34
END = 255
NAMES = (LAST_NAME, FIRST_NAME, SECOND_LAST_NAME)
# institutions (16, 17), departments (18, 19), physicians (20, 21), technician (22), room (23), number of the ECG (31)
NAMING = (16, 17, 18, 19, 20, 21, 22, 23, 31)
# sizes that the standard fixes: some writers store another one
FIXED_SIZES = {4: 3, 5: 4, 6: 3, 7: 3, 8: 1, 9: 1, 11: 2, 12: 2, 24: 1, 25: 4, 26: 3, 27: 2, 28: 2, 29: 1, 33: 2}
AGE_UNITS = {1: "years", 2: "months", 3: "weeks", 4: "days", 5: "hours"}
FILTER_BITS = {0b0001: "notch 60 Hz", 0b0010: "notch 50 Hz", 0b0100: "artefact filter", 0b1000: "baseline filter"}
MAX_BYTES = 1 << 19  # records have some hundreds; a section of a million empty tags would only take time
MAX_ZONE_MINUTES = 14 * 60  # the standard's mark for an unknown zone is far beyond
# codes of manufacturers in the machine's identification; later ones write their names
MANUFACTURERS = (
    "",
    "Burdick",
    "Cambridge",
    "Compumed",
    "Datamed",
    "Fukuda",
    "Hewlett-Packard",
    "Marquette",
    "Mortara",
    "Nihon Kohden",
    "Okin",
    "Quinton",
    "Siemens",
    "Spacelabs",
    "Telemed",
    "Hellige",
    "ESAOTE",
    "Schiller",
    "Picker Schwarzer",
    "et medical devices",
    "Zwönitz",
)
_UNNAMED = frozenset({"", "unknown", "none", "n/a"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What section 1 says; attributes as in ``About``, and the encoding of all texts of the record."""

    patient_id: str | None
    time: datetime | None
    age_years: float | None
    sex: Sex
    device: str | None
    measurements: Mapping[str, float]
    identifiers: Sequence[str]
    device_filters: Sequence[str]
    encoding: str
    protocol: int
    notes: Sequence[str]


def patient(section: Section, *, protocol: int) -> Patient:
    """Return what section 1 says.

    Raises
    ------
    UnreadableFileError
        When the lengths of its tags lead out of the section.
    """
    tags, notes = _tags(section)
    machine = tags.get(ACQUIRING_DEVICE, b"")
    version = protocol or (machine[14] if len(machine) > 14 else 0)
    encoding = encoding_of(machine[16] if len(machine) > 16 else 0, protocol=version)
    texts = {tag: scp_text(tags[tag], encoding) for tag in (*NAMES, PATIENT_ID, *NAMING) if tag in tags}
    birth, age = scp_date(tags.get(BIRTH_DATE, b"")), _age(tags.get(AGE, b""))
    time = scp_time(tags.get(DATE, b""), tags.get(TIME, b""))
    serial_numbers = [_machine_texts(tags.get(tag, b""), encoding)[1] for tag in (ACQUIRING_DEVICE, ANALYSING_DEVICE)]
    name_parts = [part for tag in NAMES for part in texts.get(tag, "").replace(",", " ").split()]
    spelled = [*texts.values(), *name_parts, birth.isoformat() if birth else "", *serial_numbers]
    return Patient(
        patient_id=texts.get(PATIENT_ID) or None,
        time=None if time is None else time.replace(tzinfo=_zone(tags.get(ZONE, b""))),
        age_years=age_between(birth, time) if age is None else age,
        sex=parse_sex(str(tags[SEX][0])) if tags.get(SEX) else "U",
        device=_device(machine, encoding),
        measurements=_pressures(tags),
        identifiers=[word for word in dict.fromkeys(spelled) if word.lower() not in _UNNAMED],
        device_filters=_filters(tags),
        encoding=encoding,
        protocol=version,
        notes=notes,
    )


def _tags(section: Section) -> tuple[dict[int, bytes], list[str]]:
    """Return the first of each tag; a tag may stand more than once, which none that is read here does."""
    if len(section.body) > MAX_BYTES:
        raise section.error(f"has {len(section.body):,} bytes of patient data, {MAX_BYTES:,} are read")
    try:
        return _first_of_each(_walk(section, sizes={})), []
    except ValueError:
        pass
    try:
        tags = _first_of_each(_walk(section, sizes=FIXED_SIZES))
    except ValueError as error:
        raise section.error("has a tag whose length leads out of the section", at=error.args[0]) from None
    return tags, ["section 1 gives a tag a wrong length: read with the lengths that the standard fixes"]


def _first_of_each(walk: Iterator[tuple[int, bytes]]) -> dict[int, bytes]:
    tags: dict[int, bytes] = {}
    for tag, content in walk:
        tags.setdefault(tag, content)
    return tags


def _walk(section: Section, *, sizes: Mapping[int, int]) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content; ValueError with the byte at which one leads out of the section."""
    body, at = section.body, 0
    while at < len(body) and body[at] != END:
        if at + 3 > len(body):
            if any(body[at:]):
                raise ValueError(at)
            return  # zeros that fill the section up to an even length
        tag, size = struct.unpack_from("<BH", body, at)
        size = sizes.get(tag, size)
        if at + 3 + size > len(body):
            raise ValueError(at)
        yield tag, body[at + 3 : at + 3 + size]
        at += 3 + size


def _age(content: bytes) -> float | None:
    value, unit = int.from_bytes(content[:2], "little"), AGE_UNITS.get(content[2] if len(content) > 2 else 0)
    if unit is None or (value == 0 and unit == "years"):  # what writers put where no age was entered
        return None
    return age_in_years(value, unit)


def _zone(content: bytes) -> timezone | None:
    if len(content) < 2:
        return None
    minutes = int.from_bytes(content[:2], "little", signed=True)
    return timezone(timedelta(minutes=minutes)) if abs(minutes) <= MAX_ZONE_MINUTES else None


def _machine_texts(machine: bytes, encoding: str) -> list[str]:
    """Return analysing program, serial number, software, SCP software and maker of the machine's identification."""
    return [*scp_texts(machine[36:], encoding), *[""] * 5][:5]


def _device(machine: bytes, encoding: str) -> str | None:
    if len(machine) < 14:
        return None
    code = machine[7]
    maker = _machine_texts(machine, encoding)[4] or (MANUFACTURERS[code] if code < len(MANUFACTURERS) else "")
    words = [maker, scp_text(machine[8:14], "latin-1")]
    return " ".join(word for word in words if word.lower() not in _UNNAMED) or None


def _pressures(tags: Mapping[int, bytes]) -> dict[str, float]:
    names = {SYSTOLIC: "systolic_mmhg", DIASTOLIC: "diastolic_mmhg"}
    values = {name: int.from_bytes(tags.get(tag, b"")[:2], "little") for tag, name in names.items()}
    return {name: float(value) for name, value in values.items() if value}


def _filters(tags: Mapping[int, bytes]) -> list[str]:
    high_pass, low_pass = (int.from_bytes(tags.get(tag, b"")[:2], "little") for tag in (HIGH_PASS, LOW_PASS))
    bits = int.from_bytes(tags.get(FILTERS, b"")[:1], "little")
    return [
        *([f"high-pass {high_pass / 100:g} Hz"] if high_pass else []),
        *([f"low-pass {low_pass} Hz"] if low_pass else []),
        *(name for bit, name in FILTER_BITS.items() if bits & bit),
    ]
