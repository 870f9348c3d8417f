"""Which multiplex groups of a DICOM waveform are the recording, and how they lie beside each other in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from einthoven.ecg.formats.decoded import Channels
from einthoven.ecg.formats.dicom.waveform import Channel, Group
from einthoven.ecg.leads import STANDARD_LEADS, canonical_lead
from einthoven.errors import SignalError

__all__ = ["Rhythm", "median_beat", "rhythm"]

# groups further apart than this are two recordings
_MAX_STRETCH = 4


@dataclass(frozen=True, slots=True, eq=False)
class Rhythm:
    """The recording; ``starts_s`` says for each group in it where on the recording's axis of time it begins."""

    channels: Channels
    starts_s: dict[int, float]
    filters: tuple[str, ...]
    notes: tuple[str, ...]


def rhythm(groups: Sequence[Group], *, where: str) -> Rhythm:
    """Return the recording: the original group with most standard leads, the longest of those.

    Groups of the same rate that add standard leads (2.5 s of three leads each, as on paper) are laid beside it at their
    own times; where a lead wasn't recorded its samples are absent. All other groups are named in the notes.

    Raises
    ------
    SignalError
        When all groups are representative beats.
    """
    recorded = [group for group in groups if not group.median]
    candidates = [group for group in recorded if group.original] or recorded
    if not candidates:
        raise SignalError(f"{where} holds a representative beat only, no recording: leave it out")
    ranked = sorted(candidates, key=lambda group: (-len(set(group.leads)), -group.duration_s, group.number))
    used = _that_add_leads(ranked)
    left_out = [group for group in recorded if group not in used]
    notes = [note for group in used for note in group.notes]
    notes += [
        f"{group.named()} of {len(group.channels)} channels, {group.duration_s:g} s, {group.sampling_rate_hz:g} Hz "
        "is left out"
        for group in left_out
    ]
    if len(used) == 1:
        only = used[0]
        return Rhythm(only.as_channels(), {only.number: 0.0}, _filters(only.channels), tuple(notes))
    return _beside_each_other(used, notes)


def median_beat(groups: Sequence[Group], recording: Rhythm) -> Group | None:
    """Return the representative beat: labelled so, or derived, short, and not part of the recording."""
    labelled = [group for group in groups if group.median]
    derived = [
        group
        for group in groups
        if not group.original and group.number not in recording.starts_s and group.duration_s <= 2
    ]
    return next(iter(labelled or derived), None)


def _that_add_leads(ranked: Sequence[Group]) -> list[Group]:
    used = [ranked[0]]
    leads = set(ranked[0].leads)
    for group in ranked[1:]:
        if len(leads) == len(STANDARD_LEADS):
            break
        fits = group.sampling_rate_hz == used[0].sampling_rate_hz and _length([*used, group]) <= _MAX_STRETCH * max(
            member.digital.shape[1] for member in [*used, group]
        )
        if set(group.leads) - leads and fits:
            used.append(group)
            leads |= set(group.leads)
    return used


def _starts(groups: Sequence[Group]) -> list[int]:
    """Return the first sample of each group on the axis of time that they share."""
    offsets_s = [group.offset_s or 0.0 for group in groups]
    return [round((offset - min(offsets_s)) * groups[0].sampling_rate_hz) for offset in offsets_s]


def _length(groups: Sequence[Group]) -> int:
    return max(start + len(group.digital[0]) for start, group in zip(_starts(groups), groups, strict=True))


def _beside_each_other(groups: Sequence[Group], notes: list[str]) -> Rhythm:
    starts, length = _starts(groups), _length(groups)
    rows: list[tuple[Group, int, int]] = []
    taken: set[str] = set()
    for group, start in zip(groups, starts, strict=True):
        for row, channel in enumerate(group.channels):
            lead = canonical_lead(channel.name)
            if lead is None or lead not in taken:
                rows.append((group, row, start))
        taken |= set(group.leads)
    digital = np.zeros((len(rows), length), dtype=np.result_type(*(group.digital.dtype for group in groups)))
    absent = np.ones(digital.shape, dtype=np.bool_)
    for target, (group, row, start) in enumerate(rows):
        end = start + group.digital.shape[1]
        digital[target, start:end] = group.digital[row]
        absent[target, start:end] = False if group.absent is None else group.absent[row]
    members = [group.channels[row] for group, row, _ in rows]
    rate = groups[0].sampling_rate_hz
    said = "at their own times" if any(group.offset_s is not None for group in groups) else "as simultaneous"
    notes.append(f"{' and '.join(group.named() for group in groups)} are read {said}")
    channels = Channels(
        digital=digital,
        names=[channel.name for channel in members],
        step=[channel.step for channel in members],
        unit=[channel.unit for channel in members],
        offset=[channel.offset for channel in members],
        sampling_rate_hz=rate,
        absent=absent if absent.any() else None,
    )
    starts_s = {group.number: start / rate for group, start in zip(groups, starts, strict=True)}
    return Rhythm(channels, starts_s, _filters(members), tuple(notes))


def _filters(channels: Sequence[Channel]) -> tuple[str, ...]:
    """Return the filters; those of some channels only with the names of these."""
    found: dict[str, list[str]] = {}
    for channel in channels:
        for words in channel.filters:
            found.setdefault(words, []).append(channel.name)
    return tuple(
        words if len(names) == len(channels) else f"{words} ({', '.join(names)})" for words, names in found.items()
    )
