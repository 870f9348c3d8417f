"""GE CardioSoft and CASE XML (``CardiologyXML``), also the ECGs of the UK Biobank: at rest (20205), on a bike (6025).

Read as public software that works on such files describes them; GE's own manual is not public. No real file was at
hand: what is here is checked on fakes alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from lxml import etree

from einthoven.ecg.formats.cardiosoft.measurements import global_measurements, lead_measurements
from einthoven.ecg.formats.cardiosoft.patient import age_years, identifiers, moment
from einthoven.ecg.formats.cardiosoft.waveform import median_beat, rhythm
from einthoven.ecg.formats.decoded import About, Decoded
from einthoven.ecg.formats.patient_words import parse_sex
from einthoven.ecg.formats.single_file import single_file_format
from einthoven.ecg.formats.xml_document import (
    MAX_XML_BYTES,
    attribute,
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

ROOT = "CardiologyXML"
_MS_PER = {"ms": 1.0, "s": 1000.0}


def recognises(head: bytes) -> bool:
    """Return whether the root element is that of CardioSoft."""
    return root_name(head) == ROOT


def decode(content: bytes, *, where: str) -> Decoded:
    """Return what the export holds.

    Raises
    ------
    UnreadableFileError
        When it is no CardioSoft XML, or holds fewer samples than it declares.
    SignalError
        When it holds neither a strip nor the full disclosure.
    """
    root = parse_xml(content, where=where)
    if local_name(root) != ROOT:
        raise UnreadableFileError(f"{where} is no CardioSoft XML: its root element is {local_name(root)}, not {ROOT}")
    signal, notes = rhythm(root, where=where)
    median, median_notes = median_beat(root, where=where)
    return Decoded(
        rhythm=signal,
        median_beat=median,
        device_filters=tuple(_filters(root)),
        about=_about(root),
        annotations=tuple(_beats(root)),
        notes=(*notes, *median_notes),
    )


def _about(root: etree._Element) -> About:
    patient = find(root, "PatientInfo")
    time = _observed(root)
    concluded = tuple(_lines(root, "Interpretation/Conclusion/ConclusionText"))
    diagnosed = tuple(_lines(root, "Interpretation/Diagnosis/DiagnosisText"))
    device = (text(root, "Device-Type"), text(root, "ClinicalInfo/DeviceInfo/Desc"))
    return About(
        patient_id=text(patient, "PID") or None,
        time=time,
        age_years=age_years(patient, at=time),
        sex=parse_sex(text(patient, "Gender")),
        device=" ".join(dict.fromkeys(filter(None, device))) or None,
        measurements=global_measurements(root),
        lead_measurements=lead_measurements(root),
        statements=concluded or diagnosed,
        original_statements=diagnosed if concluded else (),
        identifiers=tuple(identifiers(root)),
    )


def _observed(root: etree._Element) -> datetime | None:
    """Return when the test began, in the hospital's local time."""
    for path in ("ObservationDateTime", "ClinicalInfo/ObservationDateTime"):
        found = moment(find(root, path))
        if isinstance(found, datetime):
            return found
        if isinstance(found, date):
            return datetime(found.year, found.month, found.day)  # noqa: DTZ001 - the file gives no zone
    return None


def _lines(root: etree._Element, path: str) -> Iterator[str]:
    for element in children(root, path):
        if words := text(element):
            yield words


def _filters(root: etree._Element) -> Iterator[str]:
    said = texts(find(root, "FilterSetting"))
    for tag, kind in (("HighPass", "high-pass"), ("LowPass", "low-pass")):
        try:
            frequency = float(said.get(tag) or "0")
        except ValueError:
            continue
        if 0 < frequency < 1e6 and attribute(root, "units", f"FilterSetting/{tag}", "Hz").lower() == "hz":
            yield f"{kind} {frequency:g} Hz"
    for mains in ("50", "60"):
        if said.get(f"Filter{mains}Hz", "").lower() == "yes":
            yield f"notch {mains} Hz"
    if said.get("CubicSpline", "").lower() == "yes":
        yield "cubic spline (baseline)"


def _beats(root: etree._Element) -> Iterator[Annotation]:
    """Yield the beats of the strip with their class, where their times have a unit."""
    results = find(root, "StripData/ArrhythmiaResults")
    if results is None:
        return
    times, classes = list(children(results, "Time")), list(children(results, "BeatClass"))
    for time, kind in zip(times, classes, strict=False):
        ms_per = _MS_PER.get(attribute(time, "units").lower())
        digits = text(time)
        if ms_per and digits.isdecimal() and len(digits) < 12:
            yield Annotation(int(digits) * ms_per / 1000, f"beat {text(kind)}".strip())


FORMAT = single_file_format(
    "cardiosoft",
    title="GE CardioSoft and CASE XML (CardiologyXML), as in the UK Biobank",
    decode=decode,
    recognises=recognises,
    max_bytes=MAX_XML_BYTES,
)
