"""Plain arrays of ECGs in each kind of file, with the layout that declares them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pyarrow as pa
from pyarrow import parquet
from scipy import io

from einthoven.ecg.formats import RecordLocation
from fakes.fake_format import Fake


def write_array(path: Path, array: np.ndarray) -> Path:
    """Write one array under the kind of file that the suffix of ``path`` names."""
    if path.suffix == ".npy":
        np.save(path, array)
    elif path.suffix == ".npz":
        np.savez_compressed(path, signal=array)
    elif path.suffix in {".csv", ".txt"}:
        np.savetxt(path, array, delimiter=",")
    elif path.suffix == ".parquet":
        parquet.write_table(pa.table({f"column {place}": column for place, column in enumerate(array.T)}), path)
    elif path.suffix == ".mat":
        io.savemat(path, {"signal": array})
    else:
        with h5py.File(path, "w") as file:
            file.create_dataset("signal", data=array)
    return path


def layout(**changes: Any) -> dict[str, Any]:
    """Return a complete declaration: 500 Hz, mV, the 12 leads, one record of (sample, lead)."""
    twelve = ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"]
    return {"axes": "sample,lead", "rate_hz": 500, "unit": "mV", "leads": twelve} | changes


def _fake(suffix: str) -> Fake:
    def fake(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
        path = write_array(folder / f"rec{suffix}", signal_mv.T * 1000)
        return RecordLocation("rec", str(path), "array", layout(unit="uV", leads=list(leads)))

    return fake


FAKES: dict[str, Fake] = {
    suffix: _fake(suffix) for suffix in (".npy", ".npz", ".csv", ".txt", ".h5", ".mat", ".parquet")
}
