"""A record as HL7 annotated ECG (aECG, schema PORT_MT020001), as the FDA's implementation guide of 21 March 2005 asks.

Elements stand in the order of the schema. What a trial would add (protocol, sponsor, site) isn't invented: where the
schema wants a number of the trial, it gets the null flavour "no information".
"""

from __future__ import annotations

import dataclasses
import re
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from lxml import etree

from einthoven.ecg.formats.aecg.annotations_write import add_beat_marks, add_reading
from einthoven.ecg.formats.aecg.codes import FILTER_PREFIX
from einthoven.ecg.formats.aecg.element import (
    ACT_CODE_OID,
    add,
    add_code,
    add_quantity,
    add_text,
    add_typed,
    decimal,
    new_root,
    plain,
)
from einthoven.ecg.formats.content_uid import content_uid
from einthoven.ecg.formats.quantise import Quantised, quantise, refuse_gaps
from einthoven.ecg.record import MedianBeat, Record

__all__ = ["encode"]

_MICROVOLTS_PER_MILLIVOLT = 1e3
_FILTER = re.compile(r"(?P<kind>low-pass|high-pass|notch)(?: (?P<hertz>[\d.]+) Hz| \((?P<words>.+)\))?")
_FILTER_CODES = {"low-pass": "LOW_PASS", "high-pass": "HIGH_PASS", "notch": "NOTCH"}


def encode(record: Record, path: Path) -> dict[str, bytes]:
    """Return the file's content by its name.

    Raises
    ------
    UnitError
        When the record is in arbitrary units.
    SignalError
        When it has gaps, for which digits have no mark.
    """
    quantised = quantise(record)
    refuse_gaps(quantised, record, format_name="HL7 aECG")
    root = new_root("AnnotatedECG", type="Observation")
    add(root, "id", root=content_uid(record, "document"))
    add(root, "code", code="93000", codeSystem="2.16.840.1.113883.6.12", codeSystemName="CPT-4")
    if record.provenance.deidentification:
        add_text(root, "text", f"De-identified: {record.provenance.deidentification}")
    _add_effective_time(root, record)
    _add_subject(root, record)
    _add_age(root, record)
    series = add(root, "component/series")
    _fill_series(series, record, quantised, uid=content_uid(record, "rhythm"), code="RHYTHM")
    add_reading(series, record)
    _add_median_beat(series, record)
    etree.indent(root, space=" ")
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return {path.name: content + b"\n"}


def _timestamp(moment: datetime) -> str:
    words = moment.strftime("%Y%m%d%H%M%S").zfill(14)  # years before 1000 come without zeros
    fraction = f".{moment.microsecond:06}".rstrip("0") if moment.microsecond else ".000"
    return words + fraction + moment.strftime("%z")


def _add_effective_time(parent: etree._Element, record: Record) -> None:
    if record.time is None:
        add(parent, "effectiveTime", nullFlavor="UNK")
        return
    effective = add(parent, "effectiveTime")
    add(effective, "low", value=_timestamp(record.time), inclusive="true")
    end = record.time + timedelta(seconds=record.duration_s)
    add(effective, "high", value=_timestamp(end), inclusive="false")


def _add_subject(root: etree._Element, record: Record) -> None:
    assignment = add(root, "componentOf/timepointEvent/componentOf/subjectAssignment")
    subject = add(assignment, "subject/trialSubject")
    if record.patient_id:
        add(subject, "id", extension=record.patient_id)
    else:
        add(subject, "id", nullFlavor="NI")
    if record.sex != "U":
        person = add(subject, "subjectDemographicPerson")
        add(person, "administrativeGenderCode", code=record.sex, codeSystem="2.16.840.1.113883.5.1")
    add(assignment, "componentOf/clinicalTrial/id", nullFlavor="NI")


def _add_age(root: etree._Element, record: Record) -> None:
    if record.age_years is not None:
        observation = add(root, "controlVariable/relatedObservation")
        add(
            observation,
            "code",
            code="21612-7",
            codeSystem="2.16.840.1.113883.6.1",
            codeSystemName="LOINC",
            displayName="Reported Age",
        )
        add_quantity(observation, record.age_years, "a")


def _fill_series(series: etree._Element, record: Record, quantised: Quantised, *, uid: str, code: str) -> None:
    add(series, "id", root=uid)
    add_code(series, code, system=ACT_CODE_OID)
    _add_effective_time(series, record)
    if record.device:
        author = add(series, "author/seriesAuthor")
        add_text(author, "manufacturedSeriesDevice/manufacturerModelName", record.device)
    for told in record.provenance.device_filters:
        _add_filter(series, told)
    sequence_set = add(series, "component/sequenceSet")
    _add_times(sequence_set, record, absolute=code == "RHYTHM")
    for lead, digits, step_mv in zip(record.leads, quantised.digital, quantised.step_mv, strict=True):
        sequence = add(sequence_set, "component/sequence")
        add_code(sequence, f"MDC_ECG_LEAD_{lead.upper()}")
        value = add_typed(sequence, "SLIST_PQ")
        add(value, "origin", value="0", unit="uV")
        add(value, "scale", value=f"{step_mv * _MICROVOLTS_PER_MILLIVOLT:.15g}", unit="uV")
        add_text(value, "digits", " ".join(map(str, digits.tolist())))


def _add_filter(series: etree._Element, told: str) -> None:
    found = _FILTER.fullmatch(told)
    if found is None:
        return
    variable = add(series, "controlVariable/controlVariable")
    add_code(variable, f"{FILTER_PREFIX}{_FILTER_CODES[found['kind']]}")
    if found["hertz"]:
        detail = add(variable, "component/controlVariable")
        add_code(detail, f"{FILTER_PREFIX}{'NOTCH' if found['kind'] == 'notch' else 'CUTOFF'}_FREQ")
        add_quantity(detail, float(found["hertz"]), "Hz")
    elif found["words"]:
        detail = add(variable, "component/controlVariable")
        add_code(detail, f"{FILTER_PREFIX}DESCRIPTION")
        add_typed(detail, "ST").text = plain(found["words"])


def _add_times(sequence_set: etree._Element, record: Record, *, absolute: bool) -> None:
    sequence = add(sequence_set, "component/sequence")
    if absolute and record.time is not None:
        add_code(sequence, "TIME_ABSOLUTE", system=ACT_CODE_OID)
        value = add_typed(sequence, "GLIST_TS")
        add(value, "head", value=_timestamp(record.time))
    else:
        add_code(sequence, "TIME_RELATIVE", system=ACT_CODE_OID)
        value = add_typed(sequence, "GLIST_PQ")
        add(value, "head", value="0", unit="s")
    add(value, "increment", value=decimal(1 / record.sampling_rate_hz), unit="s")


def _add_median_beat(series: etree._Element, record: Record) -> None:
    """Append the representative beat; one with gaps is left out, the rhythm is what counts."""
    beat = record.median_beat
    if beat is None or not np.isfinite(beat.signal).all():
        return
    as_record = _as_record(record, beat)
    derived = add(series, "derivation/derivedSeries")
    uid = content_uid(record, "beat")
    _fill_series(derived, as_record, quantise(as_record), uid=uid, code="REPRESENTATIVE_BEAT")
    add_beat_marks(derived, record)


def _as_record(record: Record, beat: MedianBeat) -> Record:
    provenance = dataclasses.replace(record.provenance, device_filters=())
    return dataclasses.replace(
        record,
        signal=beat.signal,
        leads=beat.leads,
        sampling_rate_hz=beat.sampling_rate_hz,
        median_beat=None,
        provenance=provenance,
    )
