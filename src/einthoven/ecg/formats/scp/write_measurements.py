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

__all__ = ["has_places", "lead_measurement_section", "measurement_section"]

UNKNOWN = 29999
MAX_VALUE = 19998  # above are the marks for what was not measured
LEAD_VALUES = 50  # the standard reserves those behind the named ones
RATES = ("rr_ms", "pp_ms", "heart_rate_bpm", "atrial_rate_bpm", *QTC_NAMES.values(), "qtc_ms")
INTERVALS = ("p_ms", "pr_ms", "qrs_ms", "qt_ms")


def measurement_section(measurements: Mapping[str, float]) -> bytes:
    """Return the body of section 7: one reference beat, no spikes, no types of complexes; empty without measurements.

    The standard stores times within the reference beat, no intervals. Those that are known go before times that differ
    from them, as after a reader's correction; where only they are known, the first onset is put at 0 ms: the times say
    nothing but their differences unless a reference beat is stored.
    """
    if not any(name in measurements for name in (*RATES, *INTERVALS, *ONSETS, *AXES)):
        return b""
    times = _times(measurements)
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


def has_places(measurements: Mapping[str, float]) -> bool:
    """Return whether it is known where in the representative beat the measured intervals lie."""
    told = {"qrs_onset_ms"} & set(measurements) or {"p_onset_ms", "pr_ms"} <= set(measurements)
    return bool(told) or not set(INTERVALS) & set(measurements)


def _times(measurements: Mapping[str, float]) -> dict[str, float]:
    """Return times that are the known intervals apart, about the onset of QRS where its place in the beat is known."""
    times = {name: measurements[name] for name in ONSETS if name in measurements}
    known = {name: measurements[name] for name in INTERVALS if name in measurements}
    if {"pr_ms", "qrs_ms", "qt_ms"} & set(known):
        times.setdefault("qrs_onset_ms", times.get("p_onset_ms", 0.0) + known.get("pr_ms", 0.0))
    if "pr_ms" in known:
        times["p_onset_ms"] = times["qrs_onset_ms"] - known["pr_ms"]
    elif not times and "p_ms" in known:
        times["p_onset_ms"] = 0.0
    ends = (("p_offset_ms", "p_onset_ms", "p_ms"), ("qrs_offset_ms", "qrs_onset_ms", "qrs_ms"))
    for end, onset, interval in (*ends, ("t_offset_ms", "qrs_onset_ms", "qt_ms")):
        if interval in known and onset in times:
            times[end] = times[onset] + known[interval]
    return times


def _whole(values: Mapping[str, float], name: str) -> int:
    value = values.get(name)
    return round(value) if value is not None and 0 <= value <= MAX_VALUE else UNKNOWN


def _axis(value: float | None) -> int:
    return round(value) if value is not None and abs(value) <= 360 else NO_AXIS


def _signed(value: float | None) -> int:
    return round(value) if value is not None and abs(value) <= MAX_VALUE and value not in NOT_MEASURED else UNKNOWN
