"""NPZ files as the reader's docstring describes them, written with zipfile and struct alone."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from einthoven.ecg.formats import RecordLocation
from fakes.fake_format import Fake


def npy(samples: np.ndarray) -> bytes:
    """Return float32 (lead, sample) as a .npy file of version 1.0."""
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {samples.shape}, }}"
    padded = header.ljust(-(-(len(header) + 11) // 64) * 64 - 11) + "\n"
    values = b"".join(struct.pack("<f", value) for value in samples.reshape(-1).tolist())
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(padded)) + padded.encode() + values


def description(leads: Sequence[str], **changes: Any) -> dict[str, Any]:
    """Return a description that is complete, and says nothing but what it must."""
    provenance = {
        "original_unit": "mV",
        "original_step_mv": [0.001] * len(leads),
        "leads_stored": [],
        "leads_derived": [],
        "device_filters": [],
        "resampling": "",
        "deidentification": "",
        "notes": [],
    }
    silent: dict[str, Any] = dict.fromkeys(("patient_id", "time", "age_years", "device", "median_beat"))
    empty: dict[str, Any] = {name: [] for name in ("statements", "original_statements", "annotations")}
    maps: dict[str, Any] = {"measurements": {}, "lead_measurements": {}, "provenance": provenance}
    said = {"schema": 1, "leads": list(leads), "sampling_rate_hz": 500.0, "unit": "mV", "sex": "U"}
    return {**silent, **empty, **maps, **said, **changes}


def write_npz(path: Path, about: Any, members: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write the archive with its description first."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("einthoven.json", json.dumps(about), compress_type=zipfile.ZIP_STORED)
        for name, content in members.items():
            archive.writestr(name, content, compress_type=compression)
    return path


def _fake(compression: int) -> Fake:
    def fake(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
        members = {"signal.npy": npy(signal_mv)}
        path = write_npz(folder / "rec.npz", description(leads), members, compression=compression)
        return RecordLocation("rec", str(path), "npz", {})

    return fake


FAKES: dict[str, Fake] = {"deflated": _fake(zipfile.ZIP_DEFLATED), "stored": _fake(zipfile.ZIP_STORED)}
