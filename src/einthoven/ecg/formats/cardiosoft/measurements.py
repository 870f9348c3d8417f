"""Measurements of a CardioSoft export: of the whole ECG, and lead by lead in its table."""

from __future__ import annotations

from lxml import etree

from einthoven.ecg.formats.xml_document import attribute, children, find, local_name, text

__all__ = ["global_measurements", "lead_measurements"]

_MS = {"ms": 1.0, "s": 1000.0}
_DEGREES = dict.fromkeys(("degrees", "degree", "deg", "\N{DEGREE SIGN}", ""), 1.0)
_RATE = dict.fromkeys(("bpm", "1/min", "/min", "min-1", ""), 1.0)
_UV = {"uv": 1.0, "mv": 1000.0}
_MMHG = {"mmhg": 1.0, "": 1.0}
# element -> our name, and what one of its unit is in ours; a unit that is not there leaves the value out
_GLOBAL = {
    "VentricularRate": ("heart_rate_bpm", _RATE),
    "PQInterval": ("pr_ms", _MS),
    "PDuration": ("p_ms", _MS),
    "QRSDuration": ("qrs_ms", _MS),
    "QTInterval": ("qt_ms", _MS),
    "QTCInterval": ("qtc_ms", _MS),
    "RRInterval": ("rr_ms", _MS),
    "PPInterval": ("pp_ms", _MS),
    "QTDispersion": ("qt_dispersion_ms", _MS),
    "QTDispersionBazett": ("qt_dispersion_bazett_ms", _MS),
    "SokolovLVHIndex": ("sokolov_lvh_index_uv", _UV),
    "POnset": ("p_onset_ms", _MS),
    "POffset": ("p_offset_ms", _MS),
    "QOnset": ("qrs_onset_ms", _MS),
    "QOffset": ("qrs_offset_ms", _MS),
    "TOffset": ("t_offset_ms", _MS),
    "PAxis": ("p_axis_deg", _DEGREES),
    "RAxis": ("qrs_axis_deg", _DEGREES),
    "TAxis": ("t_axis_deg", _DEGREES),
    "QRSNum": ("qrs_count", {"": 1.0}),
}
_PRESSURES = {"SysBP": "systolic_mmhg", "DiaBP": "diastolic_mmhg"}
# waves that are not there are written as 0; levels of the ST segment may be 0
_BY_LEAD = {
    "PDuration": ("p_ms", _MS),
    "QDuration": ("q_ms", _MS),
    "RDuration": ("r_ms", _MS),
    "SDuration": ("s_ms", _MS),
    "RpDuration": ("r_prime_ms", _MS),
    "R1Duration": ("r_prime_ms", _MS),
    "PAmplitude": ("p_uv", _UV),
    "P1Amplitude": ("p_prime_uv", _UV),
    "QAmplitude": ("q_uv", _UV),
    "RAmplitude": ("r_uv", _UV),
    "SAmplitude": ("s_uv", _UV),
    "R1Amplitude": ("r_prime_uv", _UV),
    "S1Amplitude": ("s_prime_uv", _UV),
    "TAmplitude": ("t_uv", _UV),
    "T1Amplitude": ("t_prime_uv", _UV),
    "JAmplitude": ("j_uv", _UV),
    "JXAmplitude": ("jx_uv", _UV),
    "JXEAmplitude": ("jxe_uv", _UV),
}
_MAY_BE_ZERO = {"j_uv", "jx_uv", "jxe_uv"}
MAX_LEADS = 256


def global_measurements(root: etree._Element) -> dict[str, float]:
    """Return the measurements under the names of ``measurement_names``; what was not measured is left out."""
    found: dict[str, float] = {}
    section = find(root, "RestingECGMeasurements")
    for element in () if section is None else section:
        name, factors = _GLOBAL.get(local_name(element), ("", {}))
        factor = factors.get(attribute(element, "units").lower())
        value = _number(text(element))
        if value is None or factor is None:
            continue
        if name.endswith("_deg"):
            if abs(value) <= 360:
                found[name] = value
        elif value > 0:
            found[name] = value * factor
    for tag, name in _PRESSURES.items():
        pressure = _number(text(root, f"PatientVisit/{tag}"))
        if pressure and pressure > 0 and attribute(root, "units", f"PatientVisit/{tag}").lower() in _MMHG:
            found[name] = pressure
    return found


def lead_measurements(root: etree._Element) -> dict[str, dict[str, float]]:
    """Return the table of measurements, lead by lead; rows that don't fit its list of leads are left out."""
    table = find(root, "RestingECGMeasurements/MeasurementTable")
    leads = [word.strip() for word in text(table, "LeadOrder").split(",")]
    if table is None or not any(leads) or len(leads) > MAX_LEADS:
        return {}
    found: dict[str, dict[str, float]] = {lead: {} for lead in leads if lead}
    for element in children(table, "*"):
        name, factors = _BY_LEAD.get(local_name(element), ("", {}))
        factor = factors.get(attribute(element, "units").lower())
        values = text(element).split(",")
        if len(values) == len(leads) + 1 and not values[-1].strip():  # a comma may also end the row
            values.pop()
        if factor is None or len(values) != len(leads):
            continue
        for lead, word in zip(leads, values, strict=True):
            value = _number(word)
            if lead and value is not None and (value or name in _MAY_BE_ZERO):
                found[lead][name] = value * factor
    return {lead: values for lead, values in found.items() if values}


def _number(word: str) -> float | None:
    """Return a measurement, None for anything that is no number of reasonable size."""
    try:
        value = float(word)
    except ValueError:
        return None
    return value if abs(value) < 1e6 else None
