"""Who was recorded, when, and every word of a MUSE export that could tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from lxml import etree

from einthoven.ecg.formats.patient_words import age_between, age_in_years, parse_timestamp
from einthoven.ecg.formats.telling_elements import telling_texts
from einthoven.ecg.formats.xml_document import text

__all__ = ["acquisition_time", "age_years", "identifiers", "muse_date", "time_notes"]

_DAY = re.compile(r"(?P<month>\d{1,2})[-/](?P<day>\d{1,2})[-/](?P<year>\d{4})")
_ISO = re.compile(r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})")
# sections that hold numbers, not persons
_MEASURED = {
    "Waveform",
    "QRSTimesTypes",
    "MeasurementMatrix",
    "RestingECGMeasurements",
    "OriginalRestingECGMeasurements",
    "Diagnosis",
    "OriginalDiagnosis",
    "MuseInfo",
}
# names of elements whose text tells the patient, the staff, the order, the place or the device from others
_TELLING = re.compile(
    r"ID$|Name$|Number$|Birth|Room|Location|Site|Address|Phone|Fax|SSN|Mail$|Zip|City|Street|^bed$|MD|"
    r"Tech(?!nical)|Editor|Overreader|Fellow|Serial|Visit|Encounter|Accession|Account|"
    r"Doctor|Physician|Operator|Nurse|Referred",
    re.IGNORECASE,
)
_PERSON = re.compile(r"(Last|First|Middle|Full|Patient)Name$")


def muse_date(word: str) -> date | None:
    """Return the day that ``MM-DD-YYYY`` stands for (``/`` and year first are understood too), or None.

    Examples
    --------
    >>> muse_date("04-29-2023"), muse_date("29-04-2023")
    (datetime.date(2023, 4, 29), None)
    """
    found = _DAY.fullmatch(word.strip()) or _ISO.fullmatch(word.strip())
    if not found:
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def acquisition_time(test: Mapping[str, str]) -> datetime | None:
    """Return when the ECG was recorded: local time of the hospital, aware only where the export adds its zone.

    Parameters
    ----------
    test : mapping of str to str
        The fields of ``TestDemographics``.
    """
    day = muse_date(test.get("AcquisitionDate", ""))
    if day is None:
        return None
    clock, zone = test.get("AcquisitionTime", ""), test.get("AcquisitionTimeZone", "")
    spelled = (f"{day}T{clock}{zone}", f"{day}T{clock}", f"{day}")
    return next((time for time in map(parse_timestamp, spelled) if time), None)


def time_notes(root: etree._Element) -> Iterator[str]:
    """Yield why a date that is there was not used."""
    word = text(root, "TestDemographics/AcquisitionDate")
    if word and muse_date(word) is None:
        yield f"AcquisitionDate {word[:20]!r} left out: it is no MM-DD-YYYY"


def age_years(patient: Mapping[str, str], *, at: datetime | None) -> float | None:
    """Return the age: as stated where its unit is, else from the date of birth."""
    value, unit = patient.get("PatientAge", ""), patient.get("AgeUnits", "")
    stated = age_in_years(int(value), unit) if value.isdecimal() and len(value) < 6 else None
    return stated if stated is not None else age_between(muse_date(patient.get("DateofBirth", "")), at)


def identifiers(root: etree._Element) -> Iterator[str]:
    """Yield every text of an element that is named like an identifier, names also part by part."""
    yield from telling_texts(root, telling=_TELLING, person=_PERSON, skipped=_MEASURED)
    birth = muse_date(text(root, "PatientDemographics/DateofBirth"))
    if birth:
        yield birth.isoformat()
