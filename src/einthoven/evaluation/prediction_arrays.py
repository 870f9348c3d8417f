"""Turn arrays of scores (record, label) into the long table that predictions are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from einthoven.errors import InvalidScoreError, UnknownNameError
from einthoven.evaluation.prediction_columns import SCORE_KINDS
from einthoven.registry import nearest

__all__ = ["long_table", "score_kind_of"]


def long_table(
    score: NDArray[np.float64],
    truth: NDArray[np.float64],
    per_record: Mapping[str, Sequence[str]],
    *,
    labels: Sequence[str],
    model: str,
    seed: int,
    kind: str,
) -> pa.Table:
    """Return the long table of one model's scores.

    Parameters
    ----------
    score, truth : float64 (record, label)
        Truth NaN where unknown.
    per_record : mapping of column name to list of str (record,)
    labels : list of str
    model, seed, kind
        The same in all rows.
    """
    n, count = score.shape
    columns: dict[str, pa.Array] = {}
    for name, values in per_record.items():
        encoded = pa.array(list(values), pa.string()).dictionary_encode()
        indices = pa.array(np.tile(encoded.indices.to_numpy(zero_copy_only=False), count), from_pandas=True)
        columns[name] = pa.DictionaryArray.from_arrays(indices.cast(pa.int32()), encoded.dictionary)
    columns["label"] = pa.DictionaryArray.from_arrays(
        np.repeat(np.arange(count, dtype=np.int32), n), pa.array(list(labels))
    )
    columns["truth"] = pa.array(truth.T.ravel(), from_pandas=True)
    columns["score"] = pa.array(score.T.ravel())
    for name, value in {"model": model, "task": "binary", "score_kind": kind}.items():
        columns[name] = pa.DictionaryArray.from_arrays(np.zeros(n * count, dtype=np.int32), pa.array([value]))
    columns["seed"] = pa.array(np.full(n * count, seed, dtype=np.int32))
    return pa.table(columns)


def score_kind_of(score: NDArray[np.float64], *, labels: Sequence[str], declared: str | None, model: str) -> str:
    """Return the declared kind of scores, or the one that is certain: all 0 or 1, or all within [0, 1].

    Raises
    ------
    InvalidScoreError
        Nothing was declared and a score lies outside [0, 1]: it could be a logit, a risk or anything.
    """
    answers = bool(np.isin(score, (0.0, 1.0)).all())
    if declared is not None:
        if declared not in SCORE_KINDS:
            raise UnknownNameError(f"there is no score kind {declared!r}{nearest(declared, SCORE_KINDS)}")
        # a reader's answers stay answers where the kind was declared for a network beside it
        return "binary" if answers and declared != "probability" else declared
    if answers:
        return "binary"
    outside = np.isfinite(score) & ((score < 0) | (score > 1))  # no kind holds NaN or infinity: refused later
    if outside.any():
        row, column = (int(index[0]) for index in np.nonzero(outside))
        raise InvalidScoreError(
            f"scores of {model!r} are no probabilities: {score[row, column]} in column {labels[column]!r}, row {row}; "
            "declare what they are: --score-kind value (any number, higher means more likely) or --score-kind logit"
        )
    return "probability"
