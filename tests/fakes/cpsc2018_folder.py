"""CPSC 2018 in small, in both releases: coded headers, and MATLAB structures with a table of classes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy import io

from einthoven.cohort.sources.cpsc2018 import Cpsc2018
from fakes.coded_header_files import AF, write_coded

REFERENCE = "Recording,First_label,Second_label,Third_label\nA0001,5,,\nA0002,1,,\nA0003,5,8,\n"


def make_cpsc2018(folder: Path) -> Cpsc2018:
    """Write headers with codes, and one of the first months of 2020 with abbreviations."""
    write_coded(folder / "g1", "A0001", dx=AF)
    write_coded(folder / "g1", "A0002", dx="RBBB,PVC", age="NaN", sex="Male")
    write_coded(folder / "g1", "A0003", dx="Normal", blank=" ")
    write_coded(folder / "g1", "Q0001", dx=AF)
    return Cpsc2018(str(folder))


def write_structure(path: Path, *, sex: str, age: float, seed: int = 0, compressed: bool = True) -> None:
    """Write what the owners' program saved: one structure ``ECG`` with the fields sex, age and data, in this order."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = np.random.default_rng(seed).normal(0, 0.2, (12, 3000))
    fields = np.empty((1, 1), dtype=[("sex", "O"), ("age", "O"), ("data", "O")])
    fields[0, 0] = (sex, np.array([[age]]), data)
    io.savemat(path, {"ECG": fields}, do_compression=compressed)


def make_cpsc2018_original(folder: Path) -> Cpsc2018:
    """Write structures in the folders of the download, with the table of classes in one of them."""
    write_structure(folder / "TrainingSet1" / "A0001.mat", sex="Male", age=74)
    write_structure(folder / "TrainingSet1" / "A0002.mat", sex="Female", age=float("nan"), seed=1)
    write_structure(folder / "TrainingSet3" / "A0003.mat", sex="Female", age=81, seed=2)
    (folder / "TrainingSet3" / "REFERENCE.csv").write_text(REFERENCE)
    return Cpsc2018(str(folder))
