"""The folder that a simulated hospital exports, with its truth beside it.

Below the output folder, for each hospital::

    A/ecgs.csv, echo.csv, icd.csv, follow_up.csv, patients.csv
    A/ecgs/<two digits>/<record id>.<suffix>
    A/simulated.json            written last: by it every later stage knows what it reads
    truth/A/persons.parquet, ecgs.parquet, echoes.parquet
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from einthoven.cohort.simulated import MARKER, MARKER_TYPE
from einthoven.progress import ProgressCallback
from einthoven.simulation.export_block import BlockResult, BlockTask, Counts
from einthoven.simulation.export_patient import ECG_FOLDER, FOLDERS, RecordEcg
from einthoven.simulation.frozen import parameters_sha256
from einthoven.simulation.hospitals import HospitalSettings
from einthoven.simulation.paper.layout import TABLES, layout_of
from einthoven.simulation.settings import SimulationSettings
from einthoven.simulation.truth_tables import TruthFiles

__all__ = ["TRUTH_FOLDER", "blocks_of", "export_hospital", "make_folders"]

TRUTH_FOLDER = "truth"


def make_folders(out: Path, settings: SimulationSettings) -> None:
    """Make the folders of all hospitals, before processes write into them."""
    for name, hospital in settings.hospitals.items():
        (out / name).mkdir(parents=True)
        if settings.signals:
            for number in range(min(FOLDERS, hospital.patients)):
                (out / name / ECG_FOLDER / f"{number:02d}").mkdir(parents=True)


def blocks_of(
    out: Path, settings: SimulationSettings, *, block_patients: int, record: RecordEcg
) -> Iterator[BlockTask]:
    """Yield the blocks of all hospitals, in their order."""
    for name, hospital in settings.hospitals.items():
        for first in range(0, hospital.patients, block_patients):
            last = min(first + block_patients, hospital.patients)
            yield BlockTask(hospital, out / name, settings.seed, first, last, settings.signals, record)


def export_hospital(
    name: str,
    hospital: HospitalSettings,
    out: Path,
    *,
    seed: int,
    blocks: Iterator[BlockResult],
    progress: ProgressCallback,
) -> Counts:
    """Write a hospital's tables and its truth, and its marker at the end; return how much it holds.

    Parameters
    ----------
    name : str
        Of its folder.
    hospital : HospitalSettings
    out : Path
        The folder above.
    seed : int
    blocks : iterator of BlockResult
        As many are taken as hold all patients of the hospital.
    progress : callable
        Told of patients.
    """
    counts = Counts()
    with _tables(out / name, hospital) as append, TruthFiles(out / TRUTH_FOLDER / name) as truth:
        while counts.patients < hospital.patients:
            result = next(blocks)
            for table, lines in result.lines.items():
                append(table, lines)
            truth.add(result.truth)
            counts += result.counts
            progress(counts.patients, hospital.patients)
    _write_marker(out / name, name, seed=seed)
    return counts


@contextlib.contextmanager
def _tables(folder: Path, hospital: HospitalSettings) -> Iterator[Callable[[str, bytes], None]]:
    """Yield what appends lines to a table."""
    layout = layout_of(hospital.site, columns=hospital.columns)
    with contextlib.ExitStack() as stack:
        files: dict[str, IO[bytes]] = {}
        for table in TABLES:
            files[table] = stack.enter_context((folder / f"{table}.csv").open("wb"))
            files[table].write(layout.header(table))

        def append(table: str, lines: bytes) -> None:
            files[table].write(lines)

        yield append


def _write_marker(folder: Path, name: str, *, seed: int) -> None:
    marker = {
        "type": MARKER_TYPE,
        "version": 1,
        "hospital": name,
        "seed": seed,
        "parameters_sha256": parameters_sha256(),
    }
    temporary = folder / f"{MARKER}.part"
    temporary.write_text(json.dumps(marker, indent=1) + "\n", encoding="utf-8")
    temporary.replace(folder / MARKER)
