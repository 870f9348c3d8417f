"""FHIR observations written as JSON from the specification, with no reader's or writer's code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from einthoven.ecg.formats import RecordLocation
from fakes.fake_format import Fake

SNOMED = {
    "I": "272729005",
    "II": "272730000",
    "III": "272731001",
    "AVR": "257474006",
    "AVL": "257473000",
    "AVF": "257472005",
    **{
        f"V{number}": code
        for number, code in zip(
            range(1, 7), (257475007, 257476008, 257477004, 257478009, 257479001, 257480003), strict=True
        )
    },
}
LOINC = {
    "I": "LP7386-8",
    "II": "LP7387-6",
    "III": "LP7388-4",
    "AVR": "LP7385-0",
    "AVL": "LP7384-3",
    "AVF": "LP7383-5",
    **{
        f"V{number}": f"LP73{code}"
        for number, code in zip(range(1, 7), ("89-2", "90-0", "91-8", "92-6", "93-4", "94-2"), strict=True)
    },
}
# numbers of the potentials in ISO/IEEE 11073-10101
MDC = {"I": 131329, "II": 131330, "III": 131389, "AVR": 131390, "AVL": 131391, "AVF": 131392}
MDC |= {f"V{number}": 131330 + number for number in range(1, 7)}
MICROVOLT = {"value": 0, "unit": "uV", "system": "http://unitsofmeasure.org", "code": "uV"}


def coded(system: str, code: object, display: str = "") -> dict[str, Any]:
    """Return a coded concept with one code."""
    coding = {"system": system, "code": str(code)}
    return {"coding": [coding | ({"display": display} if display else {})]}


def sampled(data: Sequence[int] | str, **changes: Any) -> dict[str, Any]:
    """Return sampled data of R4 at 500 Hz in microvolts; a change to None removes a field."""
    text = data if isinstance(data, str) else " ".join(str(int(value)) for value in data)
    found = {"origin": MICROVOLT, "period": 2, "factor": 1, "dimensions": 1, "data": text} | changes
    return {name: value for name, value in found.items() if value is not None}


def component(lead: str, data: Sequence[int] | str, **changes: Any) -> dict[str, Any]:
    """Return a lead by its MDC code."""
    return {
        "code": coded("urn:oid:2.16.840.1.113883.6.24", MDC[lead.upper()]),
        "valueSampledData": sampled(data, **changes),
    }


def observation(components: Sequence[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """Return an observation around its components; a change to None removes a field."""
    found = {
        "resourceType": "Observation",
        "id": "ekg",
        "status": "final",
        "code": coded("http://loinc.org", "11524-6", "EKG study"),
        "subject": {"reference": "Patient/f001"},
        "effectiveDateTime": "2015-02-19T09:30:35+01:00",
        "component": list(components),
    } | changes
    return {name: value for name, value in found.items() if value is not None}


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    """Return a bundle of resources, each under its own relative address."""
    entries = [
        {"fullUrl": f"http://example.org/{one['resourceType']}/{one.get('id')}", "resource": one} for one in resources
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def write_fhir(folder: Path, document: object, name: str = "rec.json") -> RecordLocation:
    """Write a document (text as it is) and return where it lies."""
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return RecordLocation(path.stem, str(path), "fhir", {})


def _mdc(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
    rows = [component(lead, row) for lead, row in zip(leads, _microvolts(signal_mv), strict=True)]
    return write_fhir(folder, observation(rows))


def _snomed(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
    """SNOMED CT codes, amplitudes in millivolts with a factor, the interval of R5."""
    millivolt = {"value": 0, "unit": "millivolt"}
    rows = [
        {
            "code": coded("http://snomed.info/sct", SNOMED[lead.upper()], f"Lead {lead}"),
            "valueSampledData": sampled(
                row, origin=millivolt, factor=0.001, period=None, interval=0.002, intervalUnit="s"
            ),
        }
        for lead, row in zip(leads, _microvolts(signal_mv), strict=True)
    ]
    return write_fhir(folder, observation(rows))


def _bundle(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
    """LOINC parts, in a bundle with the patient."""
    rows = [
        {"code": coded("http://loinc.org", LOINC[lead.upper()]), "valueSampledData": sampled(row)}
        for lead, row in zip(leads, _microvolts(signal_mv), strict=True)
    ]
    return write_fhir(folder, bundle({"resourceType": "Patient", "id": "f001", "gender": "female"}, observation(rows)))


def _interleaved(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
    """All leads in one component, sample by sample."""
    data = sampled(_microvolts(signal_mv).T.reshape(-1), dimensions=len(leads))
    return write_fhir(folder, observation([{"code": {"text": " ".join(leads)}, "valueSampledData": data}]))


def _microvolts(signal_mv: np.ndarray) -> np.ndarray:
    return np.rint(np.asarray(signal_mv) * 1000).astype(int)


FAKES: dict[str, Fake] = {"mdc": _mdc, "snomed": _snomed, "bundle": _bundle, "interleaved": _interleaved}
