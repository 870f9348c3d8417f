"""Read scores as people have them: Parquet, a long or wide CSV, or an array with its truth beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from einthoven.errors import (
    CohortError,
    RecordError,
    SpecificationError,
    StatisticsError,
    UnknownNameError,
    UnreadableFileError,
)
from einthoven.evaluation.prediction_arrays import long_table, score_kind_of
from einthoven.evaluation.predictions import Predictions, notes_in
from einthoven.evaluation.score_matrix import (
    RECORD_COLUMNS,
    ScoreMatrix,
    aligned_truth,
    check_readable,
    column_of_numbers,
    read_csv,
    read_header,
    read_matrix,
    read_names,
)
from einthoven.registry import nearest

__all__ = ["predictions_from_wide", "read_predictions"]

NO_SPLIT = "There is no column 'split', so all records count as split 'test'."


def read_predictions(
    path: Path,
    *,
    truth: Path | None = None,
    labels: Path | None = None,
    score_kind: str | None = None,
    model: str | None = None,
) -> Predictions:
    """Return the predictions in a file.

    Parameters
    ----------
    path : Path
        ``.parquet`` or ``.csv`` with one row per record and label (columns ``record_id, label, truth, score``, the rest
        optional); ``.csv`` with ``score.LABEL`` and ``truth.LABEL`` columns; or ``.csv`` / ``.npy`` with one column per
        label and no truth. Without a column ``model`` the model is named after the file.
    truth : Path, optional
        For the last form: ``.csv`` or ``.npy`` of the same records in the same order, or joined on ``record_id`` where
        both files have it. What the scores' file does not say of a record (patient, split) is taken from here.
    labels : Path, optional
        Names of the columns, separated by commas or lines, where neither file has a header.
    score_kind : str, optional
        Taken as ``binary`` if all scores are 0 or 1 and as ``probability`` if all lie in [0, 1]; otherwise needed.
    model : str, optional
        Name of the model where the file has none; the file's name by default.

    Raises
    ------
    UnreadableFileError
        The file is missing, empty, damaged or of no known layout.
    InvalidScoreError
        Scores outside [0, 1] of an undeclared kind.
    SpecificationError
        Lengths or labels of the files don't fit.
    """
    if path.suffix not in {".parquet", ".csv", ".npy"}:
        raise UnreadableFileError(f"scores must be a .parquet, .csv or .npy file, got {path}")
    check_readable(path)
    with _naming(path, truth):
        return _read(
            path, truth=truth, labels=labels, score_kind=score_kind, model=path.stem if model is None else model
        )


def _read(path: Path, *, truth: Path | None, labels: Path | None, score_kind: str | None, model: str) -> Predictions:
    columns = _column_names(path)
    has_truth = {"score", "label"} <= set(columns) or any(column.startswith("truth.") for column in columns)
    if not has_truth:
        return _from_matrices(path, truth=truth, labels=labels, score_kind=score_kind, model=model)
    if truth is not None:
        raise SpecificationError(f"{path} has its own column of truth; leave out --truth {truth}")
    table = read_csv(path) if path.suffix == ".csv" else pq.read_table(path)
    if "label" in columns:
        return _from_long(table, path=path, score_kind=score_kind, model=model)
    return predictions_from_wide(table, model=model, score_kind=score_kind)


@contextmanager
def _naming(path: Path, truth: Path | None) -> Iterator[None]:
    """Put the file before the message of an error that names neither it nor the file of the truth."""
    try:
        yield
    except (CohortError, RecordError, SpecificationError, StatisticsError) as error:
        files = [str(path)] if truth is None else [str(path), str(truth)]
        if any(file in str(error) for file in files):
            raise
        raise type(error)(f"{' with '.join(files)}: {error}") from error


def _column_names(path: Path) -> list[str]:
    if path.suffix != ".parquet":
        return read_header(path) if path.suffix == ".csv" else []
    try:
        return list(pq.read_schema(path).names)
    except (OSError, pa.ArrowInvalid) as error:
        raise UnreadableFileError(f"can't read a table from {path}: {error}") from error


def predictions_from_wide(table: pa.Table, *, model: str, score_kind: str | None = None) -> Predictions:
    """Return the predictions in a table with one row per record and columns ``score.LABEL`` and ``truth.LABEL``."""
    labels = [name.removeprefix("score.") for name in table.column_names if name.startswith("score.")]
    accepted = [*RECORD_COLUMNS, *(f"{half}.{label}" for label in labels for half in ("score", "truth"))]
    for name in table.column_names:
        if name not in accepted and not name.startswith("group."):
            raise UnknownNameError(f"a wide table of predictions has no column {name!r}{nearest(name, accepted)}")
    missing = [f"truth.{label}" for label in labels if f"truth.{label}" not in table.column_names]
    if missing:
        raise SpecificationError(f"the columns {', '.join(missing)} are missing; leave cells empty where unknown")
    score, truth = (np.column_stack([column_of_numbers(table, f"{h}.{x}") for x in labels]) for h in ("score", "truth"))
    kept = [n for n in table.column_names if n in RECORD_COLUMNS or n.startswith("group.")]
    per_record = {name: table[name].cast(pa.string()).to_pylist() for name in kept}
    return _tabulated(score, truth, per_record, labels=labels, model=model, score_kind=score_kind)


def _tabulated(
    score: NDArray[np.float64],
    truth: NDArray[np.float64],
    per_record: Mapping[str, Sequence[str]],
    *,
    labels: Sequence[str],
    model: str,
    score_kind: str | None,
) -> Predictions:
    """Return the predictions of (record, label) arrays; records without ids are numbered."""
    notes = () if "split" in per_record else (NO_SPLIT,)
    complete = {
        "record_id": [str(row) for row in range(len(score))],
        "split": ["test"] * len(score),
        **per_record,
    }
    kind = score_kind_of(score, labels=labels, declared=score_kind, model=model)
    return Predictions(long_table(score, truth, complete, labels=labels, model=model, seed=-1, kind=kind), notes)


def _from_long(table: pa.Table, *, path: Path, score_kind: str | None, model: str) -> Predictions:
    for name in ("record_id", "label", "truth", "score"):
        if name not in table.column_names:
            raise SpecificationError(f"{path} has no column {name!r}; it has: {', '.join(table.column_names)}")
    notes = (*notes_in(table), *(() if "split" in table.column_names else (NO_SPLIT,)))
    defaults = {"model": model, "seed": -1, "split": "test", "task": "binary"}
    if "score_kind" not in table.column_names:
        scores = column_of_numbers(table, "score")
        defaults["score_kind"] = score_kind_of(scores[:, None], labels=["score"], declared=score_kind, model=model)
    for name, value in defaults.items():
        if name not in table.column_names:
            table = table.append_column(name, pa.repeat(pa.scalar(value), len(table)))
    if score_kind is not None and set(table["score_kind"].unique().to_pylist()) != {score_kind}:
        raise SpecificationError(f"{path} has a column 'score_kind' that contradicts the declared {score_kind!r}")
    return Predictions(table, notes)


def _from_matrices(
    path: Path, *, truth: Path | None, labels: Path | None, score_kind: str | None, model: str
) -> Predictions:
    if truth is None:
        raise SpecificationError(
            f"{path} holds scores without truth; give the true labels with --truth FILE (.csv or .npy), or a table "
            "with the columns record_id, label, truth, score, or with score.LABEL and truth.LABEL"
        )
    scores, true = read_matrix(path), read_matrix(truth)
    names = _label_names(scores, true, declared=None if labels is None else read_names(labels))
    true = aligned_truth(true, scores, labels=names)
    own = {name: values for name, values in scores.per_record.items() if any(value is not None for value in values)}
    per_record = {**true.per_record, **own}
    if per_record.get("split") != true.per_record.get("split", own.get("split")):
        raise SpecificationError(f"the columns 'split' of {path} and {truth} differ; leave one of them out")
    return _tabulated(scores.values, true.values, per_record, labels=names, model=model, score_kind=score_kind)


def _label_names(scores: ScoreMatrix, true: ScoreMatrix, *, declared: tuple[str, ...] | None) -> tuple[str, ...]:
    names = scores.labels or declared or true.labels
    if names is None:
        raise SpecificationError(
            f"neither {scores.path} nor {true.path} names its columns; name them with --labels FILE"
        )
    if declared is not None and set(declared) != set(names):
        raise SpecificationError(
            f"{scores.path} names its columns {', '.join(names)}, which differ from --labels: {', '.join(declared)}"
        )
    for matrix in (scores, true):
        if matrix.labels is None and matrix.values.shape[1] != len(names):
            raise SpecificationError(
                f"{matrix.path} has {matrix.values.shape[1]} columns, but there are {len(names)} labels: "
                f"{', '.join(names)}"
            )
    return names
