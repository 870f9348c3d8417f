"""Measurements of the whole ECG in a MUSE export."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lxml import etree

from einthoven.ecg.formats.xml_document import find, text, texts

__all__ = ["AXES", "DURATIONS", "ONSETS", "global_measurements"]

# rates, intervals in ms and pressures: 0 and less stand for "not measured"
DURATIONS = MappingProxyType(
    {
        "VentricularRate": "heart_rate_bpm",
        "AtrialRate": "atrial_rate_bpm",
        "PRInterval": "pr_ms",
        "QRSDuration": "qrs_ms",
        "QTInterval": "qt_ms",
        "QTCorrected": "qtc_ms",
        "QTcFrederica": "qtc_fridericia_ms",
        "QTcFramingham": "qtc_framingham_ms",
        "SystolicBP": "systolic_mmhg",
        "DiastolicBP": "diastolic_mmhg",
        "QRSCount": "qrs_count",
    }
)
AXES = MappingProxyType({"PAxis": "p_axis_deg", "RAxis": "qrs_axis_deg", "TAxis": "t_axis_deg"})
# in samples of the median beat, at ECGSampleBase * 10 ** ECGSampleExponent Hz
ONSETS = MappingProxyType(
    {
        "POnset": "p_onset_ms",
        "POffset": "p_offset_ms",
        "QOnset": "qrs_onset_ms",
        "QOffset": "qrs_offset_ms",
        "TOffset": "t_offset_ms",
    }
)

# mean intervals in ms stand elsewhere, the first that is there counts
_INTERVALS = {
    "rr_ms": ("QRSTimesTypes/GlobalRR", "PharmaData/PharmaRRinterval"),
    "pp_ms": ("PharmaData/PharmaPPinterval",),
}


def global_measurements(root: etree._Element) -> tuple[dict[str, float], tuple[str, ...]]:
    """Return the measurements under the names of ``measurement_names``, and notes.

    The original ones count where there are no others; where a reader edited them, a note keeps the machine's.
    """
    current, original = find(root, "RestingECGMeasurements"), find(root, "OriginalRestingECGMeasurements")
    machine = _measured(texts(original))
    found = machine if current is None else _measured(texts(current))
    changed = [f"{name} {value:g}" for name, value in machine.items() if found.get(name) != value]
    for name, paths in _INTERVALS.items():
        value = next((value for path in paths if (value := _number(text(root, path))) and value > 0), None)
        if value is not None:
            found[name] = value
    return found, (f"measurements were edited, the machine's own: {', '.join(changed)}",) if changed else ()


def _measured(said: Mapping[str, str]) -> dict[str, float]:
    values = {tag: _number(said.get(tag, "")) for tag in (*DURATIONS, *AXES, *ONSETS)}
    found = {name: value for tag, name in DURATIONS.items() if (value := values[tag]) is not None and value > 0}
    found |= {name: value for tag, name in AXES.items() if (value := values[tag]) is not None and abs(value) <= 360}
    rate = _sample_rate(said)
    if rate:
        onsets = {name: value for tag, name in ONSETS.items() if (value := values[tag]) is not None and value > 0}
        found |= {name: value * 1000 / rate for name, value in onsets.items()}
    return found


def _sample_rate(said: Mapping[str, str]) -> float | None:
    base, exponent = _number(said.get("ECGSampleBase", "")), _number(said.get("ECGSampleExponent", "") or "0")
    if base is None or exponent is None or base <= 0 or abs(exponent) > 9:
        return None
    return float(base * 10.0**exponent)


def _number(word: str) -> float | None:
    """Return a measurement, None for anything that is no number of reasonable size."""
    try:
        value = float(word)
    except ValueError:
        return None
    return value if abs(value) < 1e6 else None
