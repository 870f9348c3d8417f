"""A checked table of scores and truth, one row per record, label, model and seed; any vendor's model fits in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
from numpy.typing import ArrayLike, NDArray

from einthoven.errors import SpecificationError, UnreadableFileError
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.prediction_arrays import long_table, score_kind_of
from einthoven.evaluation.prediction_checks import check_keys, check_patients, check_truth, codes
from einthoven.evaluation.prediction_columns import SEPARATOR, TEXT, check_values, typed

__all__ = ["NO_PATIENTS", "Key", "Predictions", "notes_in"]

# model, seed, split, label
Key = tuple[str, int, str, str]

# written into the Parquet metadata
TYPE, VERSION = "predictions", 1
NOTES = "einthoven.notes"
NO_PATIENTS = "There are no patient ids, so each record counts as its own patient."


@dataclass(frozen=True, eq=False)
class Predictions:
    """Scores with their truth, checked once; see the schema of predictions for the columns.

    Parameters
    ----------
    table : pyarrow.Table
        Long: ``record_id, split, model, seed, label, task, truth, score, score_kind``, optionally ``outcome_id,
        patient_id, site, time, event, time_to_event_days, fold, route, weight, pretrained_on``, and any ``group.NAME``
        (text) and ``covariate.NAME`` (number). Truth is 0 or 1 for yes/no tasks, empty where unknown.
    notes : tuple of str
        What a reader of the numbers has to know, for example that there were no patient ids.

    Raises
    ------
    SpecificationError
        A column is missing, unknown or of the wrong type.
    InvalidScoreError
        A score is NaN, or outside its kind.
    CohortError
        The same record, outcome, model, label and seed appear twice, a label's scores are of two kinds, or two models
        come with different truth for one record.
    LeakageError
        A patient is in two splits.

    Examples
    --------
    >>> predictions = Predictions(pa.table({
    ...     "record_id": ["a", "b"], "split": ["test"] * 2, "model": ["net"] * 2, "seed": [0] * 2,
    ...     "label": ["AF"] * 2, "task": ["binary"] * 2, "truth": [0.0, 1.0], "score": [0.2, 0.7],
    ...     "score_kind": ["probability"] * 2}))
    >>> predictions.labels, predictions.splits
    (('AF',), ('test',))
    """

    table: pa.Table
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "table", typed(self.table))
        check_values(self.table)
        check_keys(self.table, self._groups, self._records)
        check_patients(self.table, self._patients)
        check_truth(self.table, self._groups, self._records)
        object.__setattr__(self, "notes", tuple(dict.fromkeys((*self.notes, *_patient_notes(self.table)))))

    @classmethod
    def from_file(cls, path: Path) -> Predictions:
        """Read a table that einthoven wrote, or any long Parquet file with the same columns."""
        try:
            table = pq.read_table(path)
        except (OSError, pa.ArrowInvalid) as error:
            raise UnreadableFileError(f"can't read predictions from {path}: {error}") from error
        version = int((table.schema.metadata or {}).get(b"version", b"1"))
        if version > VERSION:
            raise SpecificationError(f"{path} has version {version}, this einthoven reads up to {VERSION}: update it")
        return cls(table, notes_in(table))

    @classmethod
    def from_arrays(
        cls,
        scores: ArrayLike,
        truth: ArrayLike,
        *,
        labels: Sequence[str],
        record_id: Sequence[str] | None = None,
        outcome_id: Sequence[str] | None = None,
        patient_id: Sequence[str] | None = None,
        model: str = "model",
        seed: int = -1,
        split: str | Sequence[str] = "test",
        score_kind: str | None = None,
    ) -> Predictions:
        """Return the predictions of one model from arrays.

        Parameters
        ----------
        scores, truth : (record, label)
            Truth 0, 1, or NaN where unknown.
        labels : sequence of str
        record_id, outcome_id, patient_id : sequence of str (record,), optional
            Without, records are numbered, each has one outcome, and each is its own patient.
        model : str
        seed : int
            -1 for an ensemble, a reader, or a model without seeds.
        split : str, or sequence of str (record,)
        score_kind : str, optional
            Without, ``binary`` if all scores are 0 or 1, ``probability`` if all lie in [0, 1], otherwise refused.

        Examples
        --------
        >>> Predictions.from_arrays([[0.2], [0.7]], [[0], [1]], labels=["AF"]).notes
        ('There are no patient ids, so each record counts as its own patient.',)
        """
        score, known = np.asarray(scores, dtype=np.float64), np.asarray(truth, dtype=np.float64)
        if score.ndim != 2 or score.shape != known.shape or score.shape[1] != len(labels):
            raise SpecificationError(
                f"scores and truth must both be (record, label) with {len(labels)} labels, got {score.shape} and "
                f"{known.shape}"
            )
        n = score.shape[0]
        per_record = {"record_id": [str(row) for row in range(n)] if record_id is None else record_id}
        per_record["split"] = [split] * n if isinstance(split, str) else split
        per_record |= {
            name: ids for name, ids in (("outcome_id", outcome_id), ("patient_id", patient_id)) if ids is not None
        }
        for name, values in per_record.items():
            if len(values) != n:
                raise SpecificationError(f"{name} must have one value per record, {n}, got {len(values)}")
        kind = score_kind_of(score, labels=labels, declared=score_kind, model=model)
        return cls(long_table(score, known, per_record, labels=labels, model=model, seed=seed, kind=kind))

    @classmethod
    def concatenate(cls, parts: Sequence[Predictions]) -> Predictions:
        """Return one table of several, for example of a network and two readers of the same records."""
        table = pa.concat_tables([part.table for part in parts], promote_options="default")
        return cls(table, tuple(note for part in parts for note in part.own_notes))

    def to_parquet(self, path: Path) -> None:
        """Write the table with its notes; ``from_file`` reads both back."""
        metadata = {"type": TYPE, "version": str(VERSION)}
        metadata |= {NOTES: json.dumps(self.own_notes)} if self.own_notes else {}
        pq.write_table(self.table.replace_schema_metadata(metadata), path, compression="zstd")

    def write(self, path: Path) -> None:
        """Write the table by the file's name: ``.parquet``, or ``.csv`` with one row per record and label."""
        if path.suffix == ".parquet":
            self.to_parquet(path)
        elif path.suffix == ".csv":
            plain = {name: _plain(self.table[name]) for name in self.table.column_names}
            if "pretrained_on" in plain:
                plain["pretrained_on"] = pc.binary_join(plain["pretrained_on"], SEPARATOR)
            pa.csv.write_csv(pa.table(plain), path)
        else:
            raise SpecificationError(f"predictions are written as .parquet or .csv, got {path}")

    @property
    def own_notes(self) -> tuple[str, ...]:
        """The notes but for those that the table itself gives."""
        return tuple(note for note in self.notes if note not in _patient_notes(self.table))

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels in the order of their first row."""
        return _values(self.table, "label")

    @property
    def models(self) -> tuple[str, ...]:
        """Models in the order of their first row."""
        return _values(self.table, "model")

    @property
    def splits(self) -> tuple[str, ...]:
        """Splits in the order of their first row."""
        return _values(self.table, "split")

    @cached_property
    def hash(self) -> str:
        """SHA-256 of sorted columns and rows as Arrow IPC; the order of rows and columns does not matter."""
        names = sorted(self.table.column_names)
        keys = [n for n in ("record_id", "outcome_id", "model", "label", "seed") if n in names]
        plain = pa.table({n: _plain(self.table[n]) for n in names}).sort_by([(key, "ascending") for key in keys])
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, plain.schema) as writer:
            writer.write_table(plain.combine_chunks(), max_chunksize=1 << 20)
        return hashlib.sha256(sink.getvalue()).hexdigest()

    def label_scores(self) -> Iterator[LabelScores]:
        """Yield the scores of each model, seed, split and label, in order of model, seed, split, label.

        Rows are sorted by record, unknown truth is dropped and counted; one label is in memory at a time.
        """
        for key in self.keys:
            yield self.scores_of(*key)

    @property
    def keys(self) -> tuple[Key, ...]:
        """Model, seed, split and label of all that is scored, sorted."""
        return tuple(self._groups)

    def scores_of(self, model: str, seed: int, split: str, label: str, *, keep_unknown: bool = False) -> LabelScores:
        """Return the scores of one model, seed, split and label; of no records where the table has none.

        ``keep_unknown`` keeps rows whose truth (of a survival task: whose event) is unknown, as NaN.
        """
        rows = self._groups.get((model, seed, split, label), np.empty(0, dtype=np.int64))
        task, kind = (self.table[n][int(rows[0])].as_py() if rows.size else "" for n in ("task", "score_kind"))
        truth = self._numbers("truth")[rows]
        unknown = self._numbers("time_to_event_days")[rows] if task == "survival" else truth
        kept = np.flatnonzero(~np.isnan(unknown)) if not keep_unknown else np.arange(rows.size)
        kept = kept[np.argsort(self._records[rows[kept]], kind="stable")]
        taken = rows[kept]
        weight = self._numbers("weight")[taken] if "weight" in self.table.column_names else None
        return LabelScores(
            model, seed, split, label, task, kind, self._numbers("score")[taken], truth[kept],
            record=self._records[taken], patient=self._patients[taken], row=taken,
            unknown=int(rows.size - kept.size), weight=weight,
        )  # fmt: skip

    def known_truth(self, split: str, label: str) -> pa.Table:
        """Return what is known of a label in a split, whichever model's rows say it: one row per record and outcome.

        Columns ``record_id, outcome_id, truth, event, time_to_event_days``, ordered by the first two; NaN where empty.
        """
        rows = np.concatenate([found for key, found in self._groups.items() if key[2:] == (split, label)])
        numbers = {name: self._numbers(name)[rows] for name in ("truth", "event", "time_to_event_days")}
        known = ~np.isnan(numbers["truth"]) | ~np.isnan(numbers["time_to_event_days"])
        rows = rows[known]
        first = np.unique(self._records[rows], return_index=True)[1]
        texts = {
            name: self.table[name].take(rows[first]) if name in self.table.column_names else pa.nulls(first.size, TEXT)
            for name in ("record_id", "outcome_id")
        }
        return pa.table(texts | {name: values[known][first] for name, values in numbers.items()})

    def _numbers(self, name: str) -> NDArray[np.float64]:
        if name not in self.table.column_names:
            return np.full(len(self.table), np.nan)
        column = self.table[name]
        if pa.types.is_boolean(column.type):
            column = column.cast(pa.int8()).cast(pa.float64())
        return np.asarray(column.to_numpy(), dtype=np.float64)

    @cached_property
    def _record_codes(self) -> NDArray[np.int64]:
        return codes(self.table, "record_id")

    @cached_property
    def _records(self) -> NDArray[np.int64]:
        # code of each row's pair of record and outcome; equal for all models, ordered by name
        records = self._record_codes
        if "outcome_id" not in self.table.column_names or self.table["outcome_id"].null_count == len(self.table):
            return records
        outcomes = codes(self.table, "outcome_id")
        pairs = records * (int(outcomes.max()) + 2) + outcomes + 1
        return np.asarray(np.unique(pairs, return_inverse=True)[1].reshape(-1), dtype=np.int64)

    @cached_property
    def _patients(self) -> NDArray[np.int64]:
        # a record whose patient is named in another row has that patient; otherwise it is its own
        records = self._record_codes
        if len(records) == 0:
            return records
        count = int(records.max()) + 1
        patient_of = np.full(count, -1, dtype=np.int64)
        if "patient_id" in self.table.column_names:
            patients = codes(self.table, "patient_id")
            patient_of[records[patients >= 0]] = patients[patients >= 0]
        unnamed = patient_of < 0
        patient_of[unnamed] = patient_of.max() + 1 + np.arange(int(unnamed.sum()))
        return np.asarray(patient_of[records])

    @cached_property
    def _groups(self) -> dict[Key, NDArray[np.int64]]:
        # rows of each model, seed, split and label, in that order
        code = np.zeros(len(self.table), dtype=np.int64)
        names = ("model", "seed", "split", "label")
        for name in names:
            part = codes(self.table, name)
            code = code * (int(part.max(initial=0)) + 1) + part
        order = np.argsort(code, kind="stable")
        starts = np.flatnonzero(np.diff(code[order])) + 1
        parts = [rows for rows in np.split(order, starts) if rows.size]
        return {tuple(self.table[n][int(rows[0])].as_py() for n in names): rows for rows in parts}


def notes_in(table: pa.Table) -> tuple[str, ...]:
    """Return the notes that ``Predictions.to_parquet`` wrote beside the table."""
    return tuple(json.loads((table.schema.metadata or {}).get(NOTES.encode(), b"[]")))


def _patient_notes(table: pa.Table) -> tuple[str, ...]:
    if "patient_id" not in table.column_names:
        return (NO_PATIENTS,)
    missing = table["patient_id"].null_count
    return (f"{missing} rows have no patient id of their own.",) if missing else ()


def _values(table: pa.Table, name: str) -> tuple[str, ...]:
    return tuple(table[name].unique().to_pylist())


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
