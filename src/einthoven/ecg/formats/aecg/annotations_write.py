"""Statements, measurements and marks of a record as annotation sets of an annotated ECG.

Only what the nomenclature has a code for is written; names that other formats brought along have none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lxml import etree

from einthoven.ecg.formats.aecg.codes import MDC_OID, MEASUREMENT_CODES
from einthoven.ecg.formats.aecg.element import ACT_CODE_OID, add, add_code, add_quantity, add_typed, decimal, plain
from einthoven.ecg.record import Record

__all__ = ["add_beat_marks", "add_reading"]

_CODES = {name: code for code, name in reversed(MEASUREMENT_CODES.items())}
_UNITS = {"ms": "ms", "deg": "deg", "bpm": "/min"}
_WAVES = {"P": "PWAVE", "QRS": "QRSWAVE", "T": "TWAVE", "U": "UWAVE"}
_EDGES = {"onset": "low", "offset": "high"}


def add_reading(series: etree._Element, record: Record) -> None:
    """Append what was said about the rhythm: the device's set, and that of a reader where there were two."""
    if record.original_statements:
        _add_statements(_set(series), record.original_statements)
    measured = any(name in _CODES for name in record.measurements) or record.lead_measurements
    marked = any(_wave_edge(mark.label) for mark in record.annotations)
    if not (record.statements or measured or marked):
        return
    reading = _set(series, by_person=bool(record.original_statements and record.statements))
    _add_measurements(reading, record.measurements)
    for lead, measurements in record.lead_measurements.items():
        _add_measurements(reading, measurements, lead=lead)
    _add_statements(reading, record.statements)
    for mark in record.annotations:
        wave_edge = _wave_edge(mark.label)
        if wave_edge:
            wave, edge = wave_edge
            _add_wave(reading, wave, {edge: mark.time_s * 1e3}, lead=mark.lead)


def add_beat_marks(derived: etree._Element, record: Record) -> None:
    """Append where the waves of the representative beat begin and end."""
    found = {
        wave: {
            edge: record.measurements[f"{wave.lower()}_{edge}_ms"]
            for edge in _EDGES
            if f"{wave.lower()}_{edge}_ms" in record.measurements
        }
        for wave in ("P", "QRS", "T")
    }
    if any(found.values()):
        marks = _set(derived)
        for wave, edges_ms in found.items():
            if edges_ms:
                _add_wave(marks, wave, edges_ms)


def _set(series: etree._Element, *, by_person: bool = False) -> etree._Element:
    annotation_set = add(series, "subjectOf/annotationSet")
    if by_person:
        add(annotation_set, "author/assignedEntity/assignedAuthorType/assignedPerson")
    return annotation_set


def _add_statements(annotation_set: etree._Element, statements: Sequence[str]) -> None:
    if not statements:
        return
    interpretation = add(annotation_set, "component/annotation")
    add_code(interpretation, "MDC_ECG_INTERPRETATION")
    for statement in statements:
        inner = add(interpretation, "component/annotation")
        add_code(inner, "MDC_ECG_INTERPRETATION_STATEMENT")
        add_typed(inner, "ST").text = plain(statement)


def _add_measurements(
    annotation_set: etree._Element, measurements: Mapping[str, float], *, lead: str | None = None
) -> None:
    for name, value in measurements.items():
        if name in _CODES:
            annotation = add(annotation_set, "component/annotation")
            add_code(annotation, _CODES[name])
            add_quantity(annotation, value, _UNITS[name.rpartition("_")[2]])
            if lead is not None:
                _add_lead(_region(annotation), lead)


def _add_wave(
    annotation_set: etree._Element, wave: str, edges_ms: Mapping[str, float], *, lead: str | None = None
) -> None:
    annotation = add(annotation_set, "component/annotation")
    add_code(annotation, "MDC_ECG_WAVC")
    add_typed(annotation, "CE", code=f"MDC_ECG_WAVC_{_WAVES[wave]}", codeSystem=MDC_OID, codeSystemName="MDC")
    region = _region(annotation)
    boundary = add(region, "component/boundary")
    add_code(boundary, "TIME_RELATIVE", system=ACT_CODE_OID)
    interval = add_typed(boundary, "IVL_PQ")
    for edge, milliseconds in edges_ms.items():
        add(interval, _EDGES[edge], value=decimal(milliseconds), unit="ms")
    if lead is not None:
        _add_lead(region, lead)


def _region(annotation: etree._Element) -> etree._Element:
    region = add(annotation, "support/supportingROI")
    region.set("classCode", "ROIBND")
    add_code(region, "ROIPS", system=ACT_CODE_OID)
    return region


def _add_lead(region: etree._Element, lead: str) -> None:
    add_code(add(region, "component/boundary"), f"MDC_ECG_LEAD_{lead.upper()}")


def _wave_edge(label: str) -> tuple[str, str] | None:
    wave, _, edge = label.partition(" ")
    return (wave, edge) if wave in _WAVES and edge in _EDGES else None
