"""Turn arrays of scores (record, label) into the long table that predictions are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from einthoven.errors import InvalidScoreError, UnknownNameError
from einthoven.evaluation.prediction_columns import SCORE_KINDS, TASKS, YES_NO_TASKS
from einthoven.registry import nearest

__all__ = ["long_table", "score_kind_of"]


def long_table(
    score: NDArray[np.float64],
    truth: NDArray[np.float64] | None,
    per_record: Mapping[str, Sequence[str] | pa.Array | pa.ChunkedArray],
    *,
    labels: Sequence[str],
    model: str,
    seed: int,
    kind: str,
    task: str = "binary",
) -> pa.Table:
    """Return the long table of one model's scores.

    Parameters
    ----------
    score, truth : float64 (record, label)
        Truth NaN where unknown, None where there is none, as for survival.
    per_record : mapping of column name to list of str, or to an Arrow array (record,)
    labels : list of str
    model, seed, kind, task
        The same in all rows.
    """
    n, count = score.shape
    columns: dict[str, pa.Array | pa.ChunkedArray] = {}
    for name, values in per_record.items():
        columns[name] = pa.chunked_array(_encoded(values) * count)
    columns["label"] = pa.DictionaryArray.from_arrays(
        np.repeat(np.arange(count, dtype=np.int32), n), pa.array(list(labels))
    )
    known = np.full_like(score, np.nan) if truth is None else truth
    columns["truth"] = pa.array(known.T.ravel(), from_pandas=True)
    columns["score"] = pa.array(score.T.ravel())
    for name, value in {"model": model, "task": task, "score_kind": kind}.items():
        columns[name] = pa.DictionaryArray.from_arrays(np.zeros(n * count, dtype=np.int32), pa.array([value]))
    if "seed" not in columns:
        columns["seed"] = pa.array(np.full(n * count, seed, dtype=np.int32))
    return pa.table(columns)


def score_kind_of(
    score: NDArray[np.float64],
    *,
    labels: Sequence[str],
    declared: str | None,
    model: str,
    task: str = "binary",
    rows: NDArray[np.int64] | None = None,
) -> str:
    """Return the declared kind of scores, or the one that is certain: all 0 or 1, or all within [0, 1].

    Without a declared kind a measured quantity has ``value`` and survival ``risk`` (outside [0, 1] ``value``, too).
    ``rows`` are the rows of the scores in their file, where these are not all of it.

    Raises
    ------
    UnknownNameError
        There is no such kind or task.
    InvalidScoreError
        Nothing was declared and a score lies outside [0, 1]: it could be a logit, a risk or anything.
    """
    if task not in TASKS:
        raise UnknownNameError(f"there is no task {task!r}{nearest(task, TASKS)}")
    if declared is not None and declared not in SCORE_KINDS:
        raise UnknownNameError(f"there is no score kind {declared!r}{nearest(declared, SCORE_KINDS)}")
    outside = np.isfinite(score) & ((score < 0) | (score > 1))  # no kind holds NaN or infinity: refused later
    if task not in YES_NO_TASKS:
        return declared or ("risk" if task == "survival" and not outside.any() else "value")
    answers = bool(np.isin(score, (0.0, 1.0)).all())
    if declared is not None:
        # a reader's answers stay answers where the kind was declared for a network beside it
        return "binary" if answers and declared != "probability" else declared
    if answers:
        return "binary"
    if outside.any():
        row, column = (int(index[0]) for index in np.nonzero(outside))
        raise InvalidScoreError(
            f"scores of {model!r} are no probabilities: {score[row, column]} in column {labels[column]!r}, row "
            f"{row if rows is None else rows[row]}; declare what they are: --score-kind value (any number, higher "
            "means more likely) or --score-kind logit"
        )
    return "probability"


def _encoded(values: Sequence[str] | pa.Array | pa.ChunkedArray) -> list[pa.Array]:
    """Return the chunks of a column, text dictionary-encoded."""
    column = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(list(values), pa.string())
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type) or pa.types.is_null(column.type):
        return [chunk.cast(pa.string()).dictionary_encode() for chunk in chunks]
    return list(chunks)
