"""What the machine measured, of an SCP-ECG record (EN 1064, clauses 5.10 and 5.13: sections 7 and 10)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from einthoven.ecg.formats.scp.leads import lead_name
from einthoven.ecg.formats.scp.sections import Section

__all__ = ["LEAD_MEASUREMENTS", "NOT_MEASURED", "Measured", "lead_measurements", "measurements"]

# not computed, lead rejected, wave not present; all bits set is not of the standard but written
NOT_MEASURED = frozenset({29999, 29998, 19999, 65535})
NO_AXIS = 999
BLOCK_BYTES, SPIKE_BYTES, SPIKE_DETAIL_BYTES = 16, 4, 6
QTC_NAMES = {1: "qtc_bazett_ms", 2: "qtc_hodges_ms"}
ONSETS = ("p_onset_ms", "p_offset_ms", "qrs_onset_ms", "qrs_offset_ms", "t_offset_ms")
AXES = ("p_axis_deg", "qrs_axis_deg", "t_axis_deg")
# between which onsets an interval lies
INTERVALS = {
    "p_ms": ("p_onset_ms", "p_offset_ms"),
    "pr_ms": ("p_onset_ms", "qrs_onset_ms"),
    "qrs_ms": ("qrs_onset_ms", "qrs_offset_ms"),
    "qt_ms": ("qrs_onset_ms", "t_offset_ms"),
}
# in the order of the file; codes of morphology and quality, which are no measurements, have no name
LEAD_MEASUREMENTS = (
    *("p_ms", "pr_ms", "qrs_ms", "qt_ms", "q_ms", "r_ms", "s_ms", "r_prime_ms", "s_prime_ms"),
    *("q_uv", "r_uv", "s_uv", "r_prime_uv", "s_prime_uv", "j_uv", "p_positive_uv", "p_negative_uv"),
    *("t_positive_uv", "t_negative_uv", "st_slope_uv_per_s", "", "", "isoelectric_begin_ms", "isoelectric_end_ms"),
    *("intrinsicoid_deflection_ms", "", "st_j20_uv", "st_j60_uv", "st_j80_uv", "st_rr16_uv", "st_rr8_uv"),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Section 7: measurements by name, and when pacemaker spikes were, in s from the first sample."""

    values: dict[str, float]
    spikes_s: tuple[float, ...]


def measurements(section: Section, *, with_onsets: bool) -> Measured:
    """Return what section 7 says of the reference beat and of the whole recording.

    PR, QRS and QT are not stored: they are the times between the onsets and ends that are.

    Parameters
    ----------
    section : Section
    with_onsets : bool
        Whether the record holds the reference beat, without which times within it say nothing.
    """
    n_blocks, n_spikes, rr, pp = section.unpack("BBHH")
    values = {name: float(value) for name, value in (("rr_ms", rr), ("pp_ms", pp)) if _measured(value)}
    at = 6
    if n_blocks and at + BLOCK_BYTES <= len(section.body):
        values |= _reference_block(section, at, with_onsets=with_onsets)
    at += n_blocks * BLOCK_BYTES
    end = min(at + n_spikes * SPIKE_BYTES, len(section.body) - SPIKE_BYTES + 1)
    spikes = [section.unpack("H", spike)[0] / 1000 for spike in range(at, end, SPIKE_BYTES)]
    at += n_spikes * (SPIKE_BYTES + SPIKE_DETAIL_BYTES)
    if at + 2 <= len(section.body):
        values |= _rates(section, at + 2 + section.unpack("H", at)[0])
    return Measured(values, tuple(spikes))


def _measured(value: int) -> bool:
    return value != 0 and value not in NOT_MEASURED


def _reference_block(section: Section, at: int, *, with_onsets: bool) -> dict[str, float]:
    numbers = section.unpack("5H3h", at)
    times = {name: float(value) for name, value in zip(ONSETS, numbers[:5], strict=True) if value not in NOT_MEASURED}
    axes = {
        name: float(value)
        for name, value in zip(AXES, numbers[5:], strict=True)
        if abs(value) != NO_AXIS and value not in NOT_MEASURED
    }
    intervals = {
        name: times[end] - times[begin]
        for name, (begin, end) in INTERVALS.items()
        if begin in times and end in times and times[end] > times[begin]
    }
    return (times if with_onsets else {}) | intervals | axes


def _rates(section: Section, at: int) -> dict[str, float]:
    """Return what follows the types of the complexes; writers leave it out."""
    if at + 7 > len(section.body):
        return {}
    ventricular, atrial, qtc, formula = section.unpack("HHHB", at)
    named = (("heart_rate_bpm", ventricular), ("atrial_rate_bpm", atrial), (QTC_NAMES.get(formula, "qtc_ms"), qtc))
    return {name: float(value) for name, value in named if _measured(value)}


def lead_measurements(section: Section) -> dict[str, dict[str, float]]:
    """Return what section 10 says of each lead, by lead and name.

    Raises
    ------
    UnreadableFileError
        When it is cut short.
    """
    count, _ = section.unpack("HH")
    # some writers count the 4 bytes of a lead's head into its length
    for head_counted in (0, 4):
        found = _lead_blocks(section, count, head_counted=head_counted)
        if found is not None:
            return found
    raise section.error(f"is too short for the measurements of {count} leads")


def _lead_blocks(section: Section, count: int, *, head_counted: int) -> dict[str, dict[str, float]] | None:
    found: dict[str, dict[str, float]] = {}
    at = 4
    for _ in range(count):
        if at + 4 > len(section.body):
            return None
        code, size = section.unpack("HH", at)
        size -= head_counted
        if size < 0 or at + 4 + size > len(section.body):
            return None
        numbers = np.frombuffer(section.body, "<i2", size // 2, at + 4).tolist()
        named = zip(LEAD_MEASUREMENTS, numbers, strict=False)
        values = {name: float(value) for name, value in named if name and value not in {*NOT_MEASURED, -32768}}
        if values:
            found[lead_name(code)] = values
        at += 4 + size
    return found
