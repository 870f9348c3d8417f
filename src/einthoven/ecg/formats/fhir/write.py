"""A record as FHIR R4 Observation in JSON: one component with ``SampledData`` per lead.

What the record doesn't say isn't invented: an age becomes a component (LOINC 21612-7), never a date of birth; a start
whose time zone isn't known becomes its day, as FHIR has no time without zone, and a component with the time of day.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats.aecg.element import plain
from einthoven.ecg.formats.content_uid import content_uid
from einthoven.ecg.formats.fhir.codes import AGE, CLOCK, FILTERS, LOINC, LOINC_MEASUREMENTS, MDC, MDC_POTENTIALS
from einthoven.ecg.formats.quantise import quantise
from einthoven.ecg.record import Record

__all__ = ["encode"]

_UCUM = "http://unitsofmeasure.org"
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
_MICROVOLTS_PER_MILLIVOLT = 1e3
_GENDERS = {"F": "female", "M": "male"}
_LOINC_CODES = {name: code for code, name in reversed(LOINC_MEASUREMENTS.items())}
_UNITS = {"ms": ("ms", "ms"), "deg": ("deg", "deg"), "bpm": ("beats/minute", "/min")}
_EXACT_WHOLE = 2.0**53


def encode(record: Record, path: Path) -> dict[str, bytes]:
    """Return the file's content by its name; samples that were not recorded are ``E``.

    Raises
    ------
    UnitError
        When the record is in arbitrary units.
    """
    patient = _patient(record)
    observation: dict[str, Any] = {
        "resourceType": "Observation",
        "id": content_uid(record, "observation"),
        **_security(record),
        **({"contained": [patient]} if patient else {}),
        "status": "final",
        "category": [{"coding": [{"system": f"{_TERMINOLOGY}/observation-category", "code": "procedure"}]}],
        "code": _coded(LOINC, "11524-6", "EKG study"),
        **({"subject": {"reference": "#patient"}} if patient else {}),
        **_effective(record),
        **({"note": [{"text": plain(statement)} for statement in record.statements]} if record.statements else {}),
        **({"device": {"display": plain(record.device)}} if record.device else {}),
        "component": [*_leads(record), *_beside(record)],
    }
    return {path.name: json.dumps(observation, indent=1, ensure_ascii=False).encode() + b"\n"}


def _patient(record: Record) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if record.patient_id:
        said["identifier"] = [{"value": plain(record.patient_id)}]
    if record.sex in _GENDERS:
        said["gender"] = _GENDERS[record.sex]
    return {"resourceType": "Patient", "id": "patient", **said} if said else {}


def _security(record: Record) -> dict[str, Any]:
    """Mark what was de-identified: with a pseudonym, or without any number of the patient."""
    if not record.provenance.deidentification:
        return {}
    code, display = ("PSEUDED", "pseudonymized") if record.patient_id else ("ANONYED", "anonymized")
    tag = {"system": f"{_TERMINOLOGY}/v3-ObservationValue", "code": code, "display": display}
    return {"meta": {"security": [tag]}}


def _effective(record: Record) -> dict[str, Any]:
    if record.time is None:
        return {}
    start = record.time.isoformat() if record.time.tzinfo else record.time.date().isoformat()
    return {"effectiveDateTime": start}


def _leads(record: Record) -> list[dict[str, Any]]:
    quantised = quantise(record)
    absent = np.zeros(quantised.digital.shape, dtype=np.bool_) if quantised.absent is None else quantised.absent
    return [
        {
            "code": _coded(MDC, str(MDC_POTENTIALS[lead]), f"MDC_ECG_ELEC_POTL_{lead.upper()}"),
            "valueSampledData": {
                "origin": _quantity(0, "uV", "uV"),
                "period": _number(1e3 / record.sampling_rate_hz),
                "factor": _number(float(f"{step_mv * _MICROVOLTS_PER_MILLIVOLT:.15g}")),
                "dimensions": 1,
                "data": _data(digits, missing),
            },
        }
        for lead, digits, step_mv, missing in zip(
            record.leads, quantised.digital, quantised.step_mv, absent, strict=True
        )
    ]


def _data(digits: NDArray[np.int16], missing: NDArray[np.bool_]) -> str:
    words = list(map(str, digits.tolist()))
    for index in np.flatnonzero(missing):
        words[index] = "E"
    return " ".join(words)


def _beside(record: Record) -> list[dict[str, Any]]:
    """Return the components beside the leads."""
    components: list[dict[str, Any]] = [
        {"code": _coded(LOINC, _LOINC_CODES[name]), "valueQuantity": _quantity(value, *_UNITS[name.rpartition("_")[2]])}
        for name, value in record.measurements.items()
        if name in _LOINC_CODES
    ]
    if record.age_years is not None:
        age = _quantity(record.age_years, "years", "a")
        components.append({"code": _coded(LOINC, AGE[0], "Age - Reported"), "valueQuantity": age})
    if record.provenance.device_filters:
        told = "; ".join(record.provenance.device_filters)
        components.append({"code": {"text": FILTERS}, "valueString": plain(told)})
    if record.time is not None and record.time.tzinfo is None:
        components.append({"code": {"text": CLOCK}, "valueTime": record.time.time().isoformat()})
    return components


def _coded(system: str, code: str, display: str = "") -> dict[str, Any]:
    coding = {"system": system, "code": code}
    return {"coding": [coding | ({"display": display} if display else {})]}


def _quantity(value: float, unit: str, code: str) -> dict[str, Any]:
    return {"value": _number(value), "unit": unit, "system": _UCUM, "code": code}


def _number(value: float) -> float | int:
    """Return a whole number as such: 2, not 2.0."""
    return int(value) if float(value).is_integer() and abs(value) < _EXACT_WHOLE else float(value)
