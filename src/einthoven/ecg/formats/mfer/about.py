"""Patient, time, device and filters of MFER files, and the texts in which they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from einthoven.ecg.formats.decoded import About
from einthoven.ecg.formats.mfer.definitions import Tag
from einthoven.ecg.formats.patient_words import age_between, age_in_years, parse_sex

__all__ = ["about_of", "decoded_text", "device_filters"]

# table of character sets -> Python's name; without one, the texts of most files are ASCII
_CODECS = {
    "utf8": "utf-8",
    "unicode": "utf-8",
    "jisx0201": "shift_jis",
    "jisx0208": "iso2022_jp",
    "jisx0212": "iso2022_jp_1",
    "rfc1468": "iso2022_jp",
    "iso2022jp": "iso2022_jp",
    "shiftjis": "cp932",
    "iso8859": "latin-1",
}
_FILTERS = {"HPF": "high-pass", "LPF": "low-pass", "BEF": "notch", "BPF": "band-pass"}
_FILTER = re.compile(r"\b(HPF|LPF|BEF|BPF)\s*=\s*(\d{1,6}(?:\.\d{1,6})?)", re.IGNORECASE)


def about_of(values: Mapping[int, bytes], *, big_endian: bool) -> About:
    """Return patient, time and device from the last value of each tag."""
    characters = values.get(Tag.CHARACTERS, b"")
    name, number, equipment, uid = (
        decoded_text(values[tag], characters) if tag in values else ""
        for tag in (Tag.PATIENT_NAME, Tag.PATIENT_ID, Tag.DEVICE, Tag.UID)
    )
    names = [part.strip() for part in re.split(r"[\^=]", name)]
    words = [word for part in names for word in part.split()]
    numbers = [part.strip() for part in number.split("^")]
    maker, model, _, serial, *_ = [part.strip() for part in equipment.split("^")] + [""] * 4
    time = _time(values.get(Tag.TIME, b""), big_endian=big_endian)
    age = values.get(Tag.AGE, b"")
    birth = _birth(age, big_endian=big_endian)
    return About(
        patient_id=numbers[0] or None,
        time=time,
        age_years=_age(age, big_endian=big_endian) if birth is None else age_between(birth, time),
        # 1 male, 2 female
        sex=parse_sex(str(values[Tag.SEX][0])) if values.get(Tag.SEX) else "U",
        device=" ".join(part for part in (maker, model) if part) or None,
        identifiers=(
            *(name, *names, *words, " ".join(names).strip(), *numbers),
            *(serial, uid, birth.isoformat() if birth else ""),
        ),
    )


def decoded_text(value: bytes, characters: bytes = b"") -> str:
    """Return a text in the character set that the file names, or else the first that fits.

    Examples
    --------
    >>> decoded_text(b"Haagse^Harry"), decoded_text("Müller".encode())
    ('Haagse^Harry', 'Müller')
    """
    value = value.split(b"\0")[0]
    named = re.sub(r"[^a-z0-9]", "", characters.decode("ascii", "replace").lower())
    codec = next((codec for start, codec in _CODECS.items() if named.startswith(start)), "ascii")
    for attempt in (codec, "utf-8", "cp932"):
        try:
            return value.decode(attempt).strip()
        except UnicodeDecodeError:
            continue
    return value.decode("latin-1").strip()


def device_filters(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the filters that texts such as ``HPF=0.05`` name, each once; other texts stand as they are.

    Examples
    --------
    >>> device_filters(["HPF=0.05", "BEF=50^hum"])
    ('high-pass 0.05 Hz', 'notch 50 Hz')
    """
    found: list[str] = []
    for text in texts:
        named = [f"{_FILTERS[kind.upper()]} {float(value):g} Hz" for kind, value in _FILTER.findall(text)]
        found += named or ([text] if text else [])
    return tuple(dict.fromkeys(found))


def _birth(value: bytes, *, big_endian: bool) -> date | None:
    if len(value) < 7:
        return None
    try:
        return date(_number(value[3:5], big_endian=big_endian), value[5], value[6])
    except ValueError:
        return None


def _age(value: bytes, *, big_endian: bool) -> float | None:
    """Return the age in years, of infants from their days."""
    if value and value[0]:
        return age_in_years(value[0])
    days = _number(value[1:3], big_endian=big_endian) if len(value) >= 3 else 0
    return age_in_years(days, "days") if days else None


def _time(value: bytes, *, big_endian: bool) -> datetime | None:
    """Return year, month, day, hour, minute, second, millisecond and microsecond, the last two where given."""
    if len(value) < 7:
        return None
    milliseconds, microseconds = (_number(part, big_endian=big_endian) for part in (value[7:9], value[9:11]))
    try:
        second = datetime(_number(value[:2], big_endian=big_endian), *value[2:7])  # noqa: DTZ001 - no zone told
        return second + timedelta(milliseconds=milliseconds, microseconds=microseconds)
    except (ValueError, OverflowError):
        return None


def _number(value: bytes, *, big_endian: bool) -> int:
    return int.from_bytes(value, "big" if big_endian else "little")
