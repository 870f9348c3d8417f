"""AliveCor's ATC files (Kardia), after its "ATC File Format Specification" 1.1 to 1.7 (github.com/alivecor/ATCpy).

Tagged blocks behind a signature; one block of 16-bit samples per lead, in nanovolts per unit. Little-endian.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Mapping
from datetime import datetime

import numpy as np

from einthoven.ecg.formats.decoded import About, Channels, Decoded
from einthoven.ecg.formats.patient_words import parse_timestamp
from einthoven.ecg.formats.single_file import single_file_format
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Annotation
from einthoven.errors import ChecksumError, LeadError, SignalError, UnreadableFileError

__all__ = ["FORMAT", "decode", "recognises"]

_SIGNATURE = b"ALIVE\0\0\0"
# file version: 2 up to specification 1.4, then one per edition; 5 is 1.7
_VERSIONS = (1, 2, 3, 4, 5)
_FIRST_BLOCK = 12
_MAX_BLOCKS = 256
_LEAD_SUFFIXES = " 23456789abc"  # of the block names, "ecg " for lead I to "ecgc" for V6
_FLAG_MAINS_IS_60_HZ = 1 << 1
_FILTERS = (
    (1 << 2, "mains filter {mains} Hz"),
    (1 << 3, "low-pass"),
    (1 << 4, "high-pass 0.1 Hz"),
    (1 << 5, "notch {mains} Hz"),
    (1 << 6, "AliveCor enhanced filter"),
)
_INFO = struct.Struct("<32s40s44s32s32s32s52s")
_BEATS = ("unknown beat", "normal beat", "ventricular beat", "atrial beat", "fusion beat", "junctional beat", "paced")


def recognises(head: bytes) -> bool:
    """Return whether a file begins with the signature of ATC."""
    return head.startswith(_SIGNATURE)


def decode(content: bytes, *, where: str) -> Decoded:
    """Return what an ATC file holds; raise a RecordError that names the block and its offset."""
    if not recognises(content):
        raise UnreadableFileError(f"{where} doesn't begin with AliveCor's signature: it is no ATC file")
    blocks = _blocks(content, where=where)
    if "fmt " not in blocks:
        raise UnreadableFileError(f"{where} has no 'fmt ' block, which says rate and amplitude: export it again")
    kind, rate, resolution_nv, flags = struct.unpack_from("<BHHB", _of_length(blocks, "fmt ", 6, where=where))
    if kind != 1:
        raise UnreadableFileError(f"{where} stores samples in format {kind}; 16-bit integers (1) are read")
    rhythm = _channels(blocks, "ecg", resolution_nv=resolution_nv, rate=rate, where=where)
    if rhythm is None:
        raise LeadError(f"{where} holds no lead: it has the blocks {', '.join(sorted(blocks))}")
    notes: list[str] = []
    try:
        beat = _channels(blocks, "med", resolution_nv=resolution_nv, rate=rate, where=where) or _channels(
            blocks, "avg", resolution_nv=resolution_nv, rate=rate, where=where
        )
    except SignalError as error:
        beat = None
        notes.append(f"average beat left out: {error}")
    mains = 60 if flags & _FLAG_MAINS_IS_60_HZ else 50
    return Decoded(
        rhythm=rhythm,
        about=_about(blocks, notes, where=where),
        median_beat=beat,
        annotations=_beats(blocks, notes),
        device_filters=tuple(name.format(mains=mains) for bit, name in _FILTERS if flags & bit),
        notes=tuple(notes),
    )


def _blocks(content: bytes, *, where: str) -> dict[str, bytes]:
    """Return the body of each block by its name, checksums verified."""
    if len(content) < _FIRST_BLOCK:
        raise UnreadableFileError(f"{where} is truncated: it ends inside the header")
    version = int.from_bytes(content[8:12], "little")
    if version not in _VERSIONS:
        raise UnreadableFileError(f"{where} is ATC version {version}; versions 1 to {_VERSIONS[-1]} are read")
    blocks: dict[str, bytes] = {}
    at = _FIRST_BLOCK
    while at < len(content):
        name = content[at : at + 4].decode("latin-1")
        length = int.from_bytes(content[at + 4 : at + 8], "little")
        end = at + 8 + length
        if end + 4 > len(content):
            raise UnreadableFileError(
                f"{where} is truncated or damaged: block {name!r} at byte {at} ends at byte {end + 4}, "
                f"the file at {len(content)}"
            )
        if name in blocks:
            raise UnreadableFileError(f"{where} has block {name!r} twice, again at byte {at}: export it again")
        if len(blocks) >= _MAX_BLOCKS:
            raise UnreadableFileError(f"{where} has more than {_MAX_BLOCKS} blocks: it is damaged")
        _check(content[at:end], int.from_bytes(content[end : end + 4], "little"), f"{where}: block {name!r} at {at}")
        blocks[name] = content[at + 8 : end]
        at = end + 4
    return blocks


def _check(block: bytes, stored: int, which: str) -> None:
    """Compare with the sum of all bytes, which recorders write; the text of specification 1.7 calls it a CRC32."""
    summed = int(np.frombuffer(block, np.uint8).sum(dtype=np.uint64)) & 0xFFFFFFFF
    if stored not in (summed, zlib.crc32(block)):
        raise ChecksumError(f"{which} has checksum {summed}, its file says {stored}: copy or export it again")


def _of_length(blocks: Mapping[str, bytes], name: str, length: int, *, where: str) -> bytes:
    if len(blocks[name]) < length:
        raise UnreadableFileError(f"{where}: block {name!r} has {len(blocks[name])} bytes, it needs {length}")
    return blocks[name]


def _channels(
    blocks: Mapping[str, bytes], prefix: str, *, resolution_nv: int, rate: int, where: str
) -> Channels | None:
    names = {f"{prefix}{suffix}": lead for suffix, lead in zip(_LEAD_SUFFIXES, STANDARD_LEADS, strict=True)}
    stored = {lead: blocks[name] for name, lead in names.items() if name in blocks}
    lengths = {len(samples) for samples in stored.values()}
    if len(lengths) > 1 or any(length % 2 for length in lengths):
        sizes = ", ".join(f"{lead} {len(samples)}" for lead, samples in stored.items())
        raise SignalError(f"{where}: blocks {prefix!r} must hold 16-bit samples, as many in each lead; bytes: {sizes}")
    if not stored:
        return None
    return Channels(
        digital=np.stack([np.frombuffer(samples, "<i2") for samples in stored.values()]),
        names=tuple(stored),
        step=(float(resolution_nv),) * len(stored),
        unit="nV",
        sampling_rate_hz=float(rate),
    )


def _about(blocks: Mapping[str, bytes], notes: list[str], *, where: str) -> About:
    if "info" not in blocks:
        return About(device="AliveCor")
    fields = _INFO.unpack_from(_of_length(blocks, "info", _INFO.size, where=where))
    recorded, recording_id, phone_id, _, _, hardware, device_data = (
        field.partition(b"\0")[0].decode("utf-8", "replace").strip() for field in fields
    )
    serial = re.search(r"\bS(?:N|ER)=([^,]+)", device_data)
    return About(
        time=_time(recorded, notes),
        device=f"AliveCor {hardware}".strip(),
        identifiers=(recording_id, phone_id, serial[1] if serial else ""),
    )


def _time(recorded: str, notes: list[str]) -> datetime | None:
    time = parse_timestamp(recorded)
    if recorded and time is None:
        notes.append(f"time of recording not understood: {recorded!r}")
    return time


def _beats(blocks: Mapping[str, bytes], notes: list[str]) -> tuple[Annotation, ...]:
    body = blocks.get("ann ", b"")
    if len(body) < 4:
        return ()
    ticks_per_second = int.from_bytes(body[:4], "little")
    if ticks_per_second == 0 or (len(body) - 4) % 6:
        notes.append("beat annotations left out: their block is damaged")
        return ()
    return tuple(
        Annotation(tick / ticks_per_second, _BEATS[kind] if kind < len(_BEATS) else f"beat type {kind}")
        for tick, kind in struct.iter_unpack("<IH", body[4:])
    )


FORMAT = single_file_format(
    "kardia", title="AliveCor Kardia ATC 1.1 to 1.7", decode=decode, recognises=recognises, max_bytes=1 << 28
)
