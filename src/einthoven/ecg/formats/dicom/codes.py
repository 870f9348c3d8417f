"""What the codes of DICOM waveforms mean: leads, units, measurements (PS3.16: CID 3001, 3227 to 3229; SCP-ECG)."""

from __future__ import annotations

import re
from typing import NamedTuple

from einthoven.ecg.formats.dicom.dataset import DataSet
from einthoven.ecg.leads import canonical_lead

__all__ = ["LEAD_CODES", "MEASUREMENT_CODES", "Code", "code_of", "lead_name", "measured", "unit_of"]

CODE_VALUE, LONG_CODE_VALUE, SCHEME, MEANING = 0x00080100, 0x00080119, 0x00080102, 0x00080104

# the term codes of ISO/IEEE 11073-10101, block 2, which SCP-ECG shares: MDC 2:1 and SCPECG 5.6.3-9-1 are both lead I
LEAD_CODES = {
    "I": 1, "II": 2, "V1": 3, "V2": 4, "V3": 5, "V4": 6, "V5": 7, "V6": 8, "III": 61, "aVR": 62, "aVL": 63, "aVF": 64,
}  # fmt: skip
_LEAD_OF = {number: lead for lead, number in LEAD_CODES.items()}
_LEAD_CODE = re.compile(r"(?:2:|5\.6\.3-9-)\s*(?P<number>\d{1,4})")
_MDC_BLOCK = 2 << 16

# MDC terms that measurements are written with
MEASUREMENT_CODES = {
    "heart_rate_bpm": "2:16770",
    "rr_ms": "2:16168",
    "pp_ms": "2:16140",
    "p_ms": "2:16184",
    "pr_ms": "2:15872",
    "qrs_ms": "2:16156",
    "qt_ms": "2:16160",
    "qtc_ms": "2:15876",
    "qtc_bazett_ms": "2:15880",
    "qtc_fridericia_ms": "2:15892",
    "p_axis_deg": "2:16128",
    "qrs_axis_deg": "2:16132",
    "t_axis_deg": "2:16136",
}
_MEASUREMENT = {code: name for name, code in MEASUREMENT_CODES.items()} | {
    # MDC, of the electrophysiology laboratory (CID 3689)
    "2:16000": "rr_ms", "2:16144": "pr_ms",
    # MDC, lead by lead
    "2:6656": "p_ms", "2:7168": "pr_ms", "2:7936": "qrs_ms", "2:8192": "qt_ms", "2:32768": "pp_ms", "2:33024": "rr_ms",
    "2:33792": "qtc_ms", "2:34048": "qtc_bazett_ms", "2:34304": "qtc_fridericia_ms",
    # SCP-ECG, as recorders that convert from it write them
    "5.10.2.5-1": "heart_rate_bpm", "5.10.2.5-3": "atrial_rate_bpm", "5.10.2.5-5": "qtc_ms",
    "5.10.2.1-3": "rr_ms", "5.10.2.1-5": "pp_ms", "5.13.5-5": "p_ms", "5.13.5-7": "pr_ms", "5.13.5-9": "qrs_ms",
    "5.13.5-11": "qt_ms", "5.10.3-11": "p_axis_deg", "5.10.3-13": "qrs_axis_deg", "5.10.3-15": "t_axis_deg",
    "F-008EC": "systolic_mmhg", "F-008ED": "diastolic_mmhg",
    # LOINC
    "8867-4": "heart_rate_bpm", "8625-6": "pr_ms", "8633-0": "qrs_ms", "8634-8": "qt_ms", "8636-3": "qtc_ms",
    "8626-4": "p_axis_deg", "8632-2": "qrs_axis_deg", "8638-9": "t_axis_deg",
    "8480-6": "systolic_mmhg", "8462-4": "diastolic_mmhg",
    # reference identifiers of 11073, where the term's name stands instead of its number
    "MDC_ECG_HEART_RATE": "heart_rate_bpm", "MDC_ECG_TIME_PD_RR": "rr_ms", "MDC_ECG_TIME_PD_PP": "pp_ms",
    "MDC_ECG_TIME_PD_P": "p_ms", "MDC_ECG_TIME_PD_PR": "pr_ms", "MDC_ECG_TIME_PD_QRS": "qrs_ms",
    "MDC_ECG_TIME_PD_QT": "qt_ms", "MDC_ECG_TIME_PD_QTC": "qtc_ms", "MDC_ECG_TIME_PD_QTCB": "qtc_bazett_ms",
    "MDC_ECG_TIME_PD_QTCF": "qtc_fridericia_ms", "MDC_ECG_ANGLE_P_FRONT": "p_axis_deg",
    "MDC_ECG_ANGLE_QRS_FRONT": "qrs_axis_deg", "MDC_ECG_ANGLE_T_FRONT": "t_axis_deg",
}  # fmt: skip
# PS3.16 gives some codes to two measurements (CID 3227, 3228 and 3687): code, a word of the meaning, name
_TOLD_BY_MEANING = (
    ("2:15880", "framingham", "qtc_framingham_ms"),
    ("2:15892", "hodges", "qtc_hodges_ms"),
    ("2:7168", "offset", "pr_segment_ms"),
)
_BY_MEANING = {
    "ventricular heart rate": "heart_rate_bpm", "ventricular rate": "heart_rate_bpm", "heart rate": "heart_rate_bpm",
    "atrial heart rate": "atrial_rate_bpm", "atrial rate": "atrial_rate_bpm", "rr interval": "rr_ms",
    "pp interval": "pp_ms", "p duration": "p_ms", "pr interval": "pr_ms", "qrs duration": "qrs_ms",
    "qt interval": "qt_ms", "qtc interval": "qtc_ms", "p axis": "p_axis_deg", "qrs axis": "qrs_axis_deg",
    "t axis": "t_axis_deg", "qtc bazett": "qtc_bazett_ms", "qtc fridericia": "qtc_fridericia_ms",
    "systolic blood pressure": "systolic_mmhg", "diastolic blood pressure": "diastolic_mmhg",
}  # fmt: skip

_AMPLITUDE = {"microvolt": "uV", "millivolt": "mV", "nanovolt": "nV", "volt": "V"}
# what one unit of a measurement is, in that of its name
_TIME_MS = {"ms": 1.0, "msec": 1.0, "millisecond": 1.0, "milliseconds": 1.0, "s": 1000.0, "sec": 1000.0, "us": 1e-3}
_PER_MINUTE = re.compile(r"(?:\{.*\}|1|bpm|beats?)?(?:/min(?:ute)?)?", re.IGNORECASE)
_WORD = re.compile(r"[^0-9a-z]+")
_UNIT_WORDS = {"/min": "bpm", "{H.B.}/min": "bpm", "mm[Hg]": "mmhg"}
# SCP-ECG and its converters write 29999 and the like for what wasn't measured; no interval, rate or pressure is so long
_MAX_VALUE = 10_000.0


class Code(NamedTuple):
    """A coded concept: ``MDC``, ``2:1``, ``Lead I``."""

    scheme: str
    value: str
    meaning: str


def code_of(data: DataSet | None, sequence: int) -> Code:
    """Return the first code of a sequence of codes; one of empty words when there is none."""
    item = data.item(sequence) if data is not None else None
    if item is None:
        return Code("", "", "")
    return Code(item.text(SCHEME), item.text(CODE_VALUE) or item.text(LONG_CODE_VALUE), item.text(MEANING))


def lead_name(code: Code, *, label: str) -> str:
    """Return the lead's standard name where code, meaning or label say it, else how the file calls the channel.

    Examples
    --------
    >>> lead_name(Code("MDC", "2:62", "aVR, augmented voltage, right"), label="")
    'aVR'
    >>> lead_name(Code("", "", ""), label="X")
    'X'
    """
    found = _LEAD_CODE.fullmatch(code.value)
    number = int(found["number"]) if found else 0
    if not found and code.scheme == "MDC" and code.value.isdigit():
        number = int(code.value[:9]) - _MDC_BLOCK
    if number in _LEAD_OF:
        return _LEAD_OF[number]
    meaning = re.split(r"[,(]", code.meaning)[0].strip()
    known = canonical_lead(code.value) or canonical_lead(meaning)
    if known:
        return known
    if code.value and found:
        return code.meaning or label or f"lead {code.value}"  # another lead of the nomenclature, whatever its label
    return canonical_lead(label) or label or code.meaning or code.value


def unit_of(code: Code) -> str:
    """Return the unit of amplitudes in UCUM; what the file says when it is none of volts; or nothing."""
    return _AMPLITUDE.get(code.value.lower()) or code.value or _AMPLITUDE.get(code.meaning.lower()) or code.meaning


def measured(code: Code, value: float, *, unit: Code) -> tuple[str, float] | None:
    """Return name and value of a measurement, None when it wasn't measured or its unit contradicts it.

    Examples
    --------
    >>> measured(Code("MDC", "2:16160", "QT interval global"), 0.4, unit=Code("UCUM", "s", "second"))
    ('qt_ms', 400.0)
    """
    known = _MEASUREMENT.get(code.value) or _MEASUREMENT.get(code.value.upper().removesuffix("_GL"))
    meaning = code.meaning.lower()
    other = (name for value, word, name in _TOLD_BY_MEANING if code.value == value and word in meaning)
    name = next(other, None) or known or _BY_MEANING.get(meaning)
    spelled = unit.value or unit.meaning
    if name is None:
        words = (
            *_WORD.split((code.meaning or code.value).lower()),
            *_WORD.split("" if spelled == "1" else _UNIT_WORDS.get(spelled, spelled).lower()),
        )
        return "_".join(word for word in words if word)[:100], value
    if name.endswith("_deg"):
        return (name, value) if abs(value) <= 360 else None  # some converters write ms as the unit of all measurements
    factor = _TIME_MS.get(spelled.lower()) if name.endswith("_ms") else 1.0
    if factor is None or (name.endswith("_bpm") and not _PER_MINUTE.fullmatch(spelled)):
        return None
    return (name, value * factor) if 0 < value * factor < _MAX_VALUE else None
