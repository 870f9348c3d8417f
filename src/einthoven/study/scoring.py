"""Score ECG files with one checkpoint or an ensemble: the signals go the same way as in training."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from einthoven.ecg.formats import RecordLocation
from einthoven.errors import CheckpointError, SpecificationError, UnreadableFileError
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.predict import predict
from einthoven.progress import ProgressCallback
from einthoven.store.ingest import ingest
from einthoven.store.store import Store

__all__ = ["FileScores", "score_files"]

Announce = Callable[[str], ProgressCallback]


@dataclass(frozen=True, slots=True, eq=False)
class FileScores:
    """Scores of files, wide: one row per ECG.

    Attributes
    ----------
    record_ids, patient_ids : list of str
    labels : tuple of str
    scores : float64 (record, label), probabilities
    rejected : list of (path, reason)
    """

    record_ids: list[str]
    patient_ids: list[str]
    labels: tuple[str, ...]
    scores: NDArray[np.float64]
    rejected: list[tuple[str, str]]

    def write(self, path: Path) -> None:
        """Write CSV or Parquet, by the name's ending: ``record_id, patient_id, score.<label>``."""
        columns: dict[str, Any] = {"record_id": self.record_ids, "patient_id": self.patient_ids}
        columns |= {f"score.{label}": self.scores[:, index] for index, label in enumerate(self.labels)}
        table = pa.table(columns)
        if path.suffix not in (".csv", ".parquet"):
            raise SpecificationError(f"scores are written as .csv or .parquet, got {path.name!r}")
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".csv":
            pa_csv.write_csv(table, path)
        else:
            pq.write_table(table, path)


def score_files(
    locations: Sequence[RecordLocation],
    checkpoints: Sequence[Path],
    *,
    announce: Announce,
    store: Path | None = None,
    workers: int = 1,
) -> FileScores:
    """Return the scores of every readable ECG, averaged over the checkpoints.

    Parameters
    ----------
    locations : sequence of RecordLocation
    checkpoints : sequence of Path
        Of the same labels and the same ingest.
    announce : callable
        Gets the name of each step, returns the callback for its progress.
    store : Path, optional
        Keep the prepared signals there.
    workers : int

    Raises
    ------
    CheckpointError
        When checkpoints don't belong together.
    UnreadableFileError
        When no ECG could be read.
    """
    members = [Checkpoint.load(folder) for folder in checkpoints]
    _check_agreement(members, checkpoints)
    with ExitStack() as stack:
        folder = store or Path(stack.enter_context(tempfile.TemporaryDirectory())) / "store"
        progress = announce(f"Preparing {len(locations):,} ECGs")
        ingest(
            locations,
            folder,
            spec=members[0].spec.ingest,
            workers=workers,
            measure_quality=False,
            progress=progress,
        )
        prepared = stack.enter_context(Store.open(folder))
        rejected = [(row["path"], row["message"]) for row in prepared.rejected.to_pylist()]
        if len(prepared) == 0:
            raise UnreadableFileError(f"none of {len(locations)} ECGs could be scored; the first: {rejected[0][1]}")
        rows = np.arange(len(prepared))
        scores = np.mean(
            [
                predict(member, prepared, rows, progress=announce(f"Scoring with {path}"))
                for member, path in zip(members, checkpoints, strict=True)
            ],
            axis=0,
        )
        manifest = prepared.manifest
    return FileScores(
        manifest["record_id"].to_pylist(), manifest["patient_id"].to_pylist(), members[0].labels, scores, rejected
    )


def _check_agreement(members: Sequence[Checkpoint], paths: Sequence[Path]) -> None:
    first = members[0]
    for member, path in zip(members, paths, strict=True):
        if member.labels != first.labels:
            raise CheckpointError(f"{path} scores {list(member.labels)}, {paths[0]} scores {list(first.labels)}")
        if member.spec.ingest != first.spec.ingest:
            raise CheckpointError(f"{path} needs other preparation than {paths[0]}: they can't be averaged here")
