"""A small archive of WFDB files and its store, for tests of ingest."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from einthoven.ecg.formats import RecordLocation, locate
from einthoven.ecg.input_spec import FilterSpec, IngestSpec
from fakes.wfdb_files import write_wfdb

LEADS = ("I", "II", "V1")
SPEC = IngestSpec(leads=LEADS, rate_hz=100.0, filter=FilterSpec(kind="none"))


def write_archive(folder: Path, n_records: int = 10, *, lengths=(300,), bad=()) -> list[RecordLocation]:
    """Write records of a few leads at 200 Hz and return where they lie; those in ``bad`` lack half of their samples."""
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(n_records):
        digital = np.random.default_rng(i).integers(-900, 900, (len(LEADS), lengths[i % len(lengths)]))
        header = write_wfdb(folder, f"rec{i:03d}", digital=digital, leads=LEADS, rate="200")
        if i in bad:
            data = header.with_suffix(".dat")
            data.write_bytes(data.read_bytes()[: data.stat().st_size // 2])
    return locate(folder)


def tree(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
