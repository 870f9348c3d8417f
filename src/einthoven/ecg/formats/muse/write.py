"""A record as MUSE XML (``RestingECG``), as readers of GE's exports expect it.

Text is written in ASCII with character references, which comes out right in each of the encodings that readers assume.
Times in UTC get an element of their own, ``AcquisitionTimeZone``: MUSE itself writes local times only.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from lxml import etree

from einthoven import __version__
from einthoven.ecg.formats.muse.matrix import encode_matrix
from einthoven.ecg.formats.muse.measurements import AXES, DURATIONS, ONSETS
from einthoven.ecg.formats.muse.waveform_write import add_waveforms
from einthoven.ecg.formats.quantise import refuse_arbitrary
from einthoven.ecg.record import Record

__all__ = ["encode"]

_HEAD = b'<?xml version="1.0" encoding="ISO-8859-1"?>\n<!DOCTYPE RestingECG SYSTEM "restecg.dtd">\n'
# what XML 1.0 has no way to write
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_GENDERS = {"F": "FEMALE", "M": "MALE"}
# onsets are written in samples of the usual median beat
_ONSET_RATE_HZ = 500
_BEAT = re.compile(r"QRS type (?P<kind>\S+)")
# the header words of the measurement matrix that measurements fill, with what one unit of them is
_HEADER = {
    1: ("p_onset_ms", 2.0),
    2: ("p_offset_ms", 2.0),
    3: ("qrs_onset_ms", 2.0),
    4: ("qrs_offset_ms", 2.0),
    6: ("t_offset_ms", 2.0),
    7: ("qrs_count", 1.0),
    8: ("qrs_ms", 1.0),
    9: ("qt_ms", 1.0),
    10: ("qtc_ms", 1.0),
    11: ("pr_ms", 1.0),
    12: ("heart_rate_bpm", 1.0),
    13: ("rr_ms", 1.0),
}


def encode(record: Record, path: Path) -> dict[str, bytes]:
    """Return the file's content by its name.

    The eight independent leads are stored when the other four were derived from them, else all leads. Ages are
    completed years, below two years days.

    Raises
    ------
    UnitError
        When the record is in arbitrary units.
    SignalError
        When it has gaps, for which the format has no mark.
    """
    refuse_arbitrary(record)
    root = etree.Element("RestingECG")
    if record.provenance.deidentification:
        words = re.sub("-(?=-)|-$", "- ", _plain(record.provenance.deidentification))
        root.append(etree.Comment(f" de-identified: {words} "))
    _add(root, "MuseInfo", {"MuseVersion": f"einthoven {__version__}"})
    _add(root, "PatientDemographics", _patient(record))
    _add(root, "TestDemographics", _test(record))
    _add_measurements(root, record.measurements)
    _add_diagnosis(root, "Diagnosis", record.statements)
    _add_diagnosis(root, "OriginalDiagnosis", record.original_statements)
    _add_matrix(root, record)
    _add_beats(root, record)
    add_waveforms(root, record)
    etree.indent(root, space="   ")
    return {path.name: _HEAD + etree.tostring(root, encoding="ascii", xml_declaration=False) + b"\n"}


def _patient(record: Record) -> dict[str, str]:
    age = record.age_years
    unit, number = ("", "") if age is None else ("YEARS", int(age)) if age >= 2 else ("DAYS", round(age * 365.25))
    return {
        "PatientID": record.patient_id or "",
        "PatientAge": str(number),
        "AgeUnits": unit,
        "Gender": _GENDERS.get(record.sex, ""),
    }


def _test(record: Record) -> dict[str, str]:
    fields = {"DataType": "RESTING", "AcquisitionDevice": record.device or ""}
    if record.time is not None:
        fields |= {
            "AcquisitionTime": f"{record.time:%H:%M:%S}",
            "AcquisitionDate": f"{record.time:%m-%d-}{record.time.year:04}",
            "AcquisitionTimeZone": "+00:00" if record.time_kind == "utc" else "",
        }
    return fields | {"XMLSourceVersion": f"einthoven {__version__}"}


def _add_measurements(root: etree._Element, measured: Mapping[str, float]) -> None:
    values = {tag: measured[name] for tag, name in (*DURATIONS.items(), *AXES.items()) if name in measured}
    if "qtc_bazett_ms" in measured:
        values.setdefault("QTCorrected", measured["qtc_bazett_ms"])
    onsets = {tag: measured[name] * _ONSET_RATE_HZ / 1000 for tag, name in ONSETS.items() if name in measured}
    rate = {"ECGSampleBase": float(_ONSET_RATE_HZ), "ECGSampleExponent": 0.0} if onsets else {}
    _add(root, "RestingECGMeasurements", {tag: f"{value:.10g}" for tag, value in (values | onsets | rate).items()})


def _add_diagnosis(root: etree._Element, name: str, statements: Iterable[str]) -> None:
    lines = [" ".join(_plain(statement).split()) for statement in statements]
    if not any(lines):
        return
    diagnosis = _add(root, name, {"Modality": "RESTING"})
    for line in filter(None, lines):
        _add(diagnosis, "DiagnosisStatement", {"StmtFlag": "ENDSLINE", "StmtText": line})


def _add_matrix(root: etree._Element, record: Record) -> None:
    header = {
        place: record.measurements[name] / unit
        for place, (name, unit) in _HEADER.items()
        if name in record.measurements
    }
    content = encode_matrix(record.lead_measurements, header=header)
    if content:
        etree.SubElement(root, "MeasurementMatrix").text = "\n" + base64.encodebytes(content).decode()


def _add_beats(root: etree._Element, record: Record) -> None:
    found = [(mark, _BEAT.fullmatch(mark.label)) for mark in record.annotations]
    beats = [(mark.time_s, beat["kind"]) for mark, beat in found if beat and mark.time_s >= 0]
    rr = record.measurements.get("rr_ms")
    if not beats and rr is None:
        return
    section = etree.SubElement(root, "QRSTimesTypes")
    for number, (time_s, kind) in enumerate(beats, start=1):
        _add(section, "QRS", {"Number": str(number), "Type": kind, "Time": str(round(time_s * 1000))})
    if rr is not None:
        etree.SubElement(section, "GlobalRR").text = f"{rr:.10g}"


def _add(parent: etree._Element, name: str, fields: Mapping[str, str]) -> etree._Element:
    """Append an element of elements, without those that have nothing to say."""
    element = etree.SubElement(parent, name)
    for tag, words in fields.items():
        if words:
            etree.SubElement(element, tag).text = _plain(words)
    return element


def _plain(words: str) -> str:
    return _UNWRITABLE.sub(" ", words)
