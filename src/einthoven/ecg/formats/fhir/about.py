"""Whose ECG a FHIR Observation is, when and with which device it was taken, what was said about it, and identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from einthoven.ecg.formats.aecg.codes import in_unit_of
from einthoven.ecg.formats.fhir.codes import AGE, CLOCK, FILTERS, LOINC, code_of, measured
from einthoven.ecg.formats.fhir.json_document import Resource, decimal, every_object, listed, nested, word
from einthoven.ecg.formats.patient_words import age_between, age_in_years, as_date, parse_sex, parse_timestamp
from einthoven.ecg.record import Sex

__all__ = [
    "References",
    "Subject",
    "device_of",
    "filters_of",
    "identifiers_of",
    "measurements_of",
    "statements_of",
    "subject_of",
    "time_of",
]

_BY_KEY = {
    "identifier": ("value",),
    "telecom": ("value",),
    "name": ("text", "family", "given", "prefix", "suffix"),
    "address": ("text", "line", "city", "district", "postalCode"),
    "udiCarrier": ("carrierHRF", "carrierAIDC", "deviceIdentifier"),
}
_BY_KIND = {
    **dict.fromkeys(("Patient", "Person", "Practitioner", "RelatedPerson"), ("birthDate",)),
    **dict.fromkeys(("Organization", "Location"), ("name",)),
    "Device": ("serialNumber", "distinctIdentifier", "lotNumber"),
}
# where "display" tells a kind, not a person, a place or an organization: of devices, and beside codes
_NO_REFERENCES = ("device", "coding")
_OF_CODES = {"system", "code"}
_TWO_CHARACTERS = re.compile(r"[^\W_].*[^\W_]", re.DOTALL)
_CLOCK = re.compile(r"\d\d:\d\d:\d\d(\.\d+)?")


class References:
    """Resources that a reference may mean: those contained in the observation, and those beside it in its bundle."""

    def __init__(self, observation: Resource, entries: Iterable[Resource]) -> None:
        self._known: dict[str, Resource] = {}
        for entry in entries:
            resource = nested(entry, "resource")
            names = (word(entry, "fullUrl"), f"{word(resource, 'resourceType')}/{word(resource, 'id')}")
            self._known |= dict.fromkeys((name for name in names if name), resource)
        for resource in listed(observation, "contained"):
            self._known[f"#{word(resource, 'id')}"] = resource

    def __getitem__(self, reference: Resource) -> Resource:
        """Return what is referred to, an empty resource when it is elsewhere."""
        target = word(reference, "reference").split("/_history/")[0]
        return self._known.get(target) or self._known.get("/".join(target.split("/")[-2:])) or {}


class Subject(NamedTuple):
    """The patient."""

    patient_id: str | None
    age_years: float | None
    sex: Sex


def time_of(observation: Resource) -> datetime | None:
    """Return when the recording began."""
    stated = word(observation, "effectiveDateTime") or word(observation, "effectiveInstant")
    time = parse_timestamp(stated or word(nested(observation, "effectivePeriod"), "start"))
    clock = next((word(one, "valueTime") for one in _told_as(observation, CLOCK)), "")
    if time is None or len(stated) > len("2020-01-01") or not _CLOCK.fullmatch(clock):
        return time
    return parse_timestamp(f"{stated}T{clock}") or time


def subject_of(observation: Resource, references: References, *, time: datetime | None, where: str) -> Subject:
    """Return the patient; an age that is stated goes before one that is computed."""
    subject = nested(observation, "subject")
    patient = references[subject]
    reference = word(subject, "reference")
    numbers = [
        word(nested(subject, "identifier"), "value"),
        *(word(one, "value") for one in listed(patient, "identifier")),
    ]
    if not reference.startswith("#"):
        numbers.append(reference.rpartition("/")[2])
    stated = _stated_age(observation, where=where)
    return Subject(
        patient_id=next((number for number in numbers if number), None),
        age_years=age_between(as_date(word(patient, "birthDate")), time) if stated is None else stated,
        sex=parse_sex(word(patient, "gender")),
    )


def _stated_age(observation: Resource, *, where: str) -> float | None:
    for component in listed(observation, "component"):
        quantity = nested(component, "valueQuantity")
        years = decimal(quantity, "value", where=where)
        if code_of(nested(component, "code"), system=LOINC) in AGE and years is not None:
            return age_in_years(years, word(quantity, "code") or word(quantity, "unit") or "a")
    return None


def device_of(observation: Resource, references: References) -> str | None:
    """Return maker and model."""
    reference = nested(observation, "device")
    device = references[reference]
    names = [
        word(name, key)
        for key in ("name", "value")
        for name in (*listed(device, "deviceName"), *listed(device, "name"))
    ]
    model = word(device, "modelNumber") or next((name for name in names if name), "")
    maker = word(device, "manufacturer")
    told = model if model.startswith(maker) else f"{maker} {model}".strip()
    return told or word(reference, "display") or None


def filters_of(observation: Resource) -> tuple[str, ...]:
    """Return the filters that our own files tell."""
    told = "; ".join(word(component, "valueString") for component in _told_as(observation, FILTERS))
    return tuple(part.strip() for part in told.split(";") if part.strip())


def measurements_of(observation: Resource, *, where: str) -> dict[str, float]:
    """Return intervals, axes and rates that stand beside the leads."""
    found: dict[str, float] = {}
    for component in listed(observation, "component"):
        quantity = nested(component, "valueQuantity")
        name, value = measured(nested(component, "code")), decimal(quantity, "value", where=where)
        if name and value is not None:
            units = (word(quantity, "code"), word(quantity, "unit"))
            converted = (in_unit_of(name, value, unit) for unit in units if unit or not any(units))
            known = next((amount for amount in converted if amount is not None), None)
            if known is not None:
                found.setdefault(name, known)
    return found


def statements_of(observation: Resource, reports: Iterable[Resource]) -> list[str]:
    """Return interpretation, value and notes, and the conclusions of reports about this observation."""
    said = [_concept(one) for one in listed(observation, "interpretation")]
    said += [word(observation, "valueString"), _concept(nested(observation, "valueCodeableConcept"))]
    said += [word(note, "text") for note in listed(observation, "note")]
    for report in reports:
        said += [word(report, "conclusion"), *(_concept(one) for one in listed(report, "conclusionCode"))]
    return list(dict.fromkeys(" ".join(words.split()) for words in said if words))


def identifiers_of(document: Resource) -> tuple[str, ...]:
    """Return all numbers, names, addresses, dates of birth and references; the kind of device is none."""
    found = (spelled.strip() for name, one in every_object(document) for spelled in _identifiers(name, one))
    return tuple(dict.fromkeys(spelled for spelled in found if _TWO_CHARACTERS.search(spelled)))


def _identifiers(name: str, found: Resource) -> Iterator[str]:
    """Yield what identifies someone in one object, by the key it stands under and the kind of resource it is."""
    yield from _texts(found, _BY_KEY.get(name, ()))
    yield from _texts(found, _BY_KIND.get(word(found, "resourceType"), ()))
    yield from _texts(found, ("fullUrl", "authorString"))
    if "resourceType" in found:
        yield word(found, "id")
    target = word(found, "reference")
    if target:
        yield from (target, target.rpartition("/")[2])
    if name not in _NO_REFERENCES and not found.keys() & _OF_CODES:
        yield word(found, "display")


def _texts(found: Resource, keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        value = found.get(key)
        parts = [part for part in (value if isinstance(value, list) else [value]) if isinstance(part, str)]
        yield from parts
        yield " ".join(parts)


def _told_as(observation: Resource, text: str) -> Iterator[Resource]:
    return (one for one in listed(observation, "component") if word(nested(one, "code"), "text") == text)


def _concept(concept: Resource) -> str:
    codings = listed(concept, "coding")
    words = [word(concept, "text"), *(word(coding, key) for key in ("display", "code") for coding in codings)]
    return next((spelled for spelled in words if spelled), "")
