"""What the scripts of the virtual hospital share lies one folder up; those here reach it through this module."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

from matched_states import matched_state
from measured_table import numbers_of
from real_ecgs import RealEcg, real_ecgs
from shared import RUNS, machine, table
from sides import half_of
from twins import Twin, measured_reals, twin_of

__all__ = [
    "RUNS",
    "RealEcg",
    "Twin",
    "half_of",
    "machine",
    "matched_state",
    "measured_reals",
    "numbers_of",
    "real_ecgs",
    "table",
    "twin_of",
]
