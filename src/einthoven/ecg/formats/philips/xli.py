"""XLI, the compression of Philips' Sierra ECG files: 10-bit LZW over second differences, one chunk per lead.

Philips publishes no description; the facts are those of sierra-ecg-tools (C. A. Watford, MIT licence,
github.com/sixlettervariables/sierra-ecg-tools): a chunk is its length (int32), a number that is 1 (int16), the first
second difference (int16), then LZW codes of 10 bits, most significant bit first, of which 1023 ends the lead. They
unpack to the high bytes of all samples, then the low bytes: two samples, and from then on second differences plus 64.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import UnreadableFileError

__all__ = ["rebuilt_limb_leads", "unpacked_leads"]

_CHUNK = struct.Struct("<ihh")
_END = 1023
_BYTES = tuple(bytes((value,)) for value in range(256))
# a new entry per code but the first, up to the one before the end mark
_GROWING = _END - len(_BYTES) + 1
_BIAS = 64
_INT16 = np.iinfo(np.int16)


def unpacked_leads(content: bytes, *, n_leads: int, n_samples: int, where: str) -> NDArray[np.int16]:
    """Return int16 (lead, sample) as the chunks hold them; what follows the last named lead is left out.

    The recorder always writes 16 chunks, the last of them zeros where it has 12 leads.

    Parameters
    ----------
    content : bytes
    n_leads, n_samples : int
        As declared; a chunk that unpacks to fewer or more samples is refused before it takes more memory than that.
    where : str
        Names the file in errors.

    Raises
    ------
    UnreadableFileError
        When a chunk is missing, truncated, damaged or larger than declared; names lead and byte.
    """
    chunks = _chunks(content, n_leads=n_leads, where=where)
    # a code stands for 767 bytes at most: no file of this size can hold what is declared
    if 2 * n_samples > min(len(codes) for codes, _ in chunks) * _GROWING:
        raise UnreadableFileError(f"{where} declares {n_samples} samples a lead, more than its XLI data can hold")
    leads = np.empty((n_leads, n_samples), dtype=np.int16)
    for row, (codes, first) in enumerate(chunks):
        lead = f"{where}: XLI chunk {row + 1}"
        leads[row] = _integrated(_words(_decompressed(codes, 2 * n_samples, lead=lead)), first, lead=lead)
    return leads


def rebuilt_limb_leads(stored: NDArray[np.int16], *, where: str) -> NDArray[np.int16]:
    """Return the leads with III, aVR, aVL and aVF instead of their differences from what I and II give.

    Parameters
    ----------
    stored : int16 (lead, sample)
        The first six rows are I, II, III, aVR, aVL, aVF.
    where : str
    """
    one, two, three, right, left, foot = stored[:6].astype(np.int32)
    three = two - one - three
    rebuilt = np.stack([three, -right - (one + two) // 2, (one - three) // 2 - left, (two + three) // 2 - foot])
    leads = stored.copy()
    leads[2:6] = _within_int16(rebuilt, lead=f"{where}: a limb lead")
    return leads


def _chunks(content: bytes, *, n_leads: int, where: str) -> list[tuple[NDArray[np.uint16], int]]:
    """Return the LZW codes of each lead, and its first second difference."""
    found = []
    offset = 0
    for row in range(n_leads):
        if len(content) < offset + _CHUNK.size:
            raise UnreadableFileError(
                f"{where} is truncated: its XLI data ({len(content)} bytes) end after {row} of {n_leads} leads"
            )
        size, _, first = _CHUNK.unpack_from(content, offset)
        offset += _CHUNK.size
        if not 0 < size <= len(content) - offset:
            raise UnreadableFileError(
                f"{where}: XLI chunk {row + 1} at byte {offset - _CHUNK.size} declares {size} bytes, "
                f"{len(content) - offset} are left: damaged or truncated"
            )
        found.append((_codes(content[offset : offset + size]), first))
        offset += size
    return found


def _codes(packed: bytes) -> NDArray[np.uint16]:
    """Return the 10-bit codes before the end mark, four from five bytes."""
    count = len(packed) * 8 // 10
    fives = np.frombuffer(packed + bytes(-len(packed) % 5), dtype=np.uint8).reshape(-1, 5).astype(np.uint16)
    codes = np.empty((len(fives), 4), dtype=np.uint16)
    for place in range(4):
        kept = 6 - 2 * place  # bits of the second byte that belong to the next code
        codes[:, place] = (fives[:, place] << (2 + 2 * place) | fives[:, place + 1] >> kept) & _END
    flat = codes.reshape(-1)[:count]
    ends = np.flatnonzero(flat == _END)
    return flat[: ends[0]] if ends.size else flat


def _decompressed(codes: NDArray[np.uint16], n_bytes: int, *, lead: str) -> bytes:
    first, *growing = codes[:_GROWING].tolist()
    if first >= len(_BYTES):
        raise UnreadableFileError(f"{lead} is damaged: its first LZW code {first} refers to an entry yet to come")
    table = list(_BYTES)
    previous = table[first]
    pieces = [previous]
    for known, code in enumerate(growing, len(_BYTES)):
        if code < known:
            piece = table[code]
        elif code == known:
            piece = previous + previous[:1]
        else:
            raise UnreadableFileError(f"{lead} is damaged: LZW code {len(pieces)} refers to an entry yet to come")
        pieces.append(piece)
        table.append(previous + piece[:1])
        previous = piece
    settled = codes[_GROWING:]
    lengths = np.fromiter(map(len, table), dtype=np.int64, count=len(table))
    total = sum(map(len, pieces)) + int(lengths[settled].sum())
    if total != n_bytes:
        raise UnreadableFileError(
            f"{lead} holds {total / 2:g} samples, {n_bytes // 2} are declared: truncated or damaged"
        )
    pieces.extend(map(table.__getitem__, settled.tolist()))
    return b"".join(pieces)


def _words(unpacked: bytes) -> NDArray[np.int64]:
    halves = np.frombuffer(unpacked, dtype=np.uint8).reshape(2, -1)
    words: NDArray[np.int16] = (halves[0].astype(np.uint16) << 8 | halves[1]).view(np.int16)
    return words.astype(np.int64)


def _integrated(words: NDArray[np.int64], first: int, *, lead: str) -> NDArray[np.int16]:
    """Return the samples of which the words are two samples and second differences.

    ``x[k] = 2 x[k-1] - x[k-2] - d[k]`` with ``d[2] = first`` and ``d[k] = words[k-1] - 64``.
    """
    if words.size > 2:
        differences = words[1:-1] - _BIAS
        differences[0] = first
        slopes = words[1] - words[0] - np.cumsum(differences)
        words[2:] = words[1] + np.cumsum(slopes)
    return _within_int16(words, lead=lead)


def _within_int16(samples: NDArray[np.signedinteger], *, lead: str) -> NDArray[np.int16]:
    """Return the samples as int16; beyond that the data are damaged, XLI has no other checksum."""
    if samples.min() < _INT16.min or samples.max() > _INT16.max:
        raise UnreadableFileError(f"{lead} goes beyond the 16 bits that it had before compression: damaged")
    return samples.astype(np.int16)
