"""Predictions from a table: one row per record and label, one column per label, or any table with its columns named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from einthoven.errors import SpecificationError, UnknownNameError
from einthoven.evaluation.prediction_arrays import long_table, score_kind_of
from einthoven.evaluation.prediction_columns import COLUMNS, TEXT
from einthoven.evaluation.predictions import Predictions, notes_in
from einthoven.evaluation.score_matrix import RECORD_COLUMNS, column_of_numbers
from einthoven.registry import nearest

__all__ = ["predictions_from_long", "predictions_from_markers", "predictions_from_wide", "tabulated"]

NO_SPLIT = "There is no column 'split', so all records count as split 'test'."
# what a wide table may hold of each record beyond RECORD_COLUMNS, group.NAME and covariate.NAME
FURTHER = ("time", "event", "time_to_event_days", "weight", "pretrained_on", "fold", "route", "seed")
FURTHER_NAMES = "further columns: 'group.NAME' for text, 'covariate.NAME' for numbers"
# what a long table says row by row, and a wide one is told from outside
BY_OPTION = {
    "model": "; leave it out: a wide table is of one model, named after its file",
    "task": "; leave it out and say --task TASK",
    "score_kind": "; leave it out and say --score-kind KIND",
}
SURVIVAL = ("event", "time_to_event_days")


def predictions_from_long(
    table: pa.Table, *, model: str, score_kind: str | None = None, task: str | None = None
) -> Predictions:
    """Return the predictions in a table with one row per record and label.

    Columns ``record_id, label, score`` and ``truth`` (survival: ``event, time_to_event_days``); what else is missing of
    the schema gets its default: this model, seed -1, split ``test``, task ``binary`` and the kind that is certain.
    """
    survives = set(SURVIVAL) <= set(table.column_names) and "truth" not in table.column_names
    needed = ("record_id", "label", "score", *(SURVIVAL if survives else ("truth",)))
    for name in needed:
        if name not in table.column_names:
            raise SpecificationError(f"there is no column {name!r}; the table has: {', '.join(table.column_names)}")
    notes = (*notes_in(table), *(() if "split" in table.column_names else (NO_SPLIT,)))
    if task is not None and "task" in table.column_names:
        raise SpecificationError(f"the table has its own column 'task'; leave out --task {task}")
    defaults: dict[str, str | int] = {
        "model": model,
        "seed": -1,
        "split": "test",
        "task": task or ("survival" if survives else "binary"),
    }
    for name, value in defaults.items():
        if name not in table.column_names:
            table = table.append_column(name, _repeated(value, len(table)))
    if survives:
        table = table.append_column("truth", pa.nulls(len(table), pa.float64()))
    if "score_kind" not in table.column_names:
        return Predictions(table.append_column("score_kind", _kinds(table, declared=score_kind)), notes)
    if score_kind is not None and set(table["score_kind"].unique().to_pylist()) != {score_kind}:
        raise SpecificationError(f"the table has a column 'score_kind' that contradicts the declared {score_kind!r}")
    return Predictions(table, notes)


def predictions_from_wide(
    table: pa.Table, *, model: str, score_kind: str | None = None, task: str | None = None
) -> Predictions:
    """Return the predictions in a table with one row per record and columns ``score.LABEL`` and ``truth.LABEL``.

    A table with ``event`` and ``time_to_event_days`` is of survival and needs no ``truth.LABEL``.
    """
    survives = task in {None, "survival"} and set(SURVIVAL) <= set(table.column_names)
    labels = [name.removeprefix("score.") for name in table.column_names if name.startswith("score.")]
    accepted = [*RECORD_COLUMNS, *FURTHER, *(f"{half}.{label}" for label in labels for half in ("score", "truth"))]
    alone = [name for name in table.column_names if name.startswith("truth.") and name not in accepted]
    if alone:
        scored = ", ".join(f"score.{label}" for label in labels) or "none"
        wanted = alone[0].replace("truth.", "score.", 1)
        raise SpecificationError(f"there is no column {wanted!r} beside {alone[0]!r}; columns of scores: {scored}")
    for name in table.column_names:
        if name not in accepted and not name.startswith(("group.", "covariate.")):
            remedy = BY_OPTION.get(name) or f"{nearest(name, accepted)} ({FURTHER_NAMES})"
            raise UnknownNameError(f"a wide table of predictions has no column {name!r}{remedy}")
    missing = [f"truth.{label}" for label in labels if f"truth.{label}" not in table.column_names]
    if missing and not survives:
        raise SpecificationError(f"the columns {', '.join(missing)} are missing; leave cells empty where unknown")
    score = np.column_stack([column_of_numbers(table, f"score.{label}") for label in labels])
    truth = None if survives else np.column_stack([column_of_numbers(table, f"truth.{label}") for label in labels])
    about = _about_records(table)
    task = "survival" if survives else task
    return tabulated(score, truth, about, labels=labels, model=model, score_kind=score_kind, task=task)


def predictions_from_markers(
    table: pa.Table,
    *,
    scores: Sequence[str],
    outcome: str,
    positive: str | None = None,
    score_kind: str | None = None,
    task: str | None = None,
) -> Predictions:
    """Return the predictions of any table with one row per record, whose columns are named by the caller.

    Parameters
    ----------
    table : pyarrow.Table
    scores : sequence of str
        Columns that are scores of the outcome: each becomes a model, so that they are compared with each other.
    outcome : str
        Column of the truth; its name becomes the label.
    positive : str, optional
        The value of ``outcome`` that counts as 1, all others as 0; needed where it doesn't hold 0 and 1.
    score_kind, task : str, optional
        As in ``read_predictions``.

    Raises
    ------
    UnknownNameError
        There is no such column or value.
    SpecificationError
        The outcome holds words and nothing says which is positive.
    """
    if not scores:
        raise SpecificationError(f"name the columns that are scores of {outcome!r}: --score COLUMN, once for each")
    for name in (*scores, outcome):
        if name not in table.column_names:
            raise UnknownNameError(f"there is no column {name!r}{nearest(name, table.column_names)}")
    truth = _truth(table, outcome, positive=positive, task=task)[:, None]
    about = _about_records(table)
    unused = [name for name in table.column_names if name not in {*scores, outcome, *about}]
    parts = []
    for name in scores:
        score = column_of_numbers(table, name)[:, None]
        kind = score_kind_of(score, labels=[name], declared=score_kind, model=name, task=task or "binary")
        parts.append(tabulated(score, truth, about, labels=[outcome], model=name, score_kind=kind, task=task))
    found = Predictions.concatenate(parts)
    note = f"Columns that were not used: {', '.join(unused)}."
    return Predictions(found.table, (*found.own_notes, *([note] if unused else [])))


def tabulated(
    score: NDArray[np.float64],
    truth: NDArray[np.float64] | None,
    per_record: Mapping[str, Sequence[str] | pa.ChunkedArray],
    *,
    labels: Sequence[str],
    model: str,
    score_kind: str | None,
    task: str | None = None,
) -> Predictions:
    """Return the predictions of (record, label) arrays; records without ids are numbered."""
    notes = () if "split" in per_record else (NO_SPLIT,)
    complete = {
        "record_id": pa.array(np.arange(len(score))).cast(pa.string()),
        "split": _repeated("test", len(score)),
        **per_record,
    }
    task = task or "binary"
    kind = score_kind_of(score, labels=labels, declared=score_kind, model=model, task=task)
    table = long_table(score, truth, complete, labels=labels, model=model, seed=-1, kind=kind, task=task)
    return Predictions(table, notes)


def _about_records(table: pa.Table) -> dict[str, pa.ChunkedArray]:
    known = {*RECORD_COLUMNS, *FURTHER}
    kept = [name for name in table.column_names if name in known or name.startswith(("group.", "covariate."))]
    text = {name for name in kept if name.startswith("group.") or COLUMNS.get(name) == TEXT}
    return {name: table[name].cast(pa.string()) if name in text else table[name] for name in kept}


def _truth(table: pa.Table, outcome: str, *, positive: str | None, task: str | None) -> NDArray[np.float64]:
    values = table[outcome]
    words = pc.unique(values.cast(pa.string()).drop_null()).to_pylist()
    if positive is not None:
        if positive not in words:
            raise UnknownNameError(f"column {outcome!r} never holds {positive!r}{nearest(positive, words)}")
        is_positive = pc.equal(values.cast(pa.string()), positive)
        return np.asarray(is_positive.cast(pa.int8()).cast(pa.float64()).to_numpy(), dtype=np.float64)
    yes_no = task in {None, "binary"}
    if pa.types.is_string(values.type) or (yes_no and not set(words) <= {"0", "1", "0.0", "1.0", "true", "false"}):
        shown = ", ".join(repr(word) for word in words[:5])
        raise SpecificationError(
            f"column {outcome!r} holds {shown}{' ...' if len(words) > 5 else ''}; say which value counts as positive: "
            f"--positive {words[0] if words else 'VALUE'}, or --task regression where it is a measured number"
        )
    return column_of_numbers(table, outcome)


def _kinds(table: pa.Table, *, declared: str | None) -> pa.Array:
    """Return the kind of each row's score, decided for each model and task."""
    score = column_of_numbers(table, "score")
    models, tasks = (table[name].cast(pa.string()).dictionary_encode().combine_chunks() for name in ("model", "task"))
    code = models.indices.fill_null(-1).to_numpy() * len(tasks.dictionary) + tasks.indices.fill_null(-1).to_numpy()
    kinds = np.empty(len(table), dtype=object)
    for one in np.unique(code):
        rows = np.flatnonzero(code == one)
        model, task = (column[int(rows[0])].as_py() for column in (models, tasks))
        kinds[rows] = score_kind_of(
            score[rows][:, None], labels=["score"], declared=declared, model=model or "", task=task or "", rows=rows
        )
    return pa.array(kinds, pa.string()).dictionary_encode()


def _repeated(value: str | int, n: int) -> pa.Array:
    """Return a column of one value, text as a dictionary of one word."""
    if isinstance(value, str):
        return pa.DictionaryArray.from_arrays(np.zeros(n, dtype=np.int32), pa.array([value]))
    return pa.repeat(pa.scalar(value), n)
