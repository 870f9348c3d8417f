"""What the comments and the record line of a WFDB header say about the patient and the recording."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from einthoven.ecg.formats.wfdb.header import Header
from einthoven.ecg.record import Sex

__all__ = ["Particulars", "named_value", "particulars"]

_MIT_BIH = re.compile(r"(\d{1,3})\s+([MF])\b")  # "69 M 1085 1629 x1": the arrhythmia database's own first comment
_SEX: dict[str, Sex] = {"m": "M", "male": "M", "man": "M", "f": "F", "female": "F", "woman": "F"}
_STATEMENT_KEYS = frozenset({"dx", "diagnosis", "diagnoses"})
_AGE_KEYS = frozenset({"age"})
_SEX_KEYS = frozenset({"sex", "gender"})
_DATE_KEYS = frozenset({"ecg date", "date"})
_ZONE_KEYS = frozenset({"time zone"})  # einthoven's own comment, where it writes a time that is known to be UTC
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}
# the oldest person on record reached 122; larger numbers code something else (300: over 89, made anonymous)
_MAX_AGE_YEARS = 130.0


class Particulars(NamedTuple):
    """Everything that is not signal; ``notes`` say what could not be taken at face value."""

    age_years: float | None
    sex: Sex
    time: datetime | None
    statements: tuple[str, ...]
    notes: tuple[str, ...]


def particulars(header: Header) -> Particulars:
    """Return age, sex, start time and diagnostic statements of a header; None, ``U`` or empty where silent."""
    fields: dict[str, str] = {}
    statements: list[str] = []
    in_list = False
    for comment in header.comments:
        name, value = named_value(comment)
        key = name.lower()
        if key in _STATEMENT_KEYS:
            in_list = not value
            statements += [part.strip() for part in value.split(",") if part.strip()]
        elif in_list and comment:
            statements.append(comment)
        elif key:
            fields.setdefault(key, value)
        elif found := _MIT_BIH.match(comment):
            fields.setdefault("age", found[1])
            fields.setdefault("sex", found[2])
    notes: list[str] = []
    time_of_start = _time(header.start, _first(fields, _DATE_KEYS), notes)
    if time_of_start is not None and _first(fields, _ZONE_KEYS).upper() == "UTC":
        time_of_start = time_of_start.replace(tzinfo=UTC)
    return Particulars(
        age_years=_age(_first(fields, _AGE_KEYS), notes),
        sex=_SEX.get(_first(fields, _SEX_KEYS).lower(), "U"),
        time=time_of_start,
        statements=tuple(statements),
        notes=tuple(notes),
    )


def named_value(comment: str) -> tuple[str, str]:
    """Return name and value of a comment; both are empty when it names nothing.

    Examples
    --------
    >>> named_value("Age: 56"), named_value("<sex>: F"), named_value("69 M 1085 1629 x1")
    (('Age', '56'), ('sex', 'F'), ('', ''))
    """
    name, colon, value = comment.partition(":")  # a pattern would try each of a million blanks
    name = name.strip().removeprefix("<").removesuffix(">").strip()
    return (name, value.strip()) if colon and name and not {"<", ">"} & set(name) else ("", "")


def _first(fields: dict[str, str], keys: frozenset[str]) -> str:
    return next((fields[key] for key in fields if key in keys), "")


def _age(text: str, notes: list[str]) -> float | None:
    try:
        age = float(text)
    except ValueError:
        return None
    if 0 <= age <= _MAX_AGE_YEARS:
        return age
    if age == age:  # noqa: PLR0124 - NaN, which stands for unknown, differs from itself
        notes.append(f"age {text} taken as unknown")
    return None


def _time(words: tuple[str, ...], comment_date: str, notes: list[str]) -> datetime | None:
    clock, day = None, None
    for word in words:
        if ":" in word:
            clock = _clock(word)
        else:
            day = day or _day(word)
            if day and "-" in word:
                # the PhysioNet challenges stamped the moment of conversion, in this spelling, into whole batches
                notes.append(f"date {word} is not in WFDB's spelling; it may be the file's, not the ECG's")
    if day is None and comment_date:
        day = _day(comment_date)
    if words and (day is None or clock is None):
        notes.append(f"time of recording incomplete or not understood: {' '.join(words)}")
    if day is None:
        return None
    return datetime.combine(day, clock or time())


def _clock(word: str) -> time | None:
    parts = word.strip("[]").split(":")
    try:
        seconds = float(parts[-1])
        minutes = int(parts[-2])
        hours = int(parts[-3]) if len(parts) > 2 else 0
        return time(hours, minutes, int(seconds), round(seconds % 1 * 1e6) % 1_000_000)
    except (ValueError, OverflowError):  # the latter beyond 32 bits
        return None


def _day(word: str) -> date | None:
    parts = re.split(r"[/-]", word.strip("[]"))
    if len(parts) != 3:
        return None
    if len(parts[0]) == 4:
        parts.reverse()
    try:
        month = _MONTHS.get(parts[1].lower()) or int(parts[1])
        return date(int(parts[2]), month, int(parts[0])) if len(parts[2]) == 4 else None
    except (ValueError, OverflowError):  # the latter beyond 32 bits
        return None
