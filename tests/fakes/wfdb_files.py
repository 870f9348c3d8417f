"""WFDB files written sample by sample from the format's description, with neither reader's code."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from einthoven.ecg.formats import RecordLocation
from fakes.fake_format import Fake

STANDARD = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")


def fake_digital(n_leads: int = 12, n_samples: int = 50, *, top: int = 2000, seed: int = 0) -> np.ndarray:
    """Return whole numbers (lead, sample) that every format of 12 bits or more can hold."""
    return np.random.default_rng(seed).integers(-top, top, (n_leads, n_samples))


def write_wfdb(
    folder: Path,
    name: str = "rec",
    *,
    digital: np.ndarray | None = None,
    leads: Sequence[str] = STANDARD,
    fmt: int = 16,
    layout: str = "",
    gain: str = "1000/mV",
    rate: str = "500",
    start: str = "",
    comments: Sequence[str] = (),
    prefix: bytes = b"",
    suffix: str = ".dat",
    sums: Sequence[int | str] | None = None,
) -> Path:
    """Write header and signal file; return the header's path. ``layout`` follows the format number, as in ``+24``."""
    digital = fake_digital(len(leads)) if digital is None else np.asarray(digital)
    sums = [int(row.sum()) & 0xFFFF for row in digital] if sums is None else sums
    lines = [f"{name} {len(leads)} {rate} {digital.shape[1]} {start}".strip()]
    for lead, row, total in zip(leads, digital, sums, strict=True):
        lines.append(f"{name}{suffix} {fmt}{layout} {gain} 16 0 {row[0]} {total} 0 {lead}")
    lines += [f"#{comment}" for comment in comments]
    values = [int(value) for value in digital.T.reshape(-1)]
    (folder / f"{name}{suffix}").write_bytes(prefix + ENCODERS[fmt](values))
    header = folder / f"{name}.hea"
    header.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return header


def mat4_prefix(n_leads: int, n_samples: int) -> bytes:
    """Return the 24 bytes that make a format 16 file a MATLAB 4 matrix named ``val``."""
    return struct.pack("<5i", 30, n_leads, n_samples, 0, 4) + b"val\0"


def _encode_16(values: Sequence[int]) -> bytes:
    return b"".join(struct.pack("<h", value) for value in values)


def _encode_24(values: Sequence[int]) -> bytes:
    return b"".join((value & 0xFFFFFF).to_bytes(3, "little") for value in values)


def _encode_32(values: Sequence[int]) -> bytes:
    return b"".join(struct.pack("<i", value) for value in values)


def _encode_61(values: Sequence[int]) -> bytes:
    return b"".join(struct.pack(">h", value) for value in values)


def _encode_80(values: Sequence[int]) -> bytes:
    return bytes(value + 128 for value in values)


def _encode_160(values: Sequence[int]) -> bytes:
    return b"".join(struct.pack("<H", value + 32768) for value in values)


def _encode_212(values: Sequence[int]) -> bytes:
    encoded = bytearray()
    for first, second in zip(values[::2], [*values[1::2], 0], strict=False):
        a, b = first & 0xFFF, second & 0xFFF
        encoded += bytes([a & 0xFF, a >> 8 | b >> 8 << 4, b & 0xFF])
    return bytes(encoded[: (len(values) * 3 + 1) // 2])


def _encode_311(values: Sequence[int]) -> bytes:
    padded = [*values, *[0] * (-len(values) % 3)]
    triplets = zip(padded[::3], padded[1::3], padded[2::3], strict=True)
    return b"".join(struct.pack("<I", a & 0x3FF | (b & 0x3FF) << 10 | (c & 0x3FF) << 20) for a, b, c in triplets)


ENCODERS: dict[int, Callable[[Sequence[int]], bytes]] = {
    16: _encode_16,
    24: _encode_24,
    32: _encode_32,
    61: _encode_61,
    80: _encode_80,
    160: _encode_160,
    212: _encode_212,
    311: _encode_311,
}


def _fake(suffix: str, fmt: int, layout: str = "") -> Fake:
    def fake(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
        digital = np.rint(signal_mv * 1000).astype(int)
        prefix = mat4_prefix(*digital.shape) if suffix == ".mat" else b""
        header = write_wfdb(folder, digital=digital, leads=leads, fmt=fmt, layout=layout, prefix=prefix, suffix=suffix)
        return RecordLocation("rec", str(header), "wfdb", {})

    return fake


FAKES: dict[str, Fake] = {
    "16": _fake(".dat", 16),
    "212": _fake(".dat", 212),
    "24": _fake(".dat", 24),
    "32": _fake(".dat", 32),
    "mat": _fake(".mat", 16, "+24"),
}
