"""A file of numbers, one row per record and one column per label: what most people have of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from einthoven.errors import SpecificationError, UnknownNameError, UnreadableFileError
from einthoven.evaluation.csv_tables import dialect_of, read_csv
from einthoven.evaluation.prediction_columns import TRUTH_WORDS
from einthoven.registry import nearest

__all__ = [
    "RECORD_COLUMNS",
    "ScoreMatrix",
    "aligned_truth",
    "check_readable",
    "column_of_numbers",
    "read_matrix",
    "read_names",
]

# columns of a table with one row per record that describe the record rather than a label; so does any group.NAME
RECORD_COLUMNS = ("record_id", "outcome_id", "patient_id", "site", "split")


@dataclass(frozen=True, slots=True, eq=False)
class ScoreMatrix:
    """Numbers with the names that their file holds.

    Attributes
    ----------
    path : Path
    values : float64 (record, label)
    labels : tuple of str, optional
    per_record : mapping of column name to tuple of str (record,)
        What the file says of each record: its id, patient, split; None where a cell is empty.
    """

    path: Path
    values: NDArray[np.float64]
    labels: tuple[str, ...] | None = None
    per_record: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def records(self) -> tuple[str, ...] | None:
        """Ids of the rows, where the file has them."""
        return self.per_record.get("record_id")


def read_matrix(path: Path) -> ScoreMatrix:
    """Return the matrix in a ``.npy``, ``.csv`` or ``.parquet`` file.

    Columns such as ``record_id``, ``patient_id``, ``split`` and ``group.NAME`` describe the rows, a column without a
    name (the row number that pandas writes) is passed over, all others are labels; ``score.LABEL`` and ``truth.LABEL``
    count as ``LABEL``. A CSV whose first line holds numbers only has no names.

    Raises
    ------
    UnreadableFileError
        Missing, empty or damaged file, or text where numbers should be.
    """
    check_readable(path)
    if path.suffix.lower() == ".npy":
        return ScoreMatrix(path, _read_npy(path))
    if path.suffix.lower() == ".csv" and _is_headless(path):
        return ScoreMatrix(path, _read_headless(path))
    table = _read_table(path)
    about = [name for name in table.column_names if name in RECORD_COLUMNS or name.startswith("group.")]
    names = [name for name in table.column_names if name not in about]
    if not names:
        raise UnreadableFileError(f"{path} has no column of numbers; it has: {', '.join(table.column_names)}")
    return ScoreMatrix(
        path,
        np.column_stack([column_of_numbers(table, name, path=path) for name in names]),
        tuple(name.removeprefix("score.").removeprefix("truth.") for name in names),
        {name: tuple(table[name].cast(pa.string()).to_pylist()) for name in about},
    )


def check_readable(path: Path) -> None:
    """Refuse a file that isn't there or holds nothing.

    Raises
    ------
    UnreadableFileError
        It names the file.
    """
    if not path.is_file():
        raise UnreadableFileError(f"there is no file {path}")
    with path.open("rb") as stream:
        if not stream.read(1 << 10).strip():
            raise UnreadableFileError(f"{path} is empty")


def aligned_truth(true: ScoreMatrix, scores: ScoreMatrix, *, labels: tuple[str, ...]) -> ScoreMatrix:
    """Return the truth in the order of the scores' records and of ``labels``.

    Rows are joined on ``record_id`` where both files have it, otherwise taken one by one.

    Raises
    ------
    SpecificationError
        The rows don't fit.
    UnknownNameError
        A label has no truth.
    """
    places = list(range(len(true.values)))
    if scores.records is not None and true.records is not None:
        places = _places(true, scores.records, wanted_by=scores.path)
    elif len(places) != len(scores.values):
        raise SpecificationError(
            f"{scores.path} has {len(scores.values)} rows and {true.path} {len(places)}; they must be the same records "
            "in the same order, or both have a column record_id"
        )
    columns = list(range(true.values.shape[1]))
    if true.labels is not None:
        for name in labels:
            if name not in true.labels:
                raise UnknownNameError(f"{true.path} has no label {name!r}{nearest(name, true.labels)}")
        columns = [true.labels.index(name) for name in labels]
    per_record = {name: tuple(values[place] for place in places) for name, values in true.per_record.items()}
    return ScoreMatrix(true.path, true.values[np.ix_(places, columns)], labels, per_record)


def read_names(path: Path) -> tuple[str, ...]:
    """Return the names in a text file, separated by commas or lines."""
    check_readable(path)
    cells = path.read_text(encoding="utf-8-sig").replace("\n", ",").split(",")
    return tuple(cell.strip() for cell in cells if cell.strip())


def column_of_numbers(table: pa.Table, name: str, *, path: Path | None = None) -> NDArray[np.float64]:
    """Return a column as float64 (row,), NaN where empty."""
    try:
        return np.asarray(table[name].cast(pa.float64()).to_numpy(), dtype=np.float64)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        where = f" of {path}" if path else ""
        raise UnreadableFileError(f"column {name!r}{where} must hold numbers: {error}{TRUTH_WORDS}") from error


def _is_headless(path: Path) -> bool:
    dialect = dialect_of(path)
    return all(_is_number(cell.replace(dialect.decimal, ".")) for cell in dialect.header)


def _read_headless(path: Path) -> NDArray[np.float64]:
    dialect = dialect_of(path)
    with path.open(encoding="utf-8-sig") as stream:
        lines = (line.replace(dialect.decimal, ".") for line in stream)
        try:
            return np.loadtxt(lines, delimiter=dialect.delimiter, ndmin=2)
        except ValueError as error:
            raise UnreadableFileError(f"{path} must hold numbers: {error}") from error


def _read_npy(path: Path) -> NDArray[np.float64]:
    try:
        values = np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise UnreadableFileError(f"can't read an array from {path}: {error}") from error
    if values.ndim not in {1, 2} or values.dtype.kind not in "biuf":
        raise UnreadableFileError(f"{path} must hold numbers as (record, label), got {values.dtype} {values.shape}")
    return np.asarray(values.reshape(values.shape[0], -1), dtype=np.float64)


def _read_table(path: Path) -> pa.Table:
    if path.suffix.lower() == ".csv":
        return read_csv(path)
    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise UnreadableFileError(f"can't read a table from {path}: {error}") from error


def _places(true: ScoreMatrix, records: tuple[str, ...], *, wanted_by: Path) -> list[int]:
    place = {record: row for row, record in enumerate(true.records or ())}
    if len(place) < len(true.records or ()):
        raise SpecificationError(f"{true.path} has a record_id twice; keep one row per record")
    absent = [record for record in records if record not in place]
    if absent:
        raise SpecificationError(f"{len(absent)} records of {wanted_by} are not in {true.path}, first {absent[0]!r}")
    return [place[record] for record in records]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
