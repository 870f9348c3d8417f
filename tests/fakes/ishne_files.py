"""ISHNE Holter files written field by field from Badilini's description, without any reader's code."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from einthoven.ecg.formats import RecordLocation
from fakes.fake_format import Fake

NAMES = ("X", "Y", "Z", "I", "II", "III", "AVR", "AVL", "AVF", "V1", "V2", "V3", "V4", "V5", "V6")
CODES = dict(zip(NAMES, range(2, 17), strict=True))


def crc_ccitt(data: bytes) -> int:
    """Return the checksum bit by bit: polynomial 0x1021 from 0xFFFF."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def write_ishne(
    path: Path,
    digital: np.ndarray,
    leads: Sequence[str],
    *,
    text: bytes = b"",
    n_samples: int | None = None,
    n_leads: int | None = None,
    codes: Sequence[int] | None = None,
    quality: Sequence[int] = (),
    resolution_nv: Sequence[int] = (),
    rate: int = 500,
    first: str = "Ada",
    last: str = "van Dijk",
    patient_id: str = "P-17",
    sex: int = 2,
    birth: tuple[int, int, int] = (9, 6, 1960),
    day: tuple[int, int, int] = (31, 12, 2010),
    clock: tuple[int, int, int] = (8, 9, 10),
    recorder: str = "H12+",
    checksum: int | None = None,
    text_begin: int = 522,
    ecg_begin: int | None = None,
) -> Path:
    """Write ``digital`` (lead, sample) and return the path."""
    digital = np.asarray(digital)
    used = [CODES[lead.upper()] for lead in leads] if codes is None else list(codes)
    per_lead = digital.shape[1] if n_samples is None else n_samples
    header = struct.pack("<4ih", len(text), per_lead, text_begin, ecg_begin or 522 + len(text), 1)
    header += _text(first, 40) + _text(last, 40) + _text(patient_id, 20) + struct.pack("<2h", sex, 0)
    header += struct.pack("<12h", *birth, *day, *(1, 1, 2011), *clock)
    header += struct.pack("<h", len(leads) if n_leads is None else n_leads)
    for values in (used, list(quality) or [0] * len(leads), list(resolution_nv) or [1000] * len(leads)):
        header += struct.pack("<12h", *values, *[-9] * (12 - len(values)))
    header += struct.pack("<h", 0) + _text(recorder, 40) + struct.pack("<h", rate)
    header = header.ljust(512, b"\0") + text
    crc = crc_ccitt(header) if checksum is None else checksum
    samples = b"".join(struct.pack(f"<{len(row)}h", *row) for row in digital.T.tolist())
    path.write_bytes(b"ISHNE1.0" + struct.pack("<H", crc) + header + samples)
    return path


def _text(text: str, width: int) -> bytes:
    return text.encode("latin-1").ljust(width, b"\0")


def _fake(text: bytes) -> Fake:
    def fake(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
        path = write_ishne(folder / "rec.ecg", np.rint(signal_mv * 1000).astype(int), leads, text=text)
        return RecordLocation("rec", str(path), "ishne", {})

    return fake


FAKES: dict[str, Fake] = {"plain": _fake(b""), "with-text": _fake(b"palpitations at night\0")}
