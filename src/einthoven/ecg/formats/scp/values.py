"""Values of the leads in sections 5 and 6 of SCP-ECG, differences undone (EN 1064, clauses 5.8 and 5.9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats.scp.huffman import HuffmanTables
from einthoven.ecg.formats.scp.huffman_stream import huffman_values
from einthoven.ecg.formats.scp.sections import Section

__all__ = ["Block", "block"]

HEAD_BYTES = 6
MAX_LENGTH = 0xFFFF


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Section 5 or 6 before decoding.

    Attributes
    ----------
    section : Section
    step_nv : int
        What one stored unit is worth (the amplitude value multiplier).
    interval_us : int
        Between two stored samples; of a decimated signal outside the protected zones.
    bimodal : bool
    difference : int
        0: amplitudes; 1, 2: first or second differences.
    streams : tuple of bytes
        Encoded data of each lead.
    lengths_overflowed : bool
        Whether leads are longer than the 16 bits of their lengths can say.
    """

    section: Section
    step_nv: int
    interval_us: int
    bimodal: bool
    difference: int
    streams: tuple[bytes, ...]
    lengths_overflowed: bool = False

    def values(self, row: int, count: int, tables: HuffmanTables | None, *, lead: str) -> NDArray[Any]:
        """Return the first ``count`` values of a lead, as they were before differences were taken.

        Returns
        -------
        int16 (value,) but for values of Huffman tables that were no differences: int64
        """
        stream = self.streams[row]
        if tables is not None:
            values = huffman_values(stream, count, tables, section=self.section, lead=lead)
        elif len(stream) < 2 * count:
            raise self.section.error(f"holds {len(stream) // 2:,} of {count:,} samples of lead {lead}")
        else:
            values = np.frombuffer(stream, "<i2", count)
        return _summed(values, self.difference)


def block(section: Section, *, n_leads: int, plain_samples: Sequence[int] = ()) -> Block:
    """Return what a section of samples says, its leads not yet decoded.

    Parameters
    ----------
    section : Section
    n_leads : int
    plain_samples : sequence of int
        How many samples of 16 bits each lead should have, where none is coded. A lead of more than 32,767 needs more
        bytes than the 16 bits of its length can say; some writers keep the lowest 16.

    Raises
    ------
    UnreadableFileError
        When it is cut short, or its encoding is not one of the standard's.
    """
    step_nv, interval_us, difference, bimodal = section.unpack("HHBB")
    if difference > 2:
        raise section.error(f"has samples of encoding {difference}, where 0, 1 and 2 are known", at=4)
    if interval_us == 0:
        raise section.error("gives no time between two samples (0)", at=2)
    sizes = section.unpack(f"{n_leads}H", HEAD_BYTES)
    at = HEAD_BYTES + 2 * n_leads
    whole = tuple(2 * count for count in plain_samples)
    overflowed = max(whole, default=0) > MAX_LENGTH and at + sum(whole) <= len(section.body)
    overflowed = overflowed and sizes == tuple(size & MAX_LENGTH for size in whole)
    sizes = whole if overflowed else sizes
    section.require(at, sum(sizes))
    streams = []
    for size in sizes:
        streams.append(section.body[at : at + size])
        at += size
    return Block(section, step_nv, interval_us, bool(bimodal), difference, tuple(streams), overflowed)


def _summed(values: NDArray[Any], difference: int) -> NDArray[Any]:
    if difference == 0 or values.size < 2:
        return values
    values = values.astype(np.int64)
    if difference == 2:  # x[n] = d[n] + 2 x[n-1] - x[n-2], the first two samples as they are
        values[1] -= values[0]
        np.cumsum(values[1:], out=values[1:])
    # encoders subtract in 16 bits, so that sums beyond wrap back to where they were
    return np.cumsum(values).astype(np.int16)
