"""Whose annotated ECG it is, who took it with which device and filters, and every identifier it spells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from lxml import etree

from einthoven.ecg.formats.aecg.codes import FILTER_PREFIX
from einthoven.ecg.formats.aecg.values import quoted_number
from einthoven.ecg.formats.patient_words import age_between, age_in_years, as_date, parse_sex
from einthoven.ecg.formats.xml_document import attribute, children, find, local_name, text
from einthoven.ecg.record import Sex

__all__ = ["Subject", "device_filters", "device_of", "identifiers_of", "subject_of"]

_SUBJECT = "componentOf/timepointEvent/componentOf/subjectAssignment/subject/trialSubject"
_REPORTED_AGE = "21612-7"  # LOINC: age, reported
_FILTERS = {"LOW_PASS": "low-pass", "HIGH_PASS": "high-pass", "NOTCH": "notch"}
_HERTZ = {"": 1.0, "hz": 1.0, "khz": 1e3}
_NAMED = ("id", "name", "addr", "telecom", "birthTime", "SerialNumber", "serialNumber")
_TOO_COARSE = ("country", "state")
_TWO_CHARACTERS = re.compile(r"[^\W_].*[^\W_]", re.DOTALL)  # "0", "y" or "---" would be found in any file


class Subject(NamedTuple):
    """The patient, and what in the file about them is contradictory."""

    patient_id: str | None
    age_years: float | None
    sex: Sex
    notes: tuple[str, ...]


def subject_of(root: etree._Element, *, time: datetime | None) -> Subject:
    """Return the patient; an age that is stated goes before one that is computed."""
    trial_subject = find(root, _SUBJECT)
    identity = find(trial_subject, "id") if trial_subject is not None else None
    person = find(trial_subject, "subjectDemographicPerson") if trial_subject is not None else None
    stated = _stated_age(root)
    computed = age_between(as_date(attribute(person, "value", "birthTime")), time)
    notes: tuple[str, ...] = ()
    if stated is not None and computed is not None and abs(stated - computed) > 1:
        notes = (f"the stated age of {stated:g} years contradicts the date of birth, which makes {computed:.1f}",)
    return Subject(
        patient_id=attribute(identity, "extension") or attribute(identity, "root") or None,
        age_years=computed if stated is None else stated,
        sex=parse_sex(attribute(person, "code", "administrativeGenderCode")),
        notes=notes,
    )


def _stated_age(root: etree._Element) -> float | None:
    for observation in children(root, "controlVariable/relatedObservation"):
        value = quoted_number(find(observation, "value"))
        if attribute(observation, "code", "code") == _REPORTED_AGE and value is not None:
            return age_in_years(value, attribute(observation, "unit", "value") or "a")
    return None


def device_of(series: etree._Element) -> str | None:
    """Return maker and model."""
    author = find(series, "author/seriesAuthor")
    maker = text(author, "manufacturerOrganization/name")
    model = text(author, "manufacturedSeriesDevice/manufacturerModelName")
    return (model if model.startswith(maker) else f"{maker} {model}".strip()) or None


def device_filters(series: etree._Element) -> tuple[str, ...]:
    """Return the filters that were on, as ``low-pass 150 Hz``; one without a frequency by its description."""
    found = (
        _filter(variable)
        for path in ("controlVariable/controlVariable", "component/sequenceSet/controlVariable/controlVariable")
        for variable in children(series, path)
    )
    return tuple(dict.fromkeys(told for told in found if told))


def _filter(variable: etree._Element) -> str:
    code = attribute(variable, "code", "code").upper()
    kind = _FILTERS.get(code.removeprefix(FILTER_PREFIX)) if code.startswith(FILTER_PREFIX) else None
    if kind is None:
        return ""
    described = ""
    for part in children(variable, "component/controlVariable"):
        detail, value = attribute(part, "code", "code").upper(), find(part, "value")
        if detail.endswith("_FREQ"):
            hertz, factor = quoted_number(value), _HERTZ.get(attribute(value, "unit").lower())
            if hertz is not None and factor is not None:
                return f"{kind} {hertz * factor:g} Hz" if hertz > 0 else ""
        elif detail.endswith("_DESCRIPTION"):
            described = text(value)
    return f"{kind} ({described})" if described else kind


def identifiers_of(root: etree._Element) -> tuple[str, ...]:
    """Return all numbers, names, addresses and dates of birth; the maker's name is none."""
    words = (word.strip() for element in root.iter(*(f"{{*}}{name}" for name in _NAMED)) for word in _spelled(element))
    return tuple(dict.fromkeys(word for word in words if _TWO_CHARACTERS.search(word)))


def _spelled(element: etree._Element) -> Iterator[str]:
    name = local_name(element)
    if name == "id":
        yield from (attribute(element, "extension"), attribute(element, "root"))
    elif name in ("birthTime", "telecom"):
        yield attribute(element, "value")
    elif name != "name" or _parent_name(element) != "manufacturerOrganization":
        parts = [(local_name(child), text(child)) for child in element] or [("", text(element))]
        yield " ".join(" ".join(element.itertext("{*}*")).split())
        yield from (part for kind, part in parts if kind not in _TOO_COARSE)


def _parent_name(element: etree._Element) -> str:
    parent = element.getparent()
    return "" if parent is None else local_name(parent)
