"""Patient, recording and start of an EDF file: structured in EDF+, free text in EDF."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from einthoven.ecg.formats.decoded import About
from einthoven.ecg.formats.edf.header import EdfHeader
from einthoven.ecg.formats.patient_words import age_between, parse_sex

__all__ = ["Identity", "identity"]

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DATE = re.compile(r"(\d{1,2})-([A-Za-z]{3})-(\d{4})", re.ASCII)
_PAIRS = re.compile(r"(\d\d)\D(\d\d)\D(\d\d)", re.ASCII)
_UNKNOWN = "X"
_SERIAL = re.compile(r"\d{5}")  # models have fewer digits; the standard has one field for both


@dataclass(frozen=True, slots=True)
class Identity:
    """Who was recorded, when and with what; and what a human should know about it."""

    about: About
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Patient:
    patient_id: str = ""
    sex: str = ""
    birth: date | None = None
    identifiers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recording:
    start: date | None = None
    device: str = ""
    identifiers: tuple[str, ...] = ()


def identity(header: EdfHeader, *, onset_s: float = 0.0) -> Identity:
    """Return what the header says about patient and recording.

    Parameters
    ----------
    header : EdfHeader
    onset_s : float
        When the first data record began, from the start that the header gives: the fraction of a second in EDF+.
    """
    patient, recording = _patient(header.patient), _recording(header.recording)
    time, notes = _start(header, recording.start)
    if time is not None and abs(onset_s) < 86400:
        time += timedelta(seconds=onset_s)
    about = About(
        patient_id=patient.patient_id or None,
        time=time,
        age_years=age_between(patient.birth, time),
        sex=parse_sex(patient.sex),
        device=recording.device or None,
        identifiers=(*patient.identifiers, *recording.identifiers),
    )
    return Identity(about, (*patient.notes, *notes))


def _patient(text: str) -> _Patient:
    """Return ``code sex birthdate name``, each X where unknown, words of a part joined by underscores."""
    parts = text.split()
    structured = len(parts) >= 4 and parts[1] in {"F", "M", _UNKNOWN} and (parts[2] == _UNKNOWN or _day(parts[2]))
    if not structured:
        note = "the patient field is free text: it is not taken for a patient's number"
        known = text.strip(" X")
        return _Patient(identifiers=_words(text) if known else (), notes=(note,) if known else ())
    code, sex, birth, *names = parts
    return _Patient(
        patient_id="" if code == _UNKNOWN else code.replace("_", " "),
        sex=sex,
        birth=_day(birth),
        identifiers=(birth, *_spellings((code, *names))) if birth != _UNKNOWN else _spellings((code, *names)),
    )


def _recording(text: str) -> _Recording:
    """Return ``Startdate date code technician equipment``; files that aren't EDF+ often follow it too."""
    parts = text.split()
    if len(parts) < 2 or parts[0].lower() != "startdate" or not (parts[1] == _UNKNOWN or _day(parts[1])):
        return _Recording(identifiers=_words(text))
    equipment = [word for part in parts[4:5] if part != _UNKNOWN for word in part.split("_")]
    serial = [word for word in equipment if _SERIAL.search(word)]
    further = [*serial, *(part for part in parts[5:] if any(letter.isdigit() for letter in part))]
    return _Recording(
        start=_day(parts[1]),
        device=" ".join(word for word in equipment if word not in serial),
        identifiers=(*_spellings(parts[2:4]), *further),
    )


def _spellings(parts: Sequence[str]) -> tuple[str, ...]:
    """Return each part that is known as spelled, with blanks for underscores, and word by word."""
    known = [part for part in parts if part != _UNKNOWN]
    words = [word for part in known for word in part.split("_") if len(word) > 1]
    return tuple(dict.fromkeys((*known, *(part.replace("_", " ") for part in known), *words)))


def _words(text: str) -> tuple[str, ...]:
    """Return free text as a whole, and its words with digits: numbers of patients, orders, rooms."""
    numbers = [word for word in text.split() if any(letter.isdigit() for letter in word)]
    return tuple(dict.fromkeys((text, *numbers))) if text else ()


def _day(text: str) -> date | None:
    found = _DATE.fullmatch(text)
    month = found[2].upper() if found else ""
    if not found or month not in _MONTHS:
        return None
    try:
        return date(int(found[3]), _MONTHS.index(month) + 1, int(found[1]))
    except ValueError:
        return None


def _start(header: EdfHeader, day: date | None) -> tuple[datetime | None, tuple[str, ...]]:
    """Return the start; two digits of a year from 85 are of the 20th century, 01.01.85 stands for an unknown day."""
    clock, pairs = _PAIRS.fullmatch(header.start_time), _PAIRS.fullmatch(header.start_date)
    short = None
    if pairs:
        year = int(pairs[3]) + (1900 if int(pairs[3]) >= 85 else 2000)
        try:
            short = date(year, int(pairs[2]), int(pairs[1]))
        except ValueError:
            short = None
    if day is None and short == date(1985, 1, 1):
        return None, ("the start 01.01.85 stands for an unknown date",)
    chosen = day or short
    if chosen is None:
        return None, ()
    differ = day is not None and short is not None and (day.day, day.month) != (short.day, short.month)
    notes = (f"starts on {short} and on {day}: the second, of the recording field, is kept",) if differ else ()
    try:
        hour, minute, second = (int(pair) for pair in clock.groups()) if clock else (0, 0, 0)
        return datetime(chosen.year, chosen.month, chosen.day, hour, minute, second), notes  # noqa: DTZ001 - no zone told
    except ValueError:
        return None, notes
