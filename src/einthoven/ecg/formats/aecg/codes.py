"""Codes of ISO/IEEE 11073-10102 (MDC) that annotated ECGs name measurements, waves and filters by."""

from __future__ import annotations

import re

__all__ = ["FILTER_PREFIX", "MDC_OID", "MEASUREMENT_CODES", "in_unit_of", "measurement_name", "wave_name"]

MDC_OID = "2.16.840.1.113883.6.24"
FILTER_PREFIX = "MDC_ECG_CTL_VBL_ATTR_FILTER_"

# first code of a measurement: the one that is written
MEASUREMENT_CODES = {
    "MDC_ECG_HEART_RATE": "heart_rate_bpm",
    "MDC_ECG_TIME_PD_RR": "rr_ms",
    "MDC_ECG_TIME_PD_PP": "pp_ms",
    "MDC_ECG_TIME_PD_P": "p_ms",
    "MDC_ECG_TIME_PD_PR": "pr_ms",
    "MDC_ECG_TIME_PD_PQ": "pr_ms",
    "MDC_ECG_TIME_PD_QRS": "qrs_ms",
    "MDC_ECG_TIME_PD_QT": "qt_ms",
    "MDC_ECG_TIME_PD_QTc": "qtc_ms",
    "MDC_ECG_TIME_PD_QTcB": "qtc_bazett_ms",
    "MDC_ECG_TIME_PD_QTcF": "qtc_fridericia_ms",
    "MDC_ECG_ANGLE_P_FRONT": "p_axis_deg",
    "MDC_ECG_ANGLE_QRS_FRONT": "qrs_axis_deg",
    "MDC_ECG_ANGLE_T_FRONT": "t_axis_deg",
    "MINDRAY_ECG_P_AXIS": "p_axis_deg",
    "MINDRAY_ECG_QRS_AXIS": "qrs_axis_deg",
    "MINDRAY_ECG_T_AXIS": "t_axis_deg",
}
_BY_UPPER_CODE = {code.upper(): name for code, name in MEASUREMENT_CODES.items()}
_WAVES = {"PWAVE": "P", "QRSWAVE": "QRS", "TWAVE": "T", "QWAVE": "Q", "RWAVE": "R", "SWAVE": "S", "UWAVE": "U"}
_DEGREES_PER_RADIAN = 57.29577951308232
_PER_UNIT = {
    "ms": {"ms": 1.0, "s": 1e3, "us": 1e-3, "min": 6e4},
    "bpm": {"bpm": 1.0, "/min": 1.0, "1/min": 1.0, "{beats}/min": 1.0, "{beat}/min": 1.0, "hz": 60.0, "/s": 60.0},
    "deg": {"deg": 1.0, "rad": _DEGREES_PER_RADIAN},
}
# a duration without unit is taken for milliseconds only where it could be nothing else
_SURE_MILLISECONDS = (5.0, 10_000.0)


def measurement_name(code: str, unit: str) -> str:
    """Return the name of a measurement; a code of no known one in snake case with its unit behind it.

    Examples
    --------
    >>> measurement_name("MDC_ECG_TIME_PD_QRS_GL", "ms"), measurement_name("MDC_ECG_AMPL_R", "uV")
    ('qrs_ms', 'ampl_r_uv')
    """
    upper = code.upper()
    known = _BY_UPPER_CODE.get(upper) or _BY_UPPER_CODE.get(upper.removesuffix("_GL"))
    if known:
        return known
    return "_".join(re.findall(r"[a-z0-9]+", f"{code.removeprefix('MDC_ECG_')} {unit}".lower()))


def in_unit_of(name: str, value: float, unit: str) -> float | None:
    """Return a value in the unit that the name ends in, None when its own unit is another quantity.

    Examples
    --------
    >>> in_unit_of("qrs_ms", 0.102, "s"), in_unit_of("qrs_ms", 102.0, ""), in_unit_of("p_axis_deg", 3.0, "mV")
    (102.0, 102.0, None)
    """
    factors = _PER_UNIT.get(name.rpartition("_")[2])
    if factors is None:
        return value
    if unit in ("", "1"):
        low, high = _SURE_MILLISECONDS
        return value if not name.endswith("_ms") or low <= value <= high else None
    factor = factors.get(unit.lower())
    return None if factor is None else round(value * factor, 9)


def wave_name(code: str) -> str:
    """Return the wave that a code of the wave component vocabulary stands for.

    Examples
    --------
    >>> wave_name("MDC_ECG_WAVC_PWAVE"), wave_name("MDC_ECG_WAVC_QRSTWAVE"), wave_name("MDC_ECG_WAVC_PEAK")
    ('P', 'QRST', 'peak')
    """
    bare = code.upper().removeprefix("MDC_ECG_WAVC_")
    return _WAVES.get(bare) or (bare.removesuffix("WAVE") if bare.endswith("WAVE") else bare.lower())
