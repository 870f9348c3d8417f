"""WFDB records with the comments of the PhysioNet/CinC Challenges: age, sex, SNOMED CT codes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fakes.wfdb_files import fake_digital, mat4_prefix, write_wfdb

AF, SINUS, PVC, RBBB = "164889003", "426783006", "164884008", "59118001"
PERSONS = (("63", "Male"), ("NaN", "Female"), ("34", "Unknown"))
CODES = (AF, f"{SINUS},{PVC}", RBBB)


def write_coded(folder: Path, name: str, *, dx: str, age: str = "50", sex: str = "F", blank: str = "") -> Path:
    """Write ``name.hea`` and ``name.mat``; ``blank`` is what some headers have after ``#``."""
    folder.mkdir(parents=True, exist_ok=True)
    digital = fake_digital(12, 60, seed=len(name))
    said = {"Age": age, "Sex": sex, "Dx": dx, "Rx": "Unknown"}
    return write_wfdb(
        folder,
        name,
        digital=digital,
        layout="+24",
        gain="1000/mv",
        start="12-May-2020 12:33:59",
        comments=[f"{blank}{key}: {value}" for key, value in said.items()],
        prefix=mat4_prefix(12, 60),
        suffix=".mat",
    )


def write_coded_folder(folder: Path, names: Sequence[str]) -> Path:
    """Write one record per name, with ages, sexes and codes in turn."""
    for place, name in enumerate(names):
        (age, sex), dx = PERSONS[place % len(PERSONS)], CODES[place % len(CODES)]
        write_coded((folder / name).parent, Path(name).name, dx=dx, age=age, sex=sex, blank=" " * (place % 2))
    return folder
