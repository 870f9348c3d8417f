"""Patient, device, measurements, statements and marks in Schiller's XML.

Instants are sample numbers: in a real file the differences of those of the average beat are the durations in
milliseconds beside them at 500 Hz, and those of the rhythm lie on its QRS complexes. Amplitudes are millivolts.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from einthoven.ecg.formats.decoded import About
from einthoven.ecg.formats.patient_words import age_between, age_in_years, as_date, joined_date_time, parse_sex
from einthoven.ecg.formats.xml_document import children, find, local_name, text
from einthoven.ecg.leads import canonical_lead
from einthoven.ecg.record import Annotation

__all__ = ["about", "filters", "marks"]

_VALUES = {
    "HR": "heart_rate_bpm",
    "RR": "rr_ms",
    "P": "p_ms",
    "PQ": "pr_ms",
    "PR": "pr_ms",
    "QRS": "qrs_ms",
    "QT": "qt_ms",
    "QTC": "qtc_ms",
    "AXIS_P": "p_axis_deg",
    "AXIS_QRS": "qrs_axis_deg",
    "AXIS_T": "t_axis_deg",
    "BP_S": "systolic_mmhg",
    "BP_D": "diastolic_mmhg",
}
_INSTANTS = {
    "P_ON": "p_onset_ms",
    "P_OFF": "p_offset_ms",
    "QRS_ON": "qrs_onset_ms",
    "QRS_OFF": "qrs_offset_ms",
    "T_OFF": "t_offset_ms",
}
_MARKS = {
    "R_P_ON": "P onset",
    "R_P_OFF": "P end",
    "R_QRS_ON": "QRS onset",
    "R_QRS_OFF": "QRS end",
    "R_T_OFF": "T end",
    "PACEMAKER": "pace pulse",
}
_FILTERS = {
    "MAINS": "notch {value} Hz",
    "HIGHPASS_CUTOFF_FREQ": "high-pass {value} Hz",
    "LOWPASS_CUTOFF_FREQ": "low-pass {value} Hz",
}
_IMPERSONAL = ("gender", "ethnic", "weight", "height", "pacemaker", "age")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_EPOCH = "19700101"  # where a clock that was never set begins
_MAX_MARKS = 100_000


def about(root: etree._Element, event: etree._Element, *, beat_rate_hz: float | None) -> tuple[About, tuple[str, ...]]:
    """Return all that the file says but the signal, and what a human should doubt.

    Parameters
    ----------
    root, event : Element
        The event is the one whose recording is read.
    beat_rate_hz : float, optional
        Rate of the average beat, in whose samples instants are given.
    """
    patient, exam = find(root, "patdata"), find(root, "examdescript")
    time = _start(exam)
    unset = time is None and bool(text(exam, "startdatetime/date"))
    told = About(
        patient_id=text(patient, "id") or None,
        time=time,
        age_years=_age_in_years(patient, at=time),
        sex=parse_sex(text(patient, "gender")),
        device=" ".join(filter(None, (text(exam, f"aquiringdevice/hardware/{word}") for word in ("vendor", "model")))),
        measurements=dict(_measurements(event, beat_rate_hz=beat_rate_hz)),
        lead_measurements=_lead_measurements(event),
        statements=_statements(event),
        identifiers=tuple(_identifiers(patient, exam)),
    )
    return told, ("the time is unknown: the recorder's clock was not set",) if unset else ()


def filters(event: etree._Element) -> tuple[str, ...]:
    """Return the filters of the data; those of the display are not in them."""
    found = []
    for one in children(event, "filters_data/filter"):
        name, value = text(one, "name"), text(one, "value")
        if value.upper() not in ("", "-", "OFF", "0"):
            on = "" if value.upper() == "ON" else f" {value}"
            found.append(
                _FILTERS[name].format(value=value) if name in _FILTERS else name.lower().replace("_", " ") + on
            )
    return tuple(found)


def marks(event: etree._Element, *, rate_hz: float) -> tuple[Annotation, ...]:
    """Return the instants of the beats, with the type of each QRS complex beside its onset."""
    lists = {
        text(one, "name"): [text(value) for value in children(one, "value")] for one in children(event, "rhythm_global")
    }
    found = [
        Annotation(sample / rate_hz, label)
        for name, label in _MARKS.items()
        for sample in map(_number, lists.get(name, ()))
        if sample is not None and rate_hz > 0
    ]
    for onset, kind in zip(map(_number, lists.get("R_QRS_ON", ())), lists.get("R_QRS_TYPE", ()), strict=False):
        if onset is not None and rate_hz > 0:
            found.append(Annotation(onset / rate_hz, f"QRS type {kind}"))
    return tuple(sorted(found, key=lambda mark: mark.time_s)[:_MAX_MARKS])


def _number(word: str) -> float | None:
    """Return the number, None for what was not measured (``-``)."""
    return float(word) if _NUMBER.fullmatch(word) and len(word) < 20 else None


def _start(exam: etree._Element | None) -> datetime | None:
    day, clock = text(exam, "startdatetime/date"), text(exam, "startdatetime/time")
    if day == _EPOCH:
        return None
    if re.fullmatch(r"\d{9}", clock):  # hours to milliseconds
        clock = f"{clock[:6]}.{clock[6:]}"
    return joined_date_time(day, clock)


def _age_in_years(patient: etree._Element | None, *, at: datetime | None) -> float | None:
    years = _number(text(patient, "age/value") or text(patient, "age"))
    if years is not None:
        return age_in_years(years, text(patient, "age/unit", default="years"))
    return age_between(as_date(text(patient, "birthdate")), at)


def _measurements(event: etree._Element, *, beat_rate_hz: float | None) -> Iterator[tuple[str, float]]:
    for one in children(event, "annotation_global"):
        name, value = text(one, "name"), _number(text(one, "value"))
        if value is None:
            continue
        if name not in _INSTANTS:
            yield _VALUES.get(name, name.lower()), value
        elif beat_rate_hz:
            yield _INSTANTS[name], value * 1000 / beat_rate_hz


def _lead_measurements(event: etree._Element) -> dict[str, dict[str, float]]:
    matrix: dict[str, dict[str, float]] = {}
    for channel in children(event, "wavedata/channel"):
        values = {}
        for one in children(channel, "annotation_lead"):
            value = _number(text(one, "value"))
            if value is not None:
                values[_lead_name(text(one, "name"))] = value
        lead = text(channel, "name")
        if values:
            matrix.setdefault(canonical_lead(lead) or lead, values)
    return matrix


def _lead_name(name: str) -> str:
    """Return the name with its unit; ``R-`` is R'."""
    plain = name.lower().replace("-_", "_prime_")
    if plain.endswith("_ampl"):
        return f"{plain}_mv"
    return f"{plain}_ms" if plain.endswith("_dur") else plain


def _statements(event: etree._Element) -> tuple[str, ...]:
    blocks = (block for block in children(event, "textdata") if text(block, "type") == "INTERPRETATION")
    texts = itertools.chain.from_iterable(children(block, "textdata") for block in blocks)
    lines = (line.strip() for one in texts for line in text(one).splitlines())
    return tuple(filter(None, lines))


def _identifiers(patient: etree._Element | None, exam: etree._Element | None) -> Iterator[str]:
    for element in patient if patient is not None else ():
        if local_name(element) not in _IMPERSONAL:
            yield from (text(part) for part in element.iter(etree.Element))
    for element in exam.iter(etree.Element) if exam is not None else ():
        name = local_name(element)
        if name in ("id", "name", "serialnum") or name.endswith("_id"):
            yield text(element)
    for branch in ("location", "idu"):
        place = find(exam, branch) if exam is not None else None
        yield from (text(part) for part in (place.iter(etree.Element) if place is not None else ()))
