"""Measurements in Philips' Sierra ECG files: of the whole ECG, and lead by lead."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from lxml import etree

from einthoven.ecg.formats.philips.leads import sierra_lead
from einthoven.ecg.formats.xml_document import attribute, children, find, local_name, text

__all__ = ["latest_interpretation", "lead_measurements", "measured_number", "measurements"]

_NAMES = {
    "heartrate": "heart_rate_bpm",
    "meanventrate": "heart_rate_bpm",
    "lowventrate": "lowventrate_bpm",
    "highventrate": "highventrate_bpm",
    "atrialrate": "atrial_rate_bpm",
    "rrint": "rr_ms",
    "pdur": "p_ms",
    "print": "pr_ms",
    "meanprint": "pr_ms",
    "meanprseg": "meanprseg_ms",
    "qrsdur": "qrs_ms",
    "meanqrsdur": "qrs_ms",
    "qtint": "qt_ms",
    "meanqtint": "qt_ms",
    "qtcb": "qtc_bazett_ms",
    "qtcf": "qtc_fridericia_ms",
    "meanqtc": "qtc_ms",
    "qtintdispersion": "qtintdispersion_ms",
    "ponset": "p_onset_ms",
    "poffset": "p_offset_ms",
    "qonset": "qrs_onset_ms",
    "qoffset": "qrs_offset_ms",
    "tonset": "t_onset_ms",
    "toffset": "t_offset_ms",
    "pfrontaxis": "p_axis_deg",
    "qrsfrontaxis": "qrs_axis_deg",
    "tfrontaxis": "t_axis_deg",
}
# final ones, which a physician may have edited, come before those of the algorithm; names of 1.03 behind
_GLOBAL = ("globalmeasurements", "interpretationmeasurements")
_INTERNAL = ("internalmeasurements/crossleadmeasurements", "measurements/globalmeasurements")
_BLOOD_PRESSURE = "patient/patientmedicaldata/bloodpressure"
_AMPLITUDES = ("qrsppk", "ston", "stmid", "st80", "stend")
_IN_LEAD = {"vat": "vat_ms", "prseg": "prseg_ms", "stslope": "stslope_deg"}
# what the flag says was not measured in a lead
_UNMEASURED = (
    ("pmeasflag", "p"),
    ("qrsmeasflag", ("q", "r", "sa", "sd", "sp", "vat")),
    ("stmeasflag", "st"),
    ("tmeasflag", "t"),
)


def measurements(root: etree._Element) -> dict[str, float]:
    """Return the measurements of the whole ECG, milliseconds, degrees, beats a minute."""
    last = latest_interpretation(root)
    sources = [find(last, name) for name in _GLOBAL] if last is not None else []
    sources += [find(root, path) for path in _INTERNAL]
    values: dict[str, float] = {}
    for source in sources:
        for name, value in _named(source):
            values.setdefault(name, value)
    if values.get("heart_rate_bpm") == 0:  # no beat was found: axes of -1 and the like stand for nothing
        values.clear()
    for kind in ("systolic", "diastolic"):
        pressure = measured_number(text(root, f"{_BLOOD_PRESSURE}/{kind}/mmHg"))
        if pressure:
            values[f"{kind}_mmhg"] = pressure
    return values


def latest_interpretation(root: etree._Element) -> etree._Element | None:
    """Return the interpretation of the latest date and time."""
    found = list(children(root, "interpretations/interpretation"))
    return max(found, key=lambda one: (attribute(one, "date"), attribute(one, "time")), default=None)


def lead_measurements(root: etree._Element) -> dict[str, dict[str, float]]:
    """Return the measurements of each lead: amplitudes in microvolts, durations in milliseconds."""
    matrix: dict[str, dict[str, float]] = {}
    for path in ("internalmeasurements", "measurements"):
        for element in children(root, f"{path}/leadmeasurements/leadmeasurement"):
            values = dict(_in_lead(element))
            if values:
                matrix.setdefault(sierra_lead(attribute(element, "leadname")), values)
    return matrix


def measured_number(word: str) -> float | None:
    """Return the number, None for what says that there is none: nothing, ``Failed``, ``Indeterminate``, ``---``."""
    try:
        value = float(word)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _named(source: etree._Element | None) -> Iterator[tuple[str, float]]:
    for element in source if source is not None else ():
        name = local_name(element)
        value = measured_number(text(element))
        if value is None:
            continue
        if name in _NAMES:
            yield _NAMES[name], value
        elif name.endswith("axis"):
            yield f"{name}_deg", value
        elif name == "qtco":
            method = re.sub(r"[^a-z0-9]+", "_", (attribute(element, "methodname") or "other").lower()).strip("_")
            yield f"qtc_{method}_ms", value


def _in_lead(element: etree._Element) -> Iterator[tuple[str, float]]:
    absent = tuple(
        prefix
        for flag, prefixes in _UNMEASURED
        if attribute(element, flag) == "False"
        for prefix in ((prefixes,) if isinstance(prefixes, str) else prefixes)
    )
    for child in element:
        name = local_name(child)
        value = measured_number(text(child))
        if value is not None and name and not (absent and name.startswith(absent)):
            yield _lead_name(name), value


def _lead_name(name: str) -> str:
    if name in _IN_LEAD or name in _NAMES:
        return _IN_LEAD.get(name) or _NAMES[name]
    if name.endswith("amp") or name in _AMPLITUDES:
        return f"{name}_uv"
    return f"{name}_ms" if name.endswith("dur") else name
