"""FHIR Observation with the leads of an ECG as sampled data (R4 and R5, JSON), alone or the only ECG of a bundle."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from einthoven.ecg.formats.decoded import About, Decoded
from einthoven.ecg.formats.fhir.about import (
    References,
    device_of,
    filters_of,
    identifiers_of,
    measurements_of,
    statements_of,
    subject_of,
    time_of,
)
from einthoven.ecg.formats.fhir.json_document import MAX_JSON_BYTES, Resource, listed, nested, parse_json, word
from einthoven.ecg.formats.fhir.sampled import sampled_components, sampled_of
from einthoven.ecg.formats.single_file import single_file_format
from einthoven.errors import SignalError, UnreadableFileError

__all__ = ["FORMAT", "decode", "recognises"]

_TYPE = re.compile(rb'"resourceType"\s*:\s*"(?P<type>\w+)"')
_TYPES = (b"Observation", b"Bundle")
_XML_ROOT = re.compile(rb"<(Observation|Bundle)\s[^<>]*http://hl7\.org/fhir\b")
# what these say about an observation forbids its use
_VOID = {"entered-in-error", "cancelled"}
_SECURITY = {"ANONYED": "anonymised", "PSEUDED": "pseudonymised"}


class _Found(NamedTuple):
    """The ECG of a document, and what lies beside it."""

    observation: Resource
    entries: Sequence[Resource]


def recognises(head: bytes) -> bool:
    """Return whether a file begins as an observation or bundle with sampled data; also in XML, to refuse it by name."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        return _XML_ROOT.search(head) is not None
    found = _TYPE.search(head) if start.startswith(b"{") else None
    return found is not None and found["type"] in _TYPES and b"SampledData" in head


def decode(content: bytes, *, where: str) -> Decoded:
    """Return what the observation holds.

    Raises
    ------
    UnreadableFileError
        When it is no observation, or void, or the bundle holds several ECGs.
    SignalError, LeadError
        When there are no samples, or they contradict each other.
    """
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise UnreadableFileError(f"{where} is FHIR in XML: only JSON is read, convert it")
    document = parse_json(content, where=where)
    observation, entries = _found(document, where=where)
    status = word(observation, "status")
    if status in _VOID:
        raise UnreadableFileError(f"{where} has the status {status!r}: it must not be used, leave it out")
    sampled = sampled_of(observation, where=where)
    references = References(observation, entries)
    time = time_of(observation)
    subject = subject_of(observation, references, time=time, where=where)
    return Decoded(
        rhythm=sampled.channels,
        about=About(
            patient_id=subject.patient_id,
            time=time,
            age_years=subject.age_years,
            sex=subject.sex,
            device=device_of(observation, references),
            measurements=measurements_of(observation, where=where),
            statements=statements_of(observation, _reports(observation, entries, references)),
            identifiers=identifiers_of(document),
        ),
        device_filters=filters_of(observation),
        notes=(*sampled.notes, *_remarks(observation, status)),
    )


def _found(document: Resource, *, where: str) -> _Found:
    kind = word(document, "resourceType")
    if kind == "Observation":
        return _Found(document, ())
    if kind != "Bundle":
        raise UnreadableFileError(f"{where} is a FHIR {kind[:40] or 'file without resourceType'}, not an Observation")
    entries = listed(document, "entry")
    resources = [nested(entry, "resource") for entry in entries]
    ecgs = [one for one in resources if word(one, "resourceType") == "Observation" and sampled_components(one)]
    if not ecgs:
        raise SignalError(f"{where} is a bundle without an Observation that holds SampledData: it holds no ECG")
    if len(ecgs) > 1:
        raise UnreadableFileError(f"{where} is a bundle of {len(ecgs)} recordings: write each to a file of its own")
    return _Found(ecgs[0], entries)


def _reports(observation: Resource, entries: Sequence[Resource], references: References) -> list[Resource]:
    resources = [nested(entry, "resource") for entry in entries]
    reports = [one for one in resources if word(one, "resourceType") == "DiagnosticReport"]
    return [one for one in reports if any(references[result] is observation for result in listed(one, "result"))]


def _remarks(observation: Resource, status: str) -> list[str]:
    tags = [word(tag, "code") for tag in listed(nested(observation, "meta"), "security")]
    remarks = [f"the file says it is {_SECURITY[tag]}" for tag in tags if tag in _SECURITY]
    return [*remarks, *(["its status is preliminary"] if status == "preliminary" else [])]


FORMAT = single_file_format(
    "fhir",
    title="FHIR Observation with SampledData (R4, R5; JSON)",
    decode=decode,
    recognises=recognises,
    max_bytes=MAX_JSON_BYTES,
)
