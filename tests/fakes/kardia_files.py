"""AliveCor ATC files written block by block from the format's specification."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from einthoven.ecg.formats import RecordLocation
from fakes.fake_format import Fake
from fakes.wfdb_files import STANDARD

BLOCK_OF = dict(zip((lead.upper() for lead in STANDARD), " 23456789abc", strict=True))


def byte_sum(block: bytes) -> int:
    """Return the checksum that recorders write."""
    return sum(block) & 0xFFFFFFFF


def atc_block(name: str, body: bytes, *, checksum: Callable[[bytes], int] = byte_sum) -> bytes:
    """Return a block with its head and checksum."""
    block = name.encode("ascii") + struct.pack("<I", len(body)) + body
    return block + struct.pack("<I", checksum(block))


def info_body(
    *,
    recorded: str = "2018-10-10T11:13:11-0700",
    recording_id: str = "788bfcc8-8ea8-47a2-b1fb-b9a92d4ea08d",
    phone_id: str = "",
    phone: str = "iOS Test Device",
    software: str = "UniversalMonitorTest v1",
    hardware: str = "triangle",
    device_data: str = "SN=AC6L100010,BAT=55",
) -> bytes:
    """Return the body of an info block."""
    words = (recorded, recording_id, phone_id, phone, software, hardware, device_data)
    return struct.pack("<32s40s44s32s32s32s52s", *(word.encode() for word in words))


def atc_file(
    digital: np.ndarray,
    leads: Sequence[str],
    *,
    version: int = 3,
    rate: int = 500,
    resolution_nv: int = 1000,
    flags: int = 2,
    info: bytes | None = None,
    more: Sequence[bytes] = (),
    checksum: Callable[[bytes], int] = byte_sum,
) -> bytes:
    """Return a whole file of (lead, sample) whole numbers; ``more`` blocks stand at its end."""
    blocks = [
        atc_block("info", info_body() if info is None else info, checksum=checksum),
        atc_block("fmt ", struct.pack("<BHHBH", 1, rate, resolution_nv, flags, 0), checksum=checksum),
    ]
    for lead, row in zip(leads, digital, strict=True):
        samples = b"".join(struct.pack("<h", int(value)) for value in row)
        blocks.append(atc_block(f"ecg{BLOCK_OF[lead.upper()]}", samples, checksum=checksum))
    return b"ALIVE\0\0\0" + struct.pack("<I", version) + b"".join([*blocks, *more])


def _fake(version: int, checksum: Callable[[bytes], int] = byte_sum) -> Fake:
    def fake(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
        path = folder / "rec.atc"
        digital = np.rint(signal_mv * 1000).astype(int)
        path.write_bytes(atc_file(digital, leads, version=version, checksum=checksum))
        return RecordLocation("rec", str(path), "kardia", {})

    return fake


FAKES: dict[str, Fake] = {"1.4": _fake(2), "1.7": _fake(5), "1.7-crc": _fake(5, zlib.crc32)}
