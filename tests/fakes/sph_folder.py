"""The data set of Shandong Provincial Hospital in small, as its owners lay it out."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from einthoven.cohort.sources.sph import Sph

# normal; sinus bradycardia and sinus arrhythmia; left ventricular hypertrophy, possible; right bundle branch block
CODES = ("1", "22;23", "142+312", "106")


def make_sph(folder: Path, *, n_records: int = 8, suffix: str = "", records: str = "records") -> Sph:
    """Write ``metadata.csv`` and an HDF5 file of half-precision numbers per ECG; return the settings."""
    (folder / records).mkdir(exist_ok=True)
    lines = ["ECG_ID,AHA_Code,Patient_ID,Age,Sex,N,Date"]
    for number in range(n_records):
        name, n_samples = f"A{number + 1:05d}", 5000 + 500 * (number % 3)
        signal = np.random.default_rng(number).normal(0, 0.3, (12, n_samples)).astype(np.float16)
        with h5py.File(folder / records / f"{name}.h5", "w") as file:
            file.create_dataset("ecg", data=signal, compression="gzip")
        about = f"S{number // 2 + 1:05d},{50 + number},{'MF'[number % 2]},{n_samples},2020-03-{number + 1:02d}"
        lines.append(f"{name}{suffix},{CODES[number % 4]},{about}")
    (folder / "metadata.csv").write_text("\n".join(lines) + "\n")
    return Sph(str(folder))
