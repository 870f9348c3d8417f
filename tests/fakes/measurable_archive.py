"""A folder of synthetic ECGs that can be measured, and files that can't be read."""

from __future__ import annotations

from pathlib import Path

from einthoven.ecg.formats import RecordLocation
from einthoven.ecg.formats.reading import find
from einthoven.ecg.formats.writing import write
from fakes.synthetic_ecg import synthetic_ecg


def write_ecgs(folder: Path, n_records: int = 4, *, bad=(), **options) -> list[RecordLocation]:
    """Write ECGs of 5 s whose rates differ and return where they lie; those in ``bad`` are cut off."""
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(n_records):
        path = folder / f"ecg{i:03d}.npz"
        fields = {"rate_hz": 250.0, "duration_s": 5.0, "rr_ms": 700.0 + 40 * i, "seed": i, "patient_id": f"p{i % 3}"}
        write(synthetic_ecg(**(fields | options)).record, path)
        if i in bad:
            (folder / f"bad{i:03d}.dcm").write_bytes(bytes(128) + b"DICM" + bytes(16))
            path.unlink()
    return sorted(find(folder).locations, key=lambda location: location.record_id[-3:])
