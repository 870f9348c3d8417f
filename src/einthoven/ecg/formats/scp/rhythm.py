"""The recording of an SCP-ECG record, all compression undone (EN 1064, clauses 5.6 to 5.9: sections 3 to 6)."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats.decoded import Channels
from einthoven.ecg.formats.scp.beats import Beats
from einthoven.ecg.formats.scp.bimodal import Expansion, expansion
from einthoven.ecg.formats.scp.huffman import HuffmanTables
from einthoven.ecg.formats.scp.leads import Lead, LeadDefinition
from einthoven.ecg.formats.scp.values import Block
from einthoven.errors import UnreadableFileError

__all__ = ["ReferenceBeat", "Rhythm", "reference_beat", "rhythm"]

MAX_FACTOR = 8  # recorders decimate by 4, the standard's own factor
# one writer keeps the length of a lead in 16 bits whatever the lead's length: 65,534 bytes are 32,767 samples
OVERFLOWED_SAMPLES = 32767
# leads recorded one after the other leave gaps in the array of all of them
MAX_CELLS_PER_BYTE = 32
MIN_CELLS_ALLOWED = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceBeat:
    """The reference beat: integers (sample,) per lead, in ``step_nv``, ``interval_us`` apart."""

    rows: tuple[NDArray[Any], ...]
    step_nv: int
    interval_us: int

    def channels(self, leads: Sequence[Lead]) -> Channels:
        """Return the beat as signals."""
        return Channels(
            digital=_narrowest(np.stack(self.rows)),
            names=[lead.name for lead in leads],
            step=[self.step_nv] * len(leads),
            unit="nV",
            sampling_rate_hz=1e6 / self.interval_us,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Rhythm:
    """The recording; ``first`` is the number of its first sample."""

    channels: Channels
    first: int
    resampling: str
    notes: tuple[str, ...]


def reference_beat(block: Block, leads: Sequence[Lead], *, beat_ms: int, tables: HuffmanTables | None) -> ReferenceBeat:
    """Return the decoded section 5, ``beat_ms`` long."""
    count = beat_ms * 1000 // block.interval_us
    if count == 0:
        raise block.section.error(f"holds a reference beat of {beat_ms} ms, {block.interval_us} us between two samples")
    rows = tuple(block.values(row, count, tables, lead=lead.name) for row, lead in enumerate(leads))
    return ReferenceBeat(rows, block.step_nv, block.interval_us)


def rhythm(
    block: Block,
    definition: LeadDefinition,
    *,
    beats: Beats | None,
    beat: ReferenceBeat | None,
    bimodal: bool,
    tables: HuffmanTables | None,
) -> Rhythm:
    """Return the recording.

    Parameters
    ----------
    block : Block
        Section 6.
    definition : LeadDefinition
    beats : Beats, optional
        Section 4; needed where a reference beat was subtracted or the signal decimated.
    beat : ReferenceBeat, optional
        Section 5, likewise.
    bimodal : bool
        Whether the flag of bimodal compression is set and means it in this version.
    tables : HuffmanTables, optional
        None where values are stored as they are.
    """
    factor = _decimation(block, beat, compressed=bimodal or definition.subtracted)
    leads, notes = _leads_held(block, definition.leads, tables, factor=factor)
    _refuse_empty_claims(block, leads, factor=factor)
    added = beat if definition.subtracted else None
    step_nv = _common_step_nv(block, added) if added else block.step_nv
    plans = _plans(leads, beats, factor=factor)
    rows = []
    for row, lead in enumerate(leads):
        plan = plans.get((lead.first, lead.last))
        stored = block.values(row, plan.n_stored if plan else lead.n_samples, tables, lead=lead.name)
        samples = plan(stored) if plan else stored
        if added is not None and beats is not None and step_nv:
            samples = samples.astype(np.int64) * (block.step_nv // step_nv)
            _add_beat(samples, added.rows[row].astype(np.int64) * (added.step_nv // step_nv), lead, beats, block=block)
        rows.append(samples)
    digital, absent, first = _aligned(rows, leads)
    channels = Channels(
        digital=digital,
        names=[lead.name for lead in leads],
        step=[step_nv] * len(leads),
        unit="nV",
        sampling_rate_hz=1e6 * factor / block.interval_us,
        absent=absent,
    )
    resampling = f"stored at 1/{factor} of the rate outside the QRS complexes, interpolated" if factor > 1 else ""
    return Rhythm(channels, first, resampling, tuple(notes))


def _common_step_nv(block: Block, beat: ReferenceBeat) -> int:
    """Return the largest step that both steps are multiples of, 0 (which is refused later) where one is 0."""
    return math.gcd(block.step_nv, beat.step_nv) if block.step_nv and beat.step_nv else 0


def _plans(leads: Sequence[Lead], beats: Beats | None, *, factor: int) -> dict[tuple[int, int], Expansion]:
    """Return how decimated leads are rebuilt, by their first and last sample; nothing where none was decimated."""
    if beats is None or factor == 1:
        return {}
    spans = {(lead.first, lead.last): lead for lead in leads}
    return {span: expansion(lead, beats, factor=factor) for span, lead in spans.items()}


def _decimation(block: Block, beat: ReferenceBeat | None, *, compressed: bool) -> int:
    """Return by how much the rate was lowered outside the protected zones; section 5 keeps the full rate."""
    if not compressed:
        return 1
    if beat is None:
        raise block.section.error("is compressed with a reference beat, and section 5 that holds it is missing")
    factor, rest = divmod(block.interval_us, beat.interval_us)
    if rest or not 1 <= factor <= MAX_FACTOR:
        raise block.section.error(
            f"has {block.interval_us} us between samples, section 5 {beat.interval_us} us: one must be 1 to "
            f"{MAX_FACTOR} times the other",
            at=2,
        )
    return factor


def _leads_held(
    block: Block, leads: tuple[Lead, ...], tables: HuffmanTables | None, *, factor: int
) -> tuple[tuple[Lead, ...], list[str]]:
    """Return the leads with the samples that are there: fewer than declared after an overflow of the writer's."""
    if block.lengths_overflowed:
        return leads, ["the lengths of the leads overflowed their 16 bits when the file was written; no sample is lost"]
    if tables is not None or factor > 1:
        return leads, []
    held = {len(stream) // 2 for stream in block.streams}
    declared = {lead.n_samples for lead in leads}
    if held != {OVERFLOWED_SAMPLES} or min(declared) <= OVERFLOWED_SAMPLES:
        return leads, []
    note = (
        f"the file declares {max(declared):,} samples a lead and holds {OVERFLOWED_SAMPLES:,}: the length of a lead "
        "has 16 bits, which overflowed when it was written; the end of the recording is missing"
    )
    return tuple(dataclasses.replace(lead, last=lead.first + OVERFLOWED_SAMPLES - 1) for lead in leads), [note]


def _refuse_empty_claims(block: Block, leads: Sequence[Lead], *, factor: int) -> None:
    """Refuse numbers of samples for which the file has not got the bits, before memory is taken for them."""
    for lead, stream in zip(leads, block.streams, strict=True):
        if lead.n_samples > 8 * factor * len(stream):
            raise block.section.error(f"has {len(stream):,} bytes for {lead.n_samples:,} samples of lead {lead.name}")
    span = max(lead.last for lead in leads) - min(lead.first for lead in leads) + 1
    allowed = max(MIN_CELLS_ALLOWED, MAX_CELLS_PER_BYTE * len(block.section.body))
    if span * len(leads) > allowed:
        raise UnreadableFileError(
            f"{block.section.where}: section 3 spreads {len(leads)} leads over {span:,} samples, for which section 6 "
            f"with {len(block.section.body):,} bytes is too short: export it again"
        )


def _add_beat(samples: NDArray[np.int64], beat: NDArray[np.int64], lead: Lead, beats: Beats, *, block: Block) -> None:
    """Add the reference beat where it had been subtracted: at complexes of its kind, fiducial on fiducial."""
    own = beats.kind == 0
    # sample s of the recording lies under sample s - shift of the beat; both are counted from 1
    shift = beats.fiducial[own] - beats.beat_fiducial
    first = np.maximum.reduce([beats.first[own], shift + 1, np.full(shift.size, lead.first)])
    last = np.minimum.reduce([beats.last[own], shift + beat.size, np.full(shift.size, lead.last)])
    lengths = np.maximum(last - first + 1, 0)
    if lengths.sum() > 4 * samples.size:  # zones may touch, not lie upon one another
        raise block.section.error("had the reference beat subtracted in zones (section 4) that overlap")
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    number = np.repeat(first, lengths) + within
    np.add.at(samples, number - lead.first, beat[number - np.repeat(shift, lengths) - 1])


def _aligned(rows: Sequence[NDArray[Any]], leads: Sequence[Lead]) -> tuple[NDArray[Any], NDArray[np.bool_] | None, int]:
    first, last = min(lead.first for lead in leads), max(lead.last for lead in leads)
    if all((lead.first, lead.last) == (first, last) for lead in leads):
        return _narrowest(np.stack(rows)), None, first
    digital = np.zeros((len(leads), last - first + 1), np.int64)
    absent = np.ones(digital.shape, np.bool_)
    for target, gap, row, lead in zip(digital, absent, rows, leads, strict=True):
        there = slice(lead.first - first, lead.last - first + 1)
        target[there], gap[there] = row, False
    return _narrowest(digital), absent, first


def _narrowest(digital: NDArray[Any]) -> NDArray[Any]:
    if digital.dtype == np.int16:
        return digital
    low, high = digital.min(initial=0), digital.max(initial=0)
    for kind in (np.int16, np.int32):
        if low >= np.iinfo(kind).min and high <= np.iinfo(kind).max:
            return digital.astype(kind)
    return digital
