"""Statements, measurements and marks in the annotations of a DICOM waveform (PS3.3, C.10.10)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from einthoven.ecg.formats.dicom.codes import Code, code_of, measured
from einthoven.ecg.formats.dicom.dataset import DataSet
from einthoven.ecg.formats.dicom.waveform import Group
from einthoven.ecg.leads import canonical_lead
from einthoven.ecg.record import Annotation

__all__ = ["Annotations", "read_annotations"]

ANNOTATIONS = 0x0040B020
_UNITS, _NAME, _CONCEPT, _TEXT_VALUE, _NUMERIC = 0x004008EA, 0x0040A043, 0x0040A168, 0x0040A160, 0x0040A30A
_REFERENCED, _RANGE, _POSITIONS, _TIME_OFFSETS, _GROUP = 0x0040A0B0, 0x0040A130, 0x0040A132, 0x0040A138, 0x0040A180
_UNFORMATTED = 0x00700006
# recorders that convert from SCP-ECG number the marks of single beats from 100; those of a smaller group lie in the
# representative beat, whatever waveform they refer to
_FIRST_BEAT = 100
_ENDS = (" begins", " ends")
# with each review Mortara's systems add the report under a higher number, its last line says what became of it
_REPORT_STATE = re.compile(r"(un)?confirmed report", re.IGNORECASE)
_MAX_MARKS = 192  # 16 in each of 12 channels: what has more in several channels is of all
_BEAT_MARKS = {
    "5.10.3-1": "p_onset_ms",
    "5.10.3-2": "p_offset_ms",
    "5.10.3-3": "qrs_onset_ms",
    "5.10.3-4": "qrs_offset_ms",
    "5.10.3-5": "t_offset_ms",
}
_BEAT_MARK_BY_MEANING = {name.removesuffix("_ms").replace("_", " "): name for name in _BEAT_MARKS.values()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotations:
    """What the annotations say; fields as in ``Decoded`` and ``About``."""

    statements: list[str] = field(default_factory=list)
    original_statements: list[str] = field(default_factory=list)
    measurements: dict[str, float] = field(default_factory=dict)
    lead_measurements: dict[str, dict[str, float]] = field(default_factory=dict)
    marks: list[Annotation] = field(default_factory=list)


def read_annotations(
    data: DataSet,
    groups: Sequence[Group],
    *,
    starts_s: Mapping[int, float],
    beat: Group | None,
    first_position: int = 1,
) -> Annotations:
    """Return what the annotations say of the recording.

    Parameters
    ----------
    data : DataSet
    groups : sequence of Group
    starts_s : mapping of the number of a group to seconds
        Where the groups of the recording begin; marks in other groups are left out.
    beat : Group, optional
        The representative beat, whose marks are measurements.
    first_position : int
        Of a first sample: 1 by the standard.
    """
    found = Annotations()
    reports: list[tuple[float, str]] = []
    for item in data.items(ANNOTATIONS):
        name = code_of(item, _NAME)
        referenced = _referenced(item)
        positions = [position - first_position for position in item.numbers(_POSITIONS)]
        offsets_s = item.numbers(_TIME_OFFSETS)
        numeric = item.number(_NUMERIC)
        words = item.text(_UNFORMATTED) or item.text(_TEXT_VALUE) or code_of(item, _CONCEPT).meaning
        if numeric is not None:
            _add_measurement(found, groups, name, numeric, item=item, referenced=referenced)
        elif positions and beat is not None and _in_beat(item, beat, positions, referenced):
            _add_beat_mark(found, name, positions[0], beat=beat)
        elif positions or offsets_s:
            label = " ".join(word for word in (name.meaning or name.value, words) if word)
            _add_marks(found, groups, item, label=label, positions=positions, referenced=referenced, starts_s=starts_s)
        elif words:
            reports.append((item.number(_GROUP) or 0.0, words))
    _add_statements(found, reports)
    return found


def _add_statements(found: Annotations, reports: Sequence[tuple[float, str]]) -> None:
    """Add the statements of the last review, and those before any; all of them where no state tells reports apart."""
    lines = [(number, words) for number, words in reports if not _REPORT_STATE.fullmatch(words)]
    numbers = {number for number, _ in lines}
    reviewed = len(lines) < len(reports) and len(numbers) > 1
    first, last = min(numbers, default=0.0), max(numbers, default=0.0)
    found.statements.extend(words for number, words in lines if not reviewed or number == last)
    found.original_statements.extend(words for number, words in lines if reviewed and number == first)


def _referenced(item: DataSet) -> list[tuple[int, int]]:
    """Return pairs of group and channel, both from 1; channel 0 stands for all."""
    numbers = [int(number) for number in item.numbers(_REFERENCED)][:1024]
    return list(zip(numbers[::2], numbers[1::2], strict=False))


def _lead(groups: Sequence[Group], group: int, channel: int) -> str | None:
    if not 1 <= group <= len(groups) or not 1 <= channel <= len(groups[group - 1].channels):
        return None
    return canonical_lead(groups[group - 1].channels[channel - 1].name)


def _add_measurement(
    found: Annotations,
    groups: Sequence[Group],
    name: Code,
    value: float,
    *,
    item: DataSet,
    referenced: Sequence[tuple[int, int]],
) -> None:
    known = measured(name, value, unit=code_of(item, _UNITS))
    if known is None or not known[0]:
        return
    leads = {_lead(groups, group, channel) for group, channel in referenced if channel} - {None}
    if not leads:
        found.measurements.setdefault(*known)
    for lead in sorted(lead for lead in leads if lead):
        found.lead_measurements.setdefault(lead, {}).setdefault(*known)


def _in_beat(item: DataSet, beat: Group, positions: Sequence[float], referenced: Sequence[tuple[int, int]]) -> bool:
    if any(group == beat.number for group, _ in referenced):
        return True
    number = item.number(_GROUP)
    within = positions[0] < beat.digital.shape[1]
    return number is not None and number < _FIRST_BEAT and within and code_of(item, _NAME).scheme == "SCPECG"


def _add_beat_mark(found: Annotations, name: Code, position: float, *, beat: Group) -> None:
    measurement = _BEAT_MARKS.get(name.value) or _BEAT_MARK_BY_MEANING.get(name.meaning.lower())
    if measurement and position >= 0:
        found.measurements.setdefault(measurement, position / beat.sampling_rate_hz * 1000)


def _add_marks(
    found: Annotations,
    groups: Sequence[Group],
    item: DataSet,
    *,
    label: str,
    positions: Sequence[float],
    referenced: Sequence[tuple[int, int]],
    starts_s: Mapping[int, float],
) -> None:
    """Add a mark per position and channel; a range gives one for each of its ends."""
    kind = item.text(_RANGE).upper()
    offsets_s = item.numbers(_TIME_OFFSETS)
    places = referenced or [(next(iter(starts_s)), 0)]
    if len(places) > 1 and len(places) * max(len(positions), len(offsets_s)) > _MAX_MARKS:
        places = [(places[0][0], 0)]
    for group, channel in places:
        if group not in starts_s or not 1 <= group <= len(groups):
            continue
        rate = groups[group - 1].sampling_rate_hz
        times_s = [position / rate for position in positions] or offsets_s
        for index, time_s in enumerate(times_s):
            end = _ENDS[index % 2] if kind in {"SEGMENT", "MULTISEGMENT"} else ""
            found.marks.append(Annotation(starts_s[group] + time_s, f"{label}{end}", _lead(groups, group, channel)))
