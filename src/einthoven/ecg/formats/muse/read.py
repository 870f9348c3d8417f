"""GE MUSE XML (``RestingECG``), as the MUSE cardiology system exports resting ECGs.

GE does not publish the format freely. What is read here rests on public exports and on what independent readers agree
on: samples are base64 of little-endian integers per lead, usually of the eight independent leads; the CRC-32 of each
lead covers its decoded bytes; high-pass filters are in hundredths of hertz, beat times in milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from einthoven.ecg.formats.decoded import About, Decoded
from einthoven.ecg.formats.muse.matrix import lead_measurements
from einthoven.ecg.formats.muse.measurements import global_measurements
from einthoven.ecg.formats.muse.patient import acquisition_time, age_years, identifiers, time_notes
from einthoven.ecg.formats.muse.statements import diagnosis_lines
from einthoven.ecg.formats.muse.waveform import read_waveforms
from einthoven.ecg.formats.patient_words import parse_sex
from einthoven.ecg.formats.single_file import single_file_format
from einthoven.ecg.formats.xml_document import (
    MAX_XML_BYTES,
    children,
    find,
    local_name,
    parse_xml,
    root_name,
    text,
    texts,
)
from einthoven.ecg.record import Annotation
from einthoven.errors import UnreadableFileError

__all__ = ["FORMAT", "decode", "recognises"]

ROOT = "RestingECG"


def recognises(head: bytes) -> bool:
    """Return whether the root element is that of MUSE."""
    return root_name(head) == ROOT


def decode(content: bytes, *, where: str) -> Decoded:
    """Return what the export holds.

    Raises
    ------
    UnreadableFileError
        When it is no MUSE XML, or holds fewer samples than it declares.
    ChecksumError
        When the samples of a lead differ from their CRC-32.
    SignalError
        When it holds no rhythm strip.
    """
    root = parse_xml(content, where=where)
    if local_name(root) != ROOT:
        raise UnreadableFileError(f"{where} is no MUSE XML: its root element is {local_name(root)}, not {ROOT}")
    waveforms = read_waveforms(root, where=where)
    measured, edits = global_measurements(root)
    by_lead, unread = lead_measurements(text(root, "MeasurementMatrix"))
    return Decoded(
        rhythm=waveforms.rhythm,
        median_beat=waveforms.median,
        device_filters=waveforms.filters,
        about=_about(root, measured, by_lead),
        annotations=tuple(_beats(root)),
        notes=(*waveforms.notes, *time_notes(root), *edits, *unread),
    )


def _about(root: etree._Element, measured: dict[str, float], by_lead: dict[str, dict[str, float]]) -> About:
    patient = texts(find(root, "PatientDemographics"))
    test = texts(find(root, "TestDemographics"))
    time = acquisition_time(test)
    confirmed, original = diagnosis_lines(find(root, "Diagnosis")), diagnosis_lines(find(root, "OriginalDiagnosis"))
    return About(
        patient_id=patient.get("PatientID"),
        time=time,
        age_years=age_years(patient, at=time),
        sex=parse_sex(patient.get("Gender", "")),
        device=test.get("AcquisitionDevice"),
        measurements=measured,
        lead_measurements=by_lead,
        statements=confirmed or original,
        original_statements=original if confirmed else (),
        identifiers=tuple(identifiers(root)),
    )


def _beats(root: etree._Element) -> Iterator[Annotation]:
    """Yield each QRS complex that the machine found; times are in milliseconds from the first sample."""
    for beat in children(root, "QRSTimesTypes/QRS"):
        said = texts(beat)
        time, kind = said.get("Time", ""), said.get("Type", "")
        if time.isdecimal() and len(time) < 10:
            yield Annotation(int(time) / 1000, f"QRS type {kind or 'unknown'}")


FORMAT = single_file_format(
    "muse", title="GE MUSE XML (RestingECG)", decode=decode, recognises=recognises, max_bytes=MAX_XML_BYTES
)
