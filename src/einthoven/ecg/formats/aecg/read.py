"""HL7 annotated ECG (aECG, ANSI/HL7 V3 ECG R1-2004, schema PORT_MT020001): what the FDA takes for drug trials.

Implementation guide of 21 March 2005: a document holds series of the rhythm and, derived from them, of representative
beats; each is a set of sequences, and annotations lie beside them.
"""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from einthoven.ecg.formats.aecg.about import device_filters, device_of, identifiers_of, subject_of
from einthoven.ecg.formats.aecg.annotations import annotated
from einthoven.ecg.formats.aecg.series import Piece, pieces_of
from einthoven.ecg.formats.aecg.timeline import Timeline, channels_of, timeline_of
from einthoven.ecg.formats.aecg.values import start_of
from einthoven.ecg.formats.decoded import About, Decoded
from einthoven.ecg.formats.single_file import single_file_format
from einthoven.ecg.formats.xml_document import (
    MAX_XML_BYTES,
    attribute,
    children,
    find,
    local_name,
    parse_xml,
    root_name,
)
from einthoven.errors import RecordError, UnreadableFileError

__all__ = ["FORMAT", "decode", "recognises"]

_ROOT = "AnnotatedECG"
_BEAT_SERIES = "REPRESENTATIVE_BEAT"


def recognises(head: bytes) -> bool:
    """Return whether a file begins as an annotated ECG."""
    return root_name(head) == _ROOT


def decode(content: bytes, *, where: str) -> Decoded:
    """Return what an annotated ECG holds.

    Raises
    ------
    UnreadableFileError
        When it is no annotated ECG or damaged.
    SignalError
        When it holds no samples.
    """
    root = parse_xml(content, where=where)
    if local_name(root) != _ROOT:
        raise UnreadableFileError(f"{where} is no annotated ECG: its root is {local_name(root)!r}, not {_ROOT}")
    series = list(children(root, "component/series"))
    rhythm = [one for one in series if not _is_beat(one)]
    beats = [one for one in series if _is_beat(one)]
    beats += [one for parent in rhythm for one in children(parent, "derivation/derivedSeries") if _is_beat(one)]
    timeline = timeline_of([piece for one in rhythm for piece in pieces_of(one, where=where)], where=where)
    time = timeline.start or _stated_time(root, timeline)
    subject = subject_of(root, time=time)
    beat = _beat(beats, where=where)
    said = annotated(rhythm, beats, timeline=timeline, beat_head_s=beat.head_s if beat else 0.0)
    return Decoded(
        rhythm=timeline.channels,
        about=About(
            patient_id=subject.patient_id,
            time=time,
            age_years=subject.age_years,
            sex=subject.sex,
            device=next((device for device in map(device_of, series) if device), None),
            measurements=said.measurements,
            lead_measurements=said.lead_measurements,
            statements=said.statements,
            original_statements=said.original_statements,
            identifiers=identifiers_of(root),
        ),
        median_beat=channels_of(beat) if beat else None,
        annotations=said.annotations,
        device_filters=tuple(dict.fromkeys(told for one in rhythm for told in device_filters(one))),
        notes=(*timeline.notes, *subject.notes),
    )


def _is_beat(series: etree._Element) -> bool:
    return attribute(series, "code", "code").upper() == _BEAT_SERIES


def _stated_time(root: etree._Element, timeline: Timeline) -> datetime | None:
    channels = timeline.channels
    duration_s = channels.digital.shape[1] / channels.sampling_rate_hz
    return start_of(find(root, "effectiveTime"), duration_s=duration_s)


def _beat(beats: list[etree._Element], *, where: str) -> Piece | None:
    """Return the first representative beat; one that can't be read is left out, the rhythm is what counts."""
    try:
        pieces = [piece for one in beats for piece in pieces_of(one, where=where)]
    except RecordError:
        return None
    return pieces[0] if pieces else None


FORMAT = single_file_format(
    "aecg",
    title="HL7 annotated ECG (aECG, FDA), schema PORT_MT020001",
    decode=decode,
    recognises=recognises,
    max_bytes=MAX_XML_BYTES,
)
