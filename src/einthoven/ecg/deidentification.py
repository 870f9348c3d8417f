"""A record without what identifies its patient: pseudonyms, shifted dates, and only what was asked to be kept.

It works by keeping, not by removing: a field that isn't named here stays behind. Numbers of patients and records become
keyed hashes (HMAC-SHA256), so that the same key gives the same pseudonym in every format and on every day, and nobody
can go back without the key. All dates of one patient move by the same secret number of days: intervals survive. This
follows DICOM PS3.15 annex E, the basic profile with the option to retain longitudinal information with modified dates;
ages of 90 and more become 90, as the safe harbour of the HIPAA privacy rule (45 CFR 164.514) asks. Ages become whole
years, below two years whole months: who knows a date of birth could tell from the fraction when an ECG was taken. Dates
in free text that is kept are taken out, for beside moved dates they would tell by how much.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import math
import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from einthoven.ecg.dates_in_text import without_dates
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Annotation, Provenance, Record
from einthoven.errors import SpecificationError
from einthoven.registry import nearest

__all__ = ["KEEPABLE", "METHOD", "Pseudonyms", "check_kept", "deidentify"]

METHOD = "fields kept by list; ids as keyed hashes; dates shifted per patient; HIPAA age cap 90"
KEEPABLE = {
    "age": "years, 90 and more as 90",
    "sex": "F, M or unknown",
    "device": "maker and model, never the serial number",
    "statements": "diagnostic statements: free text, in which a name may stand",
    "annotations": "marks of device or reader: free text, too",
}
MIN_KEY_BYTES = 16
_MAX_AGE_YEARS = 90.0
_SHIFT_DAYS = (365, 3650)  # back by one to ten years
_INFANT_YEARS = 2
_SERIAL = re.compile(r"\d{5}")  # names of models have fewer digits in a row
# of what filters are called, in any format; some files have free text in their place
_FILTER_WORDS = frozenset((
    "ac", "alivecor", "artefact", "artifact", "baseline", "cubic", "dft", "emg", "enhanced", "filter", "high",
    "hum", "hz", "low", "mains", "muscle", "notch", "off", "on", "pass", "philips", "spline",
))  # fmt: skip
_FILTER_PART = re.compile(r"(?P<word>[^\W\d_]+)|\d{1,4}(?:\.\d{1,6})?(?:e-\d\d)?(?![\w.])")
_HEX_DIGITS = 16  # 64 bits: two of ten million records share a pseudonym with a probability of 3e-6


class Pseudonyms:
    """Pseudonyms and date shifts that one secret key stands for.

    Parameters
    ----------
    key : bytes
        At least 16, from a random source; who has it can repeat the pseudonyms, not reverse them.

    Raises
    ------
    SpecificationError
        For a key that is too short.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < MIN_KEY_BYTES:
            raise SpecificationError(f"a key must have at least {MIN_KEY_BYTES} bytes, got {len(key)}")
        self._key = key

    def of_patient(self, patient_id: str) -> str:
        """Return the pseudonym of a patient; blanks around the number don't matter, case and leading zeros do."""
        return f"P{self._digest('patient', _number(patient_id))[:_HEX_DIGITS]}"

    def of_record(self, name: str) -> str:
        """Return the pseudonym of one ECG."""
        return f"E{self._digest('record', name)[:_HEX_DIGITS]}"

    def shift(self, patient_id: str) -> timedelta:
        """Return the whole days by which all dates of a patient move, between one and ten years back."""
        least, most = _SHIFT_DAYS
        draw = int(self._digest("shift", _number(patient_id)), 16)
        return timedelta(days=-(least + draw % (most - least)))

    def _digest(self, purpose: str, name: str) -> str:
        return hmac.new(self._key, f"{purpose}\0{name}".encode(), hashlib.sha256).hexdigest()


class _Identity(NamedTuple):
    patient: str
    record: str


def deidentify(record: Record, *, pseudonyms: Pseudonyms, keep: Collection[str] = ()) -> Record:
    """Return the record under pseudonyms, with shifted dates and what ``keep`` names.

    Signal, leads, rate, median beat and the machine's numeric measurements stay as they are. A record without a number
    of its patient counts as a patient of its own.

    Parameters
    ----------
    record : Record
        Read with its SHA-256: the pseudonym of the ECG follows from its content.
    pseudonyms : Pseudonyms
    keep : collection of str
        Some of ``KEEPABLE``.

    Raises
    ------
    SpecificationError
        When ``keep`` names something else.
    """
    check_kept(keep)
    identity = _identity(record)
    time = _moved(record.time, pseudonyms.shift(identity.patient))
    return Record(
        signal=record.signal,
        leads=record.leads,
        sampling_rate_hz=record.sampling_rate_hz,
        record_id=pseudonyms.of_record(identity.record),
        patient_id=pseudonyms.of_patient(identity.patient),
        time=time,
        time_kind=record.time_kind if time else "unknown",
        age_years=_age(record.age_years) if "age" in keep else None,
        sex=record.sex if "sex" in keep else "U",
        device=_device(record.device) if "device" in keep else None,
        measurements=dict(record.measurements),
        lead_measurements={lead: values for lead, values in record.lead_measurements.items() if lead in STANDARD_LEADS},
        statements=tuple(map(without_dates, record.statements)) if "statements" in keep else (),
        original_statements=tuple(map(without_dates, record.original_statements)) if "statements" in keep else (),
        median_beat=record.median_beat,
        annotations=tuple(map(_undated, record.annotations)) if "annotations" in keep else (),
        unit=record.unit,
        provenance=_provenance(record.provenance),
    )


def check_kept(keep: Collection[str]) -> None:
    """Refuse names that nothing can be kept under.

    Raises
    ------
    SpecificationError
        Names the nearest.
    """
    for name in keep:
        if name not in KEEPABLE:
            raise SpecificationError(f"--keep knows {', '.join(KEEPABLE)}, got {name!r}{nearest(name, KEEPABLE)}")


def _identity(record: Record) -> _Identity:
    content = record.provenance.source_sha256 or record.record_id
    known = record.patient_id is not None and record.patient_id.strip()
    return _Identity(record.patient_id if record.patient_id and known else f"patient of {content}", content)


def _number(patient_id: str) -> str:
    """Return a patient's number in the one form that all formats and alphabets can share."""
    return unicodedata.normalize("NFC", patient_id).strip()


def _moved(time: datetime | None, shift: timedelta) -> datetime | None:
    """Return the time moved, None where it would begin before the calendar: the year 1 stands for an unknown date."""
    try:
        return time + shift if time else None
    except OverflowError:
        return None


def _age(age_years: float | None) -> float | None:
    if age_years is None:
        return None
    per_year = 12 if age_years < _INFANT_YEARS else 1
    whole = math.floor(age_years * per_year + 1e-6) / per_year  # 18 months may have come as 17.9999999
    return min(whole, _MAX_AGE_YEARS)


def _device(device: str | None) -> str | None:
    """Return maker and model: some formats have one field for them and a serial number."""
    return " ".join(word for word in (device or "").split() if not _SERIAL.search(word)) or None


def _undated(mark: Annotation) -> Annotation:
    lead = mark.lead if mark.lead in STANDARD_LEADS else None
    return Annotation(mark.time_s, without_dates(mark.label), lead)


def _filters(told: Iterable[str]) -> tuple[str, ...]:
    """Return the filters that are told in the words and numbers of filters: free text is left out."""
    return tuple(filter_ for filter_ in told if _is_of_filters(filter_))


def _is_of_filters(text: str) -> bool:
    words = [found["word"] for found in _FILTER_PART.finditer(text) if found["word"]]
    rest = _FILTER_PART.sub("", text)
    return set(rest) <= set(" ()-,") and {word.lower() for word in words} <= _FILTER_WORDS


def _provenance(provenance: Provenance) -> Provenance:
    """Keep what the device did to the signal; paths, hashes and remarks may lead back to the patient."""
    return dataclasses.replace(
        provenance,
        source_path="",
        source_sha256="",
        device_filters=_filters(provenance.device_filters),
        resampling="",
        notes=(),
        deidentification=METHOD,
    )
