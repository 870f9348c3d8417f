"""What all benchmarks share lies one folder up; the scripts here reach it through this module."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

from labelled_ecgs import PTB_XL, STANDARDISED, labelled_ecgs
from measuring import ROOT, machine, real_data, table

__all__ = ["PTB_XL", "RUNS", "STANDARDISED", "labelled_ecgs", "machine", "real_data", "table"]

RUNS = ROOT / "runs" / "virtual_hospital"
"""Caches, pages and scores; git ignores it."""
