"""Read scores as people have them: Parquet, a long or wide CSV, or an array with its truth beside it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from einthoven.errors import SpecificationError, UnknownNameError, UnreadableFileError
from einthoven.evaluation.prediction_arrays import long_table, score_kind_of
from einthoven.evaluation.prediction_columns import COLUMNS
from einthoven.evaluation.predictions import Predictions
from einthoven.registry import nearest

__all__ = ["predictions_from_wide", "read_predictions"]

NO_SPLIT = "There is no column 'split', so all records count as split 'test'."
# columns of a wide or plain table that describe the record rather than a label
RECORD_COLUMNS = ("record_id", "outcome_id", "patient_id", "site", "split")


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
        both files have it.
    labels : Path, optional
        Names of the columns, separated by commas or lines, where neither file has a header.
    score_kind : str, optional
        Taken as ``binary`` if all scores are 0 or 1 and as ``probability`` if all lie in [0, 1]; otherwise needed.
    model : str, optional
        Name of the model where the file has none; the file's name by default.

    Raises
    ------
    UnreadableFileError
        The file is missing, damaged or of no known layout.
    InvalidScoreError
        Scores outside [0, 1] of an undeclared kind.
    SpecificationError
        Lengths or labels of the files don't fit.
    """
    if not path.is_file():
        raise UnreadableFileError(f"there is no file {path}")
    name = path.stem if model is None else model
    if path.suffix not in {".parquet", ".csv", ".npy"}:
        raise UnreadableFileError(f"scores must be a .parquet, .csv or .npy file, got {path}")
    table = _table_with_truth(path)
    if table is None and truth is None:
        raise SpecificationError(
            f"{path} holds scores without truth; give the true labels with --truth FILE (.csv or .npy), or a table "
            "with the columns record_id, label, truth, score, or with score.LABEL and truth.LABEL"
        )
    if table is None:
        return _from_matrices(path, truth=truth, labels=labels, score_kind=score_kind, model=name)
    if truth is not None:
        raise SpecificationError(f"{path} has its own column of truth; leave out --truth {truth}")
    if "label" in table.column_names:
        return _from_long(table, path=path, score_kind=score_kind, model=name)
    return predictions_from_wide(table, model=name, score_kind=score_kind)


def _table_with_truth(path: Path) -> pa.Table | None:
    """Return a long or wide table, None where the file has nothing but scores."""
    if path.suffix == ".parquet":
        try:
            return pq.read_table(path)
        except (OSError, pa.ArrowInvalid) as error:
            raise UnreadableFileError(f"can't read a table from {path}: {error}") from error
    header = _header(path) if path.suffix == ".csv" else []
    if {"score", "label"} <= set(header) or any(name.startswith("score.") for name in header):
        return _read_csv(path)
    return None


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
    score, truth = (np.column_stack([_numbers(table, f"{h}.{x}") for x in labels]) for h in ("score", "truth"))
    kept = [n for n in table.column_names if n in RECORD_COLUMNS or n.startswith("group.")]
    per_record = {name: table[name].cast(pa.string()).to_pylist() for name in kept}
    notes = () if "split" in per_record else (NO_SPLIT,)
    per_record.setdefault("split", ["test"] * len(table))
    per_record.setdefault("record_id", [str(row) for row in range(len(table))])
    kind = score_kind_of(score, labels=labels, declared=score_kind, model=model)
    return Predictions(long_table(score, truth, per_record, labels=labels, model=model, seed=-1, kind=kind), notes)


def _from_long(table: pa.Table, *, path: Path, score_kind: str | None, model: str) -> Predictions:
    for name in ("record_id", "label", "truth", "score"):
        if name not in table.column_names:
            raise SpecificationError(f"{path} has no column {name!r}; it has: {', '.join(table.column_names)}")
    notes = () if "split" in table.column_names else (NO_SPLIT,)
    defaults = {"model": model, "seed": -1, "split": "test", "task": "binary"}
    if "score_kind" not in table.column_names:
        scores = _numbers(table, "score")
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
    if truth is None or not truth.is_file():
        raise UnreadableFileError(f"there is no file {truth}")
    scores, true = _matrix(path), _matrix(truth)
    declared = _label_names(labels) if labels is not None else None
    names = declared or scores.labels or true.labels
    if names is None:
        raise SpecificationError(f"neither {path} nor {truth} names its columns; name them with --labels FILE")
    for matrix in (scores, true):
        if matrix.values.shape[1] != len(matrix.labels or names):
            raise SpecificationError(
                f"{matrix.path} has {matrix.values.shape[1]} columns, but there are {len(names)} labels: "
                f"{', '.join(names)}"
            )
    known = _aligned(true, scores, names=scores.labels or names)
    return Predictions.from_arrays(
        scores.values, known, labels=list(scores.labels or names), record_id=scores.records or true.records,
        model=model, score_kind=score_kind,
    )  # fmt: skip


class _Matrix:
    """A file of numbers, one row per record, one column per label; names where the file has them."""

    def __init__(
        self, path: Path, values: NDArray[np.float64], labels: list[str] | None, records: list[str] | None
    ) -> None:
        self.path, self.values, self.labels, self.records = path, values, labels, records


def _matrix(path: Path) -> _Matrix:
    if path.suffix == ".npy":
        try:
            values = np.load(path, allow_pickle=False)
        except (OSError, ValueError) as error:
            raise UnreadableFileError(f"can't read an array from {path}: {error}") from error
        if values.ndim not in {1, 2} or values.dtype.kind not in "biuf":
            raise UnreadableFileError(f"{path} must hold numbers as (record, label), got {values.dtype} {values.shape}")
        return _Matrix(path, values.reshape(values.shape[0], -1).astype(np.float64), None, None)
    header = _header(path)
    if all(_is_number(cell) for cell in header):
        return _Matrix(path, np.loadtxt(path, delimiter=",", ndmin=2), None, None)
    table = _read_csv(path)
    records = table["record_id"].to_pylist() if "record_id" in header else None
    # a column without a name is the row number that pandas writes
    names = [name for name in table.column_names if name and name != "record_id"]
    return _Matrix(path, np.column_stack([_numbers(table, name, path=path) for name in names]), names, records)


def _aligned(true: _Matrix, scores: _Matrix, *, names: list[str]) -> NDArray[np.float64]:
    values = true.values
    if scores.records is not None and true.records is not None:
        place = {record: row for row, record in enumerate(true.records)}
        absent = [record for record in scores.records if record not in place]
        if absent:
            raise SpecificationError(
                f"{len(absent)} records of {scores.path} are not in {true.path}, first {absent[0]!r}"
            )
        values = values[[place[record] for record in scores.records]]
    elif len(values) != len(scores.values):
        raise SpecificationError(
            f"{scores.path} has {len(scores.values)} rows and {true.path} {len(values)}; they must be the same records "
            "in the same order, or both have a column record_id"
        )
    if true.labels is None:
        return values
    for name in names:
        if name not in true.labels:
            raise UnknownNameError(f"{true.path} has no label {name!r}{nearest(name, true.labels)}")
    return np.asarray(values[:, [true.labels.index(name) for name in names]])


def _numbers(table: pa.Table, name: str, *, path: Path | None = None) -> NDArray[np.float64]:
    try:
        return np.asarray(table[name].cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
    except pa.ArrowInvalid as error:
        raise UnreadableFileError(
            f"column {name!r}{f' of {path}' if path else ''} must hold numbers: {error}"
        ) from error


def _header(path: Path) -> list[str]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            return next(csv.reader(stream), [])
    except UnicodeDecodeError as error:
        raise UnreadableFileError(f"{path} is no CSV in UTF-8: {error}") from error


def _read_csv(path: Path) -> pa.Table:
    # ids such as 007 must stay text
    text = {name: pa.string() for name, kind in COLUMNS.items() if pa.types.is_dictionary(kind)}
    text.update({name: pa.string() for name in _header(path) if name.startswith("group.")})
    convert = pa.csv.ConvertOptions(column_types=text, strings_can_be_null=True, quoted_strings_can_be_null=True)
    try:
        return pa.csv.read_csv(path, convert_options=convert)
    except pa.ArrowInvalid as error:
        raise UnreadableFileError(f"can't read {path} as a CSV table: {error}") from error


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _label_names(path: Path) -> list[str]:
    if not path.is_file():
        raise UnreadableFileError(f"there is no file {path}")
    cells = path.read_text(encoding="utf-8-sig").replace("\n", ",").split(",")
    return [cell.strip() for cell in cells if cell.strip()]
