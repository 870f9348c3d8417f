"""Signals in one array and labels in one CSV: 12 ECGs of 100 Hz of as many patients."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from einthoven.cohort.sources.arrays import Arrays
from fakes.wfdb_files import STANDARD


def make_arrays(folder: Path, *, n_records: int = 12, seed: int = 0) -> Arrays:
    """Write ``signals.npy`` and ``labels.csv``; return the settings that declare them."""
    signals = np.random.default_rng(seed).integers(-900, 900, (n_records, 1000, 12)).astype(np.int16)
    np.save(folder / "signals.npy", signals)
    rows = [f"{row},{40 + row},{'FM'[row % 2]},{row % 3 == 0:d}" for row in range(n_records)]
    (folder / "labels.csv").write_text("\n".join(["patient,age,sex,super_MI", *rows]) + "\n")
    return Arrays(
        path=str(folder),
        signals="signals.npy",
        table="labels.csv",
        axes="record,sample,lead",
        rate_hz=100,
        unit="uV",
        leads=STANDARD,
        columns={"patient_id": "patient", "age_years": "age", "sex": "sex"},
    )
