"""CODE-15 % in small, in both of its layouts."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
from scipy.io import savemat

from einthoven.cohort.sources.code15 import Code15

LABELS = ("1dAVb", "RBBB", "LBBB", "SB", "ST", "AF")
PADDING = 581  # zeros on either side of 7 s in 4,096 samples


def tracing(number: int, n_samples: int) -> np.ndarray:
    values = np.random.default_rng(number).normal(0, 1, (n_samples, 12)).astype(np.float32)
    values[0] = values[-1] = number + 1  # no zeros at the ends
    return values


def _row(number: int, trace_file: str, save_file: str) -> str:
    """Return a row of the table: abnormalities in turn, every other ECG the second of its patient."""
    flags = ",".join(str(number % 7 == place) for place in range(6))
    died = f"{number % 4 == 0},{1.5 + number}" if number % 2 == 0 else ","
    is_normal = number % 7 == 6
    person = f"{90 + number // 2},{died},{is_normal}"
    return f"{1000 + number},{40 + number},{number // 2 % 2 == 0},39.5,{flags},{person},{trace_file},{save_file}"


def _table(rows: list[str]) -> str:
    about = "exam_id,age,is_male,nn_predicted_age"
    return (
        "\n".join([f"{about},{','.join(LABELS)},patient_id,death,timey,normal_ecg,trace_file,save_file", *rows]) + "\n"
    )


def make_code15(folder: Path, *, n_records: int = 14) -> Code15:
    """Write ``exams.csv`` and two HDF5 files, in another order than the table and with an empty row at the end."""
    parts = [f"exams_part{number % 2}.hdf5" for number in range(n_records)]
    rows = [_row(number, part, "") for number, part in enumerate(parts)]
    (folder / "exams.csv").write_text(_table(rows))
    for part in sorted(set(parts)):
        numbers = [number for number in reversed(range(n_records)) if parts[number] == part]
        tracings = np.zeros((len(numbers) + 1, 4096, 12), np.float32)
        for row, number in enumerate(numbers):
            start = PADDING if number % 3 else 0
            tracings[row, start : 4096 - start] = tracing(number, 4096 - 2 * start)
        with h5py.File(folder / part, "w") as file:
            file["tracings"] = tracings
            file["exam_id"] = np.array([*(1000 + number for number in numbers), 0])
    return Code15(str(folder))


def make_code15_files(folder: Path, *, n_records: int = 7) -> Code15:
    """Write ``meta.csv`` and a MATLAB file per ECG, without padding."""
    (folder / "org").mkdir()
    names = [f"code_15_{1000 + number}.mat" for number in range(n_records)]
    (folder / "meta.csv").write_text(_table([_row(number, "", name) for number, name in enumerate(names)]))
    for number, name in enumerate(names):
        signal = tracing(number, 2934).T
        savemat(folder / "org" / name, {"feats": signal, "org_sample_rate": 400, "idx": number}, do_compression=True)
    return Code15(str(folder))
