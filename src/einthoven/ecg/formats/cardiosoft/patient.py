"""Who was recorded, when, and every word of a CardioSoft export that could tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

from lxml import etree

from einthoven.ecg.formats.patient_words import age_between, age_in_years
from einthoven.ecg.formats.telling_elements import telling_texts
from einthoven.ecg.formats.xml_document import attribute, find, text, texts

__all__ = ["age_years", "identifiers", "moment"]

# sections that hold numbers, not persons
_MEASURED = {
    "ArrhythmiaData",
    "ExerciseMeasurements",
    "FilterSetting",
    "FullDisclosure",
    "Interpretation",
    "MedianData",
    "Protocol",
    "RestingECGMeasurements",
    "Strip",
    "StripData",
    "TrendData",
    "VectorLoops",
}
_TELLING = re.compile(
    r"ID$|Name\d?$|Number$|Room|Location|Facility|Address|Street|City|Zip|Postal|Phone|Fax|Mail|Serial|"
    r"Visit$|Account|MRN|SSN|Doctor|Physician|Technician|Operator|Nurse|Attending|Referr",
    re.IGNORECASE,
)
_PERSON = re.compile(r"(Family|Given|Last|First|Middle)Name\d?$")


def moment(element: etree._Element | None) -> datetime | date | None:
    """Return the time that ``Year`` to ``Second`` spell, the day alone where the clock is missing, or None."""
    said = {name: int(word) for name, word in texts(element).items() if word.isdecimal() and len(word) < 5}
    try:
        if {"Hour", "Minute"} <= said.keys():
            clock = (said["Hour"], said["Minute"], said.get("Second", 0))
            return datetime(said["Year"], said["Month"], said["Day"], *clock)  # noqa: DTZ001 - the file gives no zone
        return date(said["Year"], said["Month"], said["Day"])
    except (KeyError, ValueError):
        return None


def age_years(patient: etree._Element | None, *, at: datetime | None) -> float | None:
    """Return the age: as stated where its unit is, else from the date of birth."""
    value, unit = text(patient, "Age"), attribute(patient, "units", "Age")
    stated = age_in_years(int(value), unit) if value.isdecimal() and len(value) < 6 else None
    return stated if stated is not None else age_between(_birth(patient), at)


def identifiers(root: etree._Element) -> Iterator[str]:
    """Yield every text of an element that is named like an identifier, names also part by part."""
    yield from telling_texts(root, telling=_TELLING, person=_PERSON, skipped=_MEASURED)
    birth = _birth(find(root, "PatientInfo"))
    if birth:
        yield birth.isoformat()


def _birth(patient: etree._Element | None) -> date | None:
    found = moment(None if patient is None else find(patient, "BirthDateTime"))
    return found.date() if isinstance(found, datetime) else found
