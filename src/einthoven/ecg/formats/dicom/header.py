"""Who was recorded when and with what, in the attributes of a DICOM object (PS3.3, C.7)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime

from einthoven.ecg.formats.decoded import About
from einthoven.ecg.formats.dicom.dataset import DataSet
from einthoven.ecg.formats.dicom.identifiers import identifiers
from einthoven.ecg.formats.patient_words import (
    age_between,
    age_in_years,
    as_date,
    joined_date_time,
    parse_sex,
    parse_timestamp,
)

__all__ = ["about_record"]

_PATIENT_ID, _BIRTH_DATE, _SEX, _AGE = 0x00100020, 0x00100030, 0x00100040, 0x00101010
_MANUFACTURER, _MODEL = 0x00080070, 0x00081090
_ZONE, _ACQUIRED = 0x00080201, 0x0008002A
# acquisition, content, study: date and time
_TIMES = ((0x00080022, 0x00080032), (0x00080023, 0x00080033), (0x00080020, 0x00080030))
_AGE_UNITS = {"Y": "years", "M": "months", "W": "weeks", "D": "days"}
_NO_ECG_BEFORE = 1901  # Einthoven's first is of 1902; writers fill in 1900 where the standard demands a time
_UNKNOWN = frozenset({"unknown", "none", "n/a", "na"})


def about_record(
    data: DataSet,
    *,
    meta: DataSet,
    measurements: Mapping[str, float],
    lead_measurements: Mapping[str, Mapping[str, float]],
    statements: Sequence[str],
    original_statements: Sequence[str] = (),
) -> About:
    """Return patient, time and device, with what the annotations gave; ``meta`` is what precedes the data set."""
    time = _time(data)
    about = About(
        patient_id=data.text(_PATIENT_ID) or None,
        time=time,
        age_years=_age(data.text(_AGE), data.text(_BIRTH_DATE), time),
        sex=parse_sex(data.text(_SEX)),
        device=_device(data),
        identifiers=identifiers(data, meta),
    )
    return dataclasses.replace(
        about,
        measurements=measurements,
        lead_measurements=lead_measurements,
        statements=statements,
        original_statements=original_statements,
    )


def _time(data: DataSet) -> datetime | None:
    """Return when the recording began, by the first attribute with a time of day; aware when the zone is given."""
    found = _first_time(data)
    return found if found is not None and found.year > _NO_ECG_BEFORE else None


def _first_time(data: DataSet) -> datetime | None:
    zone = data.text(_ZONE)
    acquired = data.text(_ACQUIRED)
    if len(acquired) >= 10:  # with the hour
        found = parse_timestamp(acquired)
        if found is not None and found.tzinfo is None and zone:
            return parse_timestamp(f"{acquired}{zone}") or found
        if found is not None:
            return found
    dates = [(data.text(day), data.text(clock)) for day, clock in _TIMES]
    with_clock = [(day, clock) for day, clock in dates if as_date(day) and clock]
    for day, clock in [*with_clock, (acquired[:8], ""), *dates]:
        found = joined_date_time(day, clock, zone=zone if clock else "")
        if found is not None:
            return found
    return None


def _age(text: str, birth_date: str, time: datetime | None) -> float | None:
    """Return the age as the file gives it (``039Y``), else from the date of birth.

    Examples
    --------
    >>> _age("018M", "", None)
    1.5
    """
    digits, unit = text[:-1], text[-1:].upper()
    if digits.isdigit() and unit in _AGE_UNITS:
        return age_in_years(float(digits), _AGE_UNITS[unit])
    return age_between(as_date(birth_date), time)


def _device(data: DataSet) -> str | None:
    words = [data.text(_MANUFACTURER), data.text(_MODEL)]
    return " ".join(word for word in words if word and word.lower() not in _UNKNOWN) or None
