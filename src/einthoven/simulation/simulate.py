"""Simulate hospitals: folders that are read, parsed and paired like real exports, with a known truth."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from einthoven.errors import SpecificationError
from einthoven.progress import ProgressCallback, no_progress
from einthoven.simulation.example_study import example_study
from einthoven.simulation.export import TRUTH_FOLDER, blocks_of, export_hospital, make_folders
from einthoven.simulation.export_block import Counts, export_block
from einthoven.simulation.export_patient import RecordEcg
from einthoven.simulation.frozen import parameters_sha256
from einthoven.simulation.ordered_blocks import blocks_in_order
from einthoven.simulation.recorded_ecg import record_ecg
from einthoven.simulation.settings import SimulationSettings

__all__ = ["SETTINGS_FILE", "STUDY_FILE", "SimulationSummary", "simulate"]

SETTINGS_FILE = "simulation.toml"
STUDY_FILE = "study.toml"
# patients that a process works on at a time: some hundred ECGs with signals, some thousand rows without
BLOCK_WITH_SIGNALS, BLOCK_OF_ROWS = 32, 256


@dataclass(frozen=True, slots=True)
class SimulationSummary:
    """What was made.

    Attributes
    ----------
    counts : mapping of hospital to Counts
    out, truth, study : Path
        The folder, its folder of truth, and a study file that names every column.
    parameters_sha256 : str
    """

    counts: Mapping[str, Counts]
    out: Path
    truth: Path
    study: Path
    parameters_sha256: str


def simulate(
    settings: SimulationSettings,
    out: Path | str,
    *,
    workers: int = 1,
    progress: Callable[[str], ProgressCallback] | None = None,
    block_patients: int | None = None,
    record: RecordEcg = record_ecg,
) -> SimulationSummary:
    """Write the exports of all hospitals.

    Memory doesn't grow with the number of patients. The same settings give the same bytes, whatever ``workers`` and
    ``block_patients`` are.

    Parameters
    ----------
    settings : SimulationSettings
    out : Path or str
        A folder that is not there yet, or empty.
    workers : int
        Processes.
    progress : callable, optional
        Called with the name of each hospital, returns what is told of its patients.
    block_patients : int, optional
        How many patients one process works on at a time.
    record : callable
        Records an ECG of a heart; another one is for tests.

    Raises
    ------
    SpecificationError
        When the folder is not empty, or there are no workers.

    Examples
    --------
    >>> from einthoven.simulation.settings import simulation_settings
    >>> summary = simulate(simulation_settings(patients=50, seed=7), "hospitals")  # doctest: +SKIP
    >>> summary.counts["A"].patients  # doctest: +SKIP
    50
    """
    out = Path(out)
    _check(out, workers=workers, block_patients=block_patients)
    out.mkdir(parents=True, exist_ok=True)
    (out / SETTINGS_FILE).write_text(settings.to_toml(), encoding="utf-8")
    make_folders(out, settings)
    block_patients = block_patients or (BLOCK_WITH_SIGNALS if settings.signals else BLOCK_OF_ROWS)
    tasks = blocks_of(out, settings, block_patients=block_patients, record=record)
    counts = {}
    with contextlib.closing(blocks_in_order(export_block, tasks, workers=workers)) as blocks:
        for name, hospital in settings.hospitals.items():
            told = progress(name) if progress is not None else no_progress
            counts[name] = export_hospital(name, hospital, out, seed=settings.seed, blocks=blocks, progress=told)
    (out / STUDY_FILE).write_text(example_study(settings), encoding="utf-8")
    return SimulationSummary(counts, out, out / TRUTH_FOLDER, out / STUDY_FILE, parameters_sha256())


def _check(out: Path, *, workers: int, block_patients: int | None) -> None:
    if workers < 1:
        raise SpecificationError(f"workers must be 1 or more, got {workers}")
    if block_patients is not None and block_patients < 1:
        raise SpecificationError(f"block_patients must be 1 or more, got {block_patients}")
    if out.exists() and not out.is_dir():
        raise SpecificationError(f"{out} is a file: name a folder that is not there yet")
    if out.is_dir() and any(out.iterdir()):
        raise SpecificationError(f"{out} is not empty: name a new folder, or remove what is in it")
