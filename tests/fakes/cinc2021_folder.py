"""The training folder of the PhysioNet/CinC Challenge 2021 in small: one or two ECGs of each data set."""

from __future__ import annotations

from pathlib import Path

from einthoven.cohort.sources.cinc2021 import Cinc2021
from fakes.coded_header_files import write_coded_folder

NAMES = (
    "cpsc_2018/g1/A0001",
    "cpsc_2018_extra/g1/Q0001",
    "st_petersburg_incart/g1/I0001",
    "ptb/g1/S0001",
    "ptb-xl/g1/HR00001",
    "ptb-xl/g2/HR01000",
    "georgia/g1/E00001",
    "chapman_shaoxing/g1/JS10646",
    "ningbo/g1/JS10647",
)


def make_cinc2021(folder: Path) -> Cinc2021:
    """Write nine ECGs in the folders that the challenge publishes."""
    return Cinc2021(str(write_coded_folder(folder, [f"training/{name}" for name in NAMES])))
