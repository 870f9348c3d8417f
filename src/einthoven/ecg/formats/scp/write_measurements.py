"""Measurements of a record as sections 7 and 10 of SCP-ECG (EN 1064, clauses 5.10 and 5.13)."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from einthoven.ecg.formats.scp.leads import LEAD_CODES
from einthoven.ecg.formats.scp.measurements import (
    AXES,
    LEAD_MEASUREMENTS,
    NO_AXIS,
    NOT_MEASURED,
    ONSETS,
    QTC_NAMES,
)

__all__ = ["lead_measurement_section", "measurement_section"]

UNKNOWN = 29999
MAX_VALUE = 19998  # above are the marks for what was not measured
LEAD_VALUES = 50  # the standard reserves those behind the named ones
RATES = ("rr_ms", "pp_ms", "heart_rate_bpm", "atrial_rate_bpm", *QTC_NAMES.values(), "qtc_ms")
INTERVALS = ("p_ms", "pr_ms", "qrs_ms", "qt_ms")


def measurement_section(measurements: Mapping[str, float]) -> bytes:
    """Return the body of section 7: one reference beat, no spikes, no types of complexes; empty without measurements.

    Where only intervals are known, the first onset among them is put at 0 ms: the times say nothing but their
    differences unless a reference beat is stored.
    """
    if not any(name in measurements for name in (*RATES, *INTERVALS, *ONSETS, *AXES)):
        return b""
    times = measurements if any(name in measurements for name in ONSETS) else _times(measurements)
    head = struct.pack("<BBHH", 1, 0, _whole(measurements, "rr_ms"), _whole(measurements, "pp_ms"))
    onsets = struct.pack("<5H", *(_whole(times, name) for name in ONSETS))
    axes = struct.pack("<3h", *(_axis(measurements.get(name)) for name in AXES))
    code, name = next(((code, name) for code, name in QTC_NAMES.items() if name in measurements), (0, "qtc_ms"))
    rates = (
        _whole(measurements, "heart_rate_bpm"),
        _whole(measurements, "atrial_rate_bpm"),
        _whole(measurements, name),
    )
    return head + onsets + axes + struct.pack("<HHHHBH", 0, *rates, code, 0)


def lead_measurement_section(by_lead: Mapping[str, Mapping[str, float]]) -> bytes:
    """Return the body of section 10, empty where no lead has a measurement that the standard knows."""
    blocks = b""
    count = 0
    for lead, values in by_lead.items():
        if lead not in LEAD_CODES or not set(values) & set(LEAD_MEASUREMENTS):
            continue
        numbers = [_signed(values.get(name)) if name else 0 for name in LEAD_MEASUREMENTS]
        numbers += [0] * (LEAD_VALUES - len(numbers))
        blocks += struct.pack(f"<HH{LEAD_VALUES}h", LEAD_CODES[lead], 2 * LEAD_VALUES, *numbers)
        count += 1
    return struct.pack("<HH", count, 0) + blocks if count else b""


def _times(measurements: Mapping[str, float]) -> dict[str, float]:
    """Return onsets that are the known intervals apart."""
    known = {name: measurements[name] for name in INTERVALS if name in measurements}
    times: dict[str, float] = {}
    if "pr_ms" in known or not {"qrs_ms", "qt_ms"} & set(known):
        times["p_onset_ms"] = 0.0
        if "p_ms" in known:
            times["p_offset_ms"] = known["p_ms"]
    if {"pr_ms", "qrs_ms", "qt_ms"} & set(known):
        times["qrs_onset_ms"] = onset = known.get("pr_ms", 0.0)
        times |= {"qrs_offset_ms": onset + known["qrs_ms"]} if "qrs_ms" in known else {}
        times |= {"t_offset_ms": onset + known["qt_ms"]} if "qt_ms" in known else {}
    return times


def _whole(values: Mapping[str, float], name: str) -> int:
    value = values.get(name)
    return round(value) if value is not None and 0 <= value <= MAX_VALUE else UNKNOWN


def _axis(value: float | None) -> int:
    return round(value) if value is not None and abs(value) <= 360 else NO_AXIS


def _signed(value: float | None) -> int:
    return round(value) if value is not None and abs(value) <= MAX_VALUE and value not in NOT_MEASURED else UNKNOWN
