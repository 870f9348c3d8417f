"""Records, marks and diagnoses of LUDB (Kalyakulina et al. 2020, doi:10.1109/ACCESS.2020.3029211), and our waves.

Records 1 to 80 were for tuning, 81 to 120 for reporting alone, 121 to 200 are kept back.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import wfdb
from numpy.typing import NDArray

from einthoven.ecg.analysis_signal import analysis_signal
from einthoven.ecg.beats import find_beats
from einthoven.ecg.delineation import Delineation, delineate
from einthoven.ecg.formats import read
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Record
from measuring import real_data
from wave_scores import WAVES, Waves

__all__ = ["REPORTED", "TUNED", "LudbRecord", "ludb", "ludb_record", "our_waves", "waves_of"]

TUNED = range(1, 81)
REPORTED = range(81, 121)


@dataclass(frozen=True, slots=True)
class LudbRecord:
    """One record: the ECG, the reader's marks, the columns of ``ludb.csv``."""

    number: int
    record: Record
    marks: Waves
    diagnoses: dict[str, str]

    @property
    def few_p(self) -> bool:
        """Whether fewer than half of the beats have a P wave, over all leads."""
        n = {wave: sum(len(waves[wave]) for waves in self.marks.values()) for wave in ("p", "N")}
        return n["p"] < 0.5 * n["N"]


def ludb() -> dict[int, LudbRecord]:
    """Read records 1 to 120."""
    return {number: ludb_record(number) for number in (*TUNED, *REPORTED)}


def ludb_record(number: int) -> LudbRecord:
    """Read one record."""
    path = real_data() / "ludb" / "data" / str(number)
    record = read(path.with_suffix(".hea"), with_sha256=False)
    marks = {lead: _marks(path, lead, ms_per_sample=1000 / record.sampling_rate_hz) for lead in STANDARD_LEADS}
    return LudbRecord(number, record, marks, _diagnoses()[number])


def our_waves(record: Record) -> Waves:
    """Return what einthoven finds in each lead."""
    analysis = analysis_signal(record)
    return waves_of(delineate(analysis, find_beats(analysis)))


def waves_of(delineation: Delineation) -> Waves:
    """Return the waves of a delineation in the layout of ``wave_scores``."""
    beat_ms = 1e3 * delineation.beat_marks
    free_ms = 1e3 * delineation.free_p
    found: dict[str, dict[str, NDArray[np.float64]]] = {}
    for row, lead in enumerate(delineation.leads):
        p = np.concatenate([beat_ms[:, row, :3], free_ms[:, row]]) if free_ms.size else beat_ms[:, row, :3]
        waves = {"p": p, "N": beat_ms[:, row, 3:6], "t": beat_ms[:, row, 6:9]}
        found[lead] = {wave: marks[~np.isnan(marks).all(axis=1)] for wave, marks in waves.items()}
    return found


@cache
def _diagnoses() -> dict[int, dict[str, str]]:
    with (real_data() / "ludb" / "ludb.csv").open(newline="", encoding="utf-8") as file:
        return {int(row["ID"]): {name: text.strip() for name, text in row.items()} for row in csv.DictReader(file)}


def _marks(path: Path, lead: str, *, ms_per_sample: float) -> dict[str, NDArray[np.float64]]:
    """Return the waves of one lead; each peak stands between its brackets, one of which may be missing."""
    annotation = wfdb.rdann(str(path), lead.lower())
    symbols = ["", *annotation.symbol, ""]
    samples = np.array([-1, *annotation.sample, -1])
    waves: dict[str, list[tuple[float, ...]]] = {wave: [] for wave in WAVES}
    for k, symbol in enumerate(symbols):
        if symbol in waves:
            on = samples[k - 1] if symbols[k - 1] == "(" else -1
            off = samples[k + 1] if symbols[k + 1] == ")" else -1
            waves[symbol].append((on, samples[k], off))
    unset = -1.0
    return {
        wave: np.where(np.array(rows) < 0, unset, np.array(rows) * ms_per_sample).reshape(-1, 3)
        if rows
        else np.empty((0, 3))
        for wave, rows in waves.items()
    }
