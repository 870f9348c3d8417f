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
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from einthoven.ecg.formats import RecordLocation
from einthoven.errors import CheckpointError, SpecificationError, UnreadableFileError
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.contamination import seen_in_words
from einthoven.models.predict import predict
from einthoven.progress import ProgressCallback
from einthoven.store.ingest import ingest
from einthoven.store.store import Store

__all__ = ["FileScores", "check_output", "score_files"]

Announce = Callable[[str], ProgressCallback]


@dataclass(frozen=True, slots=True, eq=False)
class FileScores:
    """Scores of files, wide: one row per ECG.

    Attributes
    ----------
    record_ids, patient_ids : list of str
    labels : tuple of str
    scores : float64 (record, label)
        Probabilities, values or risks, as the models' task says.
    rejected : list of (path, reason)
    simulated : tuple of str
        Data sets of simulated patients that a model learnt from.
    seen : tuple of str
        What public weights had seen before, in words: ``ptb_xl 1.0.3 (folds 1 to 8)``.
    """

    record_ids: list[str]
    patient_ids: list[str]
    labels: tuple[str, ...]
    scores: NDArray[np.float64]
    rejected: list[tuple[str, str]]
    simulated: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()

    def write(self, path: Path) -> None:
        """Write CSV or Parquet, by the name's ending: ``record_id, patient_id, score.<label>``."""
        columns: dict[str, Any] = {"record_id": self.record_ids, "patient_id": self.patient_ids}
        columns |= {f"score.{label}": self.scores[:, index] for index, label in enumerate(self.labels)}
        table = pa.table(columns)
        check_output(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".csv":
            pa_csv.write_csv(table, path)
        else:
            pq.write_table(table, path)


def check_output(path: Path) -> None:
    """Refuse a file that ``FileScores.write`` could not write, before anything is scored.

    Raises
    ------
    SpecificationError
        For another ending than ``.csv`` or ``.parquet``, or a folder.
    """
    if path.suffix not in (".csv", ".parquet"):
        raise SpecificationError(f"scores are written as .csv or .parquet, got {path.name!r}")
    if path.is_dir():
        raise SpecificationError(f"scores are written into a file, but {path} is a folder")


def score_files(
    locations: Sequence[RecordLocation],
    checkpoints: Sequence[Path],
    *,
    announce: Announce,
    store: Path | None = None,
    workers: int = 1,
) -> FileScores:
    """Return the scores of every readable ECG that fills the models' windows, averaged over the checkpoints.

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
        When checkpoints don't belong together, or one has no scores or asks for more than an ECG.
    SpecificationError
        When amplitudes in mV would be scaled by the mean and deviation of signals without unit.
    UnreadableFileError
        When no ECG could be read, or all are too short.
    """
    members = [Checkpoint.load(folder) for folder in checkpoints]
    _check_scores(members, checkpoints)
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
        _check_units(members, checkpoints, prepared)
        rows, short = _long_enough(members, prepared)
        rejected = [(row["path"], row["message"]) for row in prepared.rejected.to_pylist()] + short
        if len(rows) == 0:
            raise UnreadableFileError(f"none of {len(locations)} ECGs could be scored; the first: {rejected[0][1]}")
        named = zip(members, checkpoints, strict=True)
        scores = np.mean([predict(one, prepared, rows, progress=announce(f"Scoring with {p}")) for one, p in named], 0)
        scored = prepared.manifest.take(pa.array(rows))
    return FileScores(
        scored["record_id"].to_pylist(),
        scored["patient_id"].to_pylist(),
        members[0].labels,
        scores,
        rejected,
        simulated=tuple(sorted({name for member in members for name in member.simulated})),
        seen=tuple(dict.fromkeys(seen_in_words(one) for member in members for one in member.seen_in_pretraining)),
    )


def _long_enough(members: Sequence[Checkpoint], prepared: Store) -> tuple[NDArray[np.int64], list[tuple[str, str]]]:
    """Return the rows that every model takes, and (path, reason) of the others."""
    windows = [member.spec.window_samples for member in members if member.spec.view.short == "refuse"]
    needed = max(windows, default=0)
    is_short = prepared.lengths < needed
    rate_hz = prepared.spec.rate_hz
    reason = "record {} lasts {:g} s, less than the model's window of {:g} s"
    rejected = [
        (row["source_path"], reason.format(row["record_id"], row["length"] / rate_hz, needed / rate_hz))
        for row in prepared.manifest.filter(pa.array(is_short)).to_pylist()
    ]
    return np.flatnonzero(~is_short), rejected


def _check_units(members: Sequence[Checkpoint], paths: Sequence[Path], prepared: Store) -> None:
    """Refuse mV for a model with fixed mean and deviation of signals whose unit nobody knows."""
    in_mv = prepared.manifest.filter(pc.equal(prepared.manifest["unit"], "mV"))
    if len(in_mv) == 0:
        return
    for member, path in zip(members, paths, strict=True):
        if member.spec.ingest.unit == "arbitrary" and member.spec.view.normalise.scope == "dataset":
            raise SpecificationError(
                f"{path} scales amplitudes by the fixed mean and deviation of signals without unit, which mean nothing "
                f"in mV, but {len(in_mv)} ECGs are in mV, first {in_mv['record_id'][0].as_py()}: score records without "
                "unit of the kind it was trained on, or use a model with normalise.scope 'lead' or 'record'"
            )


def _check_scores(members: Sequence[Checkpoint], paths: Sequence[Path]) -> None:
    """Refuse what can't be scored from ECGs alone before they are prepared."""
    for member, path in zip(members, paths, strict=True):
        if not member.labels:
            raise CheckpointError(
                f"{path} is an encoder without labels, so it has no scores: take its embeddings "
                "(einthoven.models.predict.embed), or train a head on it"
            )
        if member.head.n_covariates:
            named = ", ".join(member.head.covariates) or "unnamed"
            raise CheckpointError(
                f"{path} reads {member.head.n_covariates} numbers beside each ECG ({named}), which files of ECGs don't "
                "hold as it wants them: give them to einthoven.models.predict.predict as covariates"
            )


def _check_agreement(members: Sequence[Checkpoint], paths: Sequence[Path]) -> None:
    first = members[0]
    for member, path in zip(members, paths, strict=True):
        if member.labels != first.labels:
            raise CheckpointError(f"{path} scores {list(member.labels)}, {paths[0]} scores {list(first.labels)}")
        if member.task != first.task:
            raise CheckpointError(f"{path} is for the task {member.task!r}, {paths[0]} for {first.task!r}")
        if member.spec.ingest != first.spec.ingest:
            raise CheckpointError(f"{path} needs other preparation than {paths[0]}: they can't be averaged here")
