"""What files say about age, sex and time, in the spellings that recorders use."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

from einthoven.ecg.record import Sex

__all__ = ["age_between", "age_in_years", "as_date", "joined_date_time", "parse_sex", "parse_timestamp"]

# the oldest person on record reached 122; larger numbers code something else (300: over 89, made anonymous)
MAX_AGE_YEARS = 130.0
_SEX: dict[str, Sex] = {
    **dict.fromkeys(("m", "male", "man", "1", "mann", "mannlich", "masculin", "homme"), "M"),
    **dict.fromkeys(("f", "female", "woman", "2", "w", "weiblich", "feminin", "femme"), "F"),
}
_DAYS_PER = {"y": 365.25, "a": 365.25, "mo": 30.4375, "w": 7.0, "d": 1.0, "h": 1 / 24}
_TIMESTAMP = re.compile(
    r"(?P<year>\d{4})-?(?P<month>\d\d)-?(?P<day>\d\d)"
    r"(?:[T ]?(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?)?"
    r"\s*(?P<zone>Z|[+-]\d\d:?\d\d)?"
)


def parse_sex(word: str) -> Sex:
    """Return F, M, or U for anything that says neither; ISO 5218's 1 and 2 are male and female.

    Examples
    --------
    >>> [parse_sex(word) for word in ("Female", "m", "1", "UNKNOWN", "")]
    ['F', 'M', 'M', 'U', 'U']
    """
    return _SEX.get(word.strip().lower(), "U")


def age_in_years(value: float, unit: str = "years") -> float | None:
    """Return an age in years from years, months, weeks, days or hours; None when it is no age of a human.

    Examples
    --------
    >>> age_in_years(18, "Months"), age_in_years(300), age_in_years(61, "YEARS")
    (1.5, None, 61.0)
    """
    word = unit.strip().lower()
    days = next((days for start, days in _DAYS_PER.items() if word.startswith(start)), None)
    if days is None:
        return None
    years = float(value) * days / 365.25
    return years if 0 <= years <= MAX_AGE_YEARS else None


def age_between(birth: date | None, at: datetime | date | None) -> float | None:
    """Return the age in years at a time, None when either is unknown or the order is wrong."""
    if birth is None or at is None:
        return None
    return age_in_years(((at.date() if isinstance(at, datetime) else at) - birth).days, "days")


def parse_timestamp(text: str) -> datetime | None:
    """Return the time that ISO 8601, HL7 v3 or DICOM text stands for, aware when it gives the zone, or None.

    Examples
    --------
    >>> parse_timestamp("20021122091000.25"), parse_timestamp("2020-05-18T15:48:11+02:00").isoformat()
    (datetime.datetime(2002, 11, 22, 9, 10, 0, 250000), '2020-05-18T15:48:11+02:00')
    """
    found = _TIMESTAMP.fullmatch(text.strip())
    if not found:
        return None
    fraction = (found["fraction"] or "0")[:6].ljust(6, "0")
    try:
        return datetime(
            int(found["year"]),
            int(found["month"]),
            int(found["day"]),
            int(found["hour"] or 0),
            int(found["minute"] or 0),
            int(found["second"] or 0),
            int(fraction),
            tzinfo=_zone(found["zone"]),
        )
    except ValueError:
        return None


def as_date(text: str) -> date | None:
    """Return the day of an ISO 8601, HL7 v3 or DICOM date, None when it is none."""
    time = parse_timestamp(text)
    return time.date() if time else None


def joined_date_time(day: str, clock: str, *, zone: str = "") -> datetime | None:
    """Return the time of a date and a clock in two fields; midnight where the clock is missing or not understood."""
    return parse_timestamp(f"{day.strip()}T{clock.strip()}{zone}") or parse_timestamp(day)


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)
