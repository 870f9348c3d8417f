"""A record's statements, measurements and marks as annotations of a DICOM waveform (PS3.3, C.10.10)."""

from __future__ import annotations

import textwrap
from typing import NamedTuple

from pydicom.dataset import Dataset

from einthoven.ecg.formats.dicom.codes import MEASUREMENT_CODES
from einthoven.ecg.formats.dicom.element_write import WrittenCode, code_items, decimal, put
from einthoven.ecg.record import Annotation, MedianBeat, Record

__all__ = ["annotation_items"]

_MAX_TEXT = 1024  # of a short text (ST)
_STATEMENTS, _MEASUREMENTS, _BEAT, _MARKS = range(4)  # numbers of groups of annotations
_ON_GRID = 1e-6  # of a sample


class _Unit(NamedTuple):
    suffix: str
    code: WrittenCode


_UNITS = (
    _Unit("_ms", WrittenCode("ms", "UCUM", "millisecond")),
    _Unit("_bpm", WrittenCode("/min", "UCUM", "per minute")),
    _Unit("_deg", WrittenCode("deg", "UCUM", "degree")),
    _Unit("_mmhg", WrittenCode("mm[Hg]", "UCUM", "millimeter of mercury")),
    _Unit("_uv", WrittenCode("uV", "UCUM", "microvolt")),
    _Unit("_mv", WrittenCode("mV", "UCUM", "millivolt")),
)
_NO_UNIT = _Unit("", WrittenCode("1", "UCUM", "no units"))
# PS3.16, CID 3227 to 3229, and codes of SCP-ECG and LOINC for what is missing there
_MEANINGS = {
    "heart_rate_bpm": "Heart rate",
    "rr_ms": "RR interval global",
    "pp_ms": "PP interval global",
    "p_ms": "P duration global",
    "pr_ms": "PR interval global",
    "qrs_ms": "QRS duration global",
    "qt_ms": "QT interval global",
    "qtc_ms": "QTc interval global",
    "qtc_bazett_ms": "QTc global using Bazett formula",
    "qtc_fridericia_ms": "QTc global using Fredericia formula",
    "p_axis_deg": "P Axis",
    "qrs_axis_deg": "QRS axis",
    "t_axis_deg": "T axis",
}
_CODES = {name: WrittenCode(MEASUREMENT_CODES[name], "MDC", meaning) for name, meaning in _MEANINGS.items()} | {
    "atrial_rate_bpm": WrittenCode("5.10.2.5-3", "SCPECG", "Atrial Heart Rate"),
    "systolic_mmhg": WrittenCode("8480-6", "LN", "Systolic blood pressure"),
    "diastolic_mmhg": WrittenCode("8462-4", "LN", "Diastolic blood pressure"),
}
_LEAD_CODES = {
    "pp_ms": WrittenCode("2:32768", "MDC", "PP interval per lead"),
    "rr_ms": WrittenCode("2:33024", "MDC", "RR interval per lead"),
    "p_ms": WrittenCode("2:6656", "MDC", "P duration per lead"),
    "pr_ms": WrittenCode("2:7168", "MDC", "PR interval per lead"),
    "qrs_ms": WrittenCode("2:7936", "MDC", "QRS duration per lead"),
    "qt_ms": WrittenCode("2:8192", "MDC", "QT interval per lead"),
}
_BEAT_MARKS = {
    "p_onset_ms": WrittenCode("5.10.3-1", "SCPECG", "P Onset"),
    "p_offset_ms": WrittenCode("5.10.3-2", "SCPECG", "P Offset"),
    "qrs_onset_ms": WrittenCode("5.10.3-3", "SCPECG", "QRS Onset"),
    "qrs_offset_ms": WrittenCode("5.10.3-4", "SCPECG", "QRS Offset"),
    "t_offset_ms": WrittenCode("5.10.3-5", "SCPECG", "T Offset"),
}


def annotation_items(record: Record) -> list[Dataset]:
    """Return the items: statements, measurements of all leads and of single ones, marks in beat and rhythm."""
    items = [
        _item(_STATEMENTS, channel=0, text=piece)
        for statement in record.statements
        for piece in textwrap.wrap(statement, _MAX_TEXT, replace_whitespace=False, drop_whitespace=True)
    ]
    for name, value in record.measurements.items():
        items.append(_beat_mark(name, value, record.median_beat) or _measurement(name, value, channel=0))
    for lead, values in record.lead_measurements.items():
        if lead in record.leads:
            channel = record.leads.index(lead) + 1
            items += [_measurement(name, value, channel=channel) for name, value in values.items()]
    return [*items, *(_mark(annotation, record) for annotation in record.annotations if annotation.label.strip())]


def _item(group: int, *, channel: int, text: str = "", waveform: int = 1) -> Dataset:
    item = Dataset()
    put(item, "ReferencedWaveformChannels", [waveform, channel])
    put(item, "AnnotationGroupNumber", group)
    if text:
        put(item, "UnformattedTextValue", text)
    return item


def _measurement(name: str, value: float, *, channel: int) -> Dataset:
    unit = next((unit for unit in _UNITS if name.endswith(unit.suffix)), _NO_UNIT)
    own = WrittenCode(name[:64], "99EINTHOVEN", name.removesuffix(unit.suffix).replace("_", " "))
    item = _item(_MEASUREMENTS, channel=channel)
    put(item, "ConceptNameCodeSequence", code_items((_LEAD_CODES if channel else _CODES).get(name, own)))
    put(item, "NumericValue", decimal(value))
    put(item, "MeasurementUnitsCodeSequence", code_items(unit.code))
    return item


def _beat_mark(name: str, value: float, beat: MedianBeat | None) -> Dataset | None:
    """Return a mark in the representative beat, None when it isn't one or doesn't lie on a sample."""
    if beat is None or name not in _BEAT_MARKS:
        return None
    position = value / 1000 * beat.sampling_rate_hz
    if not 0 <= position < beat.signal.shape[1] or abs(position - round(position)) > _ON_GRID:
        return None
    item = _item(_BEAT, channel=0, waveform=2)
    put(item, "ConceptNameCodeSequence", code_items(_BEAT_MARKS[name]))
    put(item, "TemporalRangeType", "POINT")
    put(item, "ReferencedSamplePositions", round(position) + 1)
    return item


def _mark(annotation: Annotation, record: Record) -> Dataset:
    channel = record.leads.index(annotation.lead) + 1 if annotation.lead in record.leads else 0
    item = _item(_MARKS, channel=channel, text=annotation.label[:_MAX_TEXT])
    put(item, "TemporalRangeType", "POINT")
    position = annotation.time_s * record.sampling_rate_hz
    if position >= 0 and abs(position - round(position)) <= _ON_GRID * max(1.0, position):
        put(item, "ReferencedSamplePositions", round(position) + 1)  # the first sample is number 1
    else:
        put(item, "ReferencedTimeOffsets", decimal(annotation.time_s))
    return item
