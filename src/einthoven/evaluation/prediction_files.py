"""Read scores as people have them: Parquet, a long or wide CSV, or an array with its truth beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from einthoven.errors import (
    CohortError,
    RecordError,
    SpecificationError,
    StatisticsError,
    UnknownNameError,
    UnreadableFileError,
)
from einthoven.evaluation.csv_tables import dialect_of, read_csv
from einthoven.evaluation.prediction_tables import (
    predictions_from_long,
    predictions_from_markers,
    predictions_from_wide,
    tabulated,
)
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.score_matrix import ScoreMatrix, aligned_truth, check_readable, read_matrix, read_names
from einthoven.registry import nearest

__all__ = ["Layout", "read_predictions"]

SUFFIXES = (".parquet", ".csv", ".npy")


@dataclass(frozen=True, slots=True)
class Layout:
    """What a table doesn't say itself.

    Attributes
    ----------
    columns : mapping of str to str
        einthoven's name of a column -> its name in the file, for example ``patient_id`` -> ``PAT_ID``.
    scores : tuple of str
        Columns that are scores of one ``outcome``, for a table that has neither ``score`` nor ``score.LABEL``.
    outcome : str
        Column of its truth; empty for the other layouts.
    positive : str, optional
        The value of ``outcome`` that counts as 1.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    scores: tuple[str, ...] = ()
    outcome: str = ""
    positive: str | None = None


def read_predictions(
    path: Path,
    *,
    truth: Path | None = None,
    labels: Path | None = None,
    score_kind: str | None = None,
    task: str | None = None,
    model: str | None = None,
    layout: Layout | None = None,
) -> Predictions:
    """Return the predictions in a file.

    Parameters
    ----------
    path : Path
        ``.parquet`` or ``.csv`` with one row per record and label (columns ``record_id, label, truth, score``, the rest
        optional; survival has ``event, time_to_event_days`` for ``truth``); with ``score.LABEL`` and ``truth.LABEL``
        columns; or ``.csv`` / ``.npy`` with one column per label and no truth; or any table whose columns ``layout``
        names. Without a column ``model`` the model is named after the file. A CSV may be separated by commas,
        semicolons or tabs.
    truth : Path, optional
        For the third form: ``.csv`` or ``.npy`` of the same records in the same order, or joined on ``record_id`` where
        both files have it. What the scores' file does not say of a record (patient, split) is taken from here.
    labels : Path, optional
        Names of the columns, separated by commas or lines, where neither file has a header.
    score_kind : str, optional
        Taken as ``binary`` if all scores are 0 or 1 and as ``probability`` if all lie in [0, 1]; otherwise needed.
    task : str, optional
        Of tables without a column ``task``: ``binary`` by default.
    model : str, optional
        Name of the model where the file has none; the file's name by default.
    layout : Layout, optional

    Raises
    ------
    UnreadableFileError
        The file is missing, empty, damaged or of no known layout.
    InvalidScoreError
        Scores outside [0, 1] of an undeclared kind.
    SpecificationError
        Lengths or labels of the files don't fit.
    """
    if path.suffix.lower() not in SUFFIXES:
        remedy = "; save the sheet as CSV" if path.suffix.lower() in {".xlsx", ".xls", ".ods"} else ""
        raise UnreadableFileError(f"scores must be a .parquet, .csv or .npy file, got {path}{remedy}")
    check_readable(path)
    layout = layout or Layout()
    reading = _Reading(path, truth, labels, layout, score_kind, task, path.stem if model is None else model)
    with _naming(path, truth):
        return reading.predictions()


@dataclass(frozen=True, slots=True)
class _Reading:
    """One file with all that was said of it."""

    path: Path
    truth: Path | None
    labels: Path | None
    layout: Layout
    score_kind: str | None
    task: str | None
    model: str

    def predictions(self) -> Predictions:
        if self.layout.outcome or self.layout.scores:
            return self._markers()
        names = {file: ours for ours, file in self.layout.columns.items()}
        columns = {names.get(name, name) for name in _column_names(self.path)}
        wide = any(name.startswith("truth.") for name in columns) or (
            {"event", "time_to_event_days"} <= columns and any(name.startswith("score.") for name in columns)
        )
        if not ({"score", "label"} <= columns or wide):
            return self._matrices()
        if self.truth is not None:
            raise SpecificationError(f"{self.path} has its own column of truth; leave out --truth {self.truth}")
        table, notes = self._table()
        read = predictions_from_long if "label" in columns else predictions_from_wide
        return _with_notes(read(table, model=self.model, score_kind=self.score_kind, task=self.task), notes)

    def _markers(self) -> Predictions:
        if not self.layout.outcome:
            raise SpecificationError("name the column of the truth, too: --outcome COLUMN")
        if self.truth is not None:
            raise SpecificationError(f"--outcome names the column of the truth; leave out --truth {self.truth}")
        table, notes = self._table()
        found = predictions_from_markers(
            table,
            scores=self.layout.scores,
            outcome=self.layout.outcome,
            positive=self.layout.positive,
            score_kind=self.score_kind,
            task=self.task,
        )
        return _with_notes(found, notes)

    def _table(self) -> tuple[pa.Table, tuple[str, ...]]:
        suffix = self.path.suffix.lower()
        if suffix == ".npy":
            raise SpecificationError("an array has no columns to name; give its truth with --truth FILE")
        names = {file: ours for ours, file in self.layout.columns.items()}
        dialect = dialect_of(self.path) if suffix == ".csv" else None
        table = pq.read_table(self.path) if dialect is None else read_csv(self.path, dialect=dialect, names=names)
        for name in names:
            if name not in table.column_names:
                raise UnknownNameError(f"there is no column {name!r}{nearest(name, table.column_names)}")
        renamed = table.rename_columns([names.get(name, name) for name in table.column_names])
        return renamed.replace_schema_metadata(table.schema.metadata), (
            dialect.note,
        ) if dialect is not None and dialect.note else ()

    def _matrices(self) -> Predictions:
        if self.layout.columns:
            raise SpecificationError(
                f"--column names the columns of a table, but {self.path} has neither score and label nor truth.LABEL "
                "columns; name its scores and its truth as well: --score COLUMN --outcome COLUMN"
            )
        return _from_matrices(
            self.path, truth=self.truth, labels=self.labels, score_kind=self.score_kind, task=self.task,
            model=self.model,
        )  # fmt: skip


def _with_notes(predictions: Predictions, notes: tuple[str, ...]) -> Predictions:
    return Predictions(predictions.table, (*predictions.own_notes, *notes)) if notes else predictions


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
    if path.suffix.lower() != ".parquet":
        return list(dialect_of(path).header) if path.suffix.lower() == ".csv" else []
    try:
        return list(pq.read_schema(path).names)
    except (OSError, pa.ArrowInvalid) as error:
        raise UnreadableFileError(f"can't read a table from {path}: {error}") from error


def _from_matrices(
    path: Path,
    *,
    truth: Path | None,
    labels: Path | None,
    score_kind: str | None,
    task: str | None,
    model: str,
) -> Predictions:
    if truth is None:
        raise SpecificationError(
            f"{path} holds scores without truth; give the true labels with --truth FILE (.csv or .npy), or a table "
            "with the columns record_id, label, truth, score, or with score.LABEL and truth.LABEL; or name the columns "
            f"of scores and truth: --score COLUMN --outcome COLUMN{_separated_otherwise(path)}"
        )
    scores, true = read_matrix(path), read_matrix(truth)
    names = _label_names(scores, true, declared=None if labels is None else read_names(labels))
    true = aligned_truth(true, scores, labels=names)
    own = {name: values for name, values in scores.per_record.items() if any(value is not None for value in values)}
    per_record = {**true.per_record, **own}
    if per_record.get("split") != true.per_record.get("split", own.get("split")):
        raise SpecificationError(f"the columns 'split' of {path} and {truth} differ; leave one of them out")
    return tabulated(
        scores.values, true.values, per_record, labels=names, model=model, score_kind=score_kind, task=task
    )


def _separated_otherwise(path: Path) -> str:
    names = _column_names(path)
    if len(names) != 1 or not {" ", "|"} & set(names[0].strip()):
        return ""
    return f"; its first line is one cell, {names[0]!r}: separate cells by commas, semicolons or tabs"


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
