"""EDF, EDF+ and BDF files written field by field from their specification, without any reader's code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from einthoven.ecg.formats import RecordLocation
from fakes.fake_format import Fake

RECORD_SAMPLES = 20  # 40 ms at 500 Hz


def write_edf(
    path: Path,
    digital: np.ndarray,
    leads: Sequence[str],
    *,
    bdf: bool = False,
    reserved: str = "",
    annotations: Sequence[bytes] | None = None,
    annotation_bytes: int = 120,
    record_samples: int = RECORD_SAMPLES,
    lengths: Sequence[int] | None = None,
    record_s: str = "0.04",
    patient: str = "X X X X",
    recording: str = "Startdate X X X X",
    start: tuple[str, str] = ("02.08.51", "11.12.13"),
    n_records: int | None = None,
    ranges: Sequence[tuple[object, object, object, object]] | None = None,
    unit: str = "uV",
    prefiltering: str = "HP:0.05Hz LP:150Hz N:50Hz",
    header_bytes: int | None = None,
) -> Path:
    """Write ``digital`` (signal, sample); the last record is filled up with its last sample.

    Parameters
    ----------
    annotations : sequence of bytes, optional
        One list per data record, for a signal behind the others.
    lengths : sequence of int, optional
        Samples a record of each signal, where they differ; ``digital`` is then cut accordingly.
    """
    width = 3 if bdf else 2
    lengths = list(lengths or [record_samples] * len(leads))
    rows = [np.asarray(row) for row in digital]
    records = -(-len(rows[0]) // lengths[0])
    half = 2 ** (8 * width - 1)
    spans = list(ranges or [(-half, half - 1, -half, half - 1)] * len(leads))
    labels, counts, units = list(leads), list(lengths), [unit] * len(leads)
    filters = [prefiltering] * len(leads)
    if annotations is not None:
        annotation_bytes = -(-annotation_bytes // (2 * width)) * 2 * width
        labels.append("BDF Annotations" if bdf else "EDF Annotations")
        counts.append(annotation_bytes // width)
        spans.append((-1, 1, -half, half - 1))
        units.append("")
        filters.append("")
    size = 256 * (1 + len(labels)) if header_bytes is None else header_bytes
    fixed = [(patient, 80), (recording, 80), (start[0], 8), (start[1], 8), (size, 8), (reserved, 44)]
    fixed += [(records if n_records is None else n_records, 8), (record_s, 8), (len(labels), 4)]
    columns = [(labels, 16), ([""] * len(labels), 80), (units, 8)]
    columns += [([span[which] for span in spans], 8) for which in range(4)]
    columns += [(filters, 80), (counts, 8), ([""] * len(labels), 32)]
    content = (b"\xffBIOSEMI" if bdf else b"0".ljust(8)) + b"".join(_field(value, size) for value, size in fixed)
    content += b"".join(_field(value, size) for values, size in columns for value in values)
    for record in range(records):
        for row, length in zip(rows, lengths, strict=True):
            cut = row[record * length : (record + 1) * length]
            cut = np.concatenate([cut, np.repeat(cut[-1:], length - len(cut))])
            content += b"".join((int(value) & (2 * half - 1)).to_bytes(width, "little") for value in cut)
        if annotations is not None:
            content += annotations[record].ljust(annotation_bytes, b"\0")
    path.write_bytes(content)
    return path


def onset(seconds: float) -> bytes:
    """Return the list that tells when a data record began."""
    return f"+{seconds:g}".encode() + b"\x14\x14\0"


def _field(value: object, width: int) -> bytes:
    return str(value).encode("latin-1").ljust(width)[:width]


def _fake(*, bdf: bool, plus: str = "") -> Fake:
    def fake(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
        digital = np.rint(signal_mv * 1000).astype(int)
        n_samples = digital.shape[1]
        # a data record has to be as long as divides the signal: EDF has no place for how many samples are meant
        length = next(length for length in range(RECORD_SAMPLES, 0, -1) if n_samples % length == 0)
        records = n_samples // length
        lists = [onset(record * length / 500) for record in range(records)]
        lists[0] += b"+0.02\x150.01\x14VEB\x14\0"
        suffix = "bdf" if bdf else "edf"
        path = write_edf(
            folder / f"rec.{suffix}",
            digital,
            [f"ECG {lead}" for lead in leads],
            bdf=bdf,
            reserved=f"{suffix.upper()}{plus}" if plus else "24BIT" if bdf else "",
            annotations=lists if plus else None,
            record_samples=length,
            record_s=f"{length / 500:g}",
            patient="MCH-0234567 F 02-MAY-1951 Haagse_Harry",
            recording="Startdate 02-AUG-2021 PSG-1234/2021 NN Telemetry03",
            start=("02.08.21", "11.12.13"),
        )
        return RecordLocation("rec", str(path), "edf", {})

    return fake


FAKES: dict[str, Fake] = {
    "edf": _fake(bdf=False),
    "edf-plus": _fake(bdf=False, plus="+C"),
    "edf-plus-d": _fake(bdf=False, plus="+D"),
    "bdf": _fake(bdf=True),
    "bdf-plus": _fake(bdf=True, plus="+C"),
}
