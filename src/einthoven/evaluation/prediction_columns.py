"""Columns of a table of predictions: their types, what they may hold, and the errors that name the row."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from einthoven.errors import InvalidScoreError, SpecificationError, StatisticsError, UnknownNameError
from einthoven.registry import nearest

__all__ = [
    "COLUMNS",
    "SCORE_KINDS",
    "SPLITS",
    "TASKS",
    "TEXT",
    "WHAT_IS_REQUIRED",
    "YES_NO_TASKS",
    "check_values",
    "typed",
]

TEXT = pa.dictionary(pa.int32(), pa.string())
SPLITS = ("train", "validation", "test", "external")
TASKS = ("binary", "multiclass", "ordinal", "regression", "survival")
SCORE_KINDS = ("probability", "binary", "value", "risk", "logit")
# tasks whose truth is 0 or 1 in each row
YES_NO_TASKS = ("binary", "multiclass", "ordinal")
WHAT_IS_REQUIRED = ("record_id", "split", "model", "seed", "label", "task", "truth", "score", "score_kind")
COLUMNS: dict[str, pa.DataType] = {
    "record_id": TEXT,
    "outcome_id": TEXT,
    "patient_id": TEXT,
    "time": pa.timestamp("us"),
    "site": TEXT,
    "split": TEXT,
    "model": TEXT,
    "seed": pa.int32(),
    "label": TEXT,
    "task": TEXT,
    "truth": pa.float64(),
    "event": pa.bool_(),
    "time_to_event_days": pa.float64(),
    "score": pa.float64(),
    "score_kind": TEXT,
    "fold": pa.int16(),
    "route": TEXT,
    "weight": pa.float64(),
    "pretrained_on": pa.list_(pa.string()),
}
SCORE_THEM = "; score these records, or leave their rows out for every model"
DECLARE_KIND = "; if it is no probability, declare its kind: score_kind 'value' (or 'logit')"
DECLARE_TASK = (
    "; a measured number is of task 'regression' (--task regression); of a grade, say which value is positive "
    "(--outcome COLUMN --positive VALUE), or give one label and 0/1 per cut-point"
)
TRUTH_WORDS = "; where words say who is positive, name the word: --outcome COLUMN --positive WORD --score COLUMN"
SEPARATOR = ";"  # of the data sets in a cell of pretrained_on
ACCEPTED = {"split": SPLITS, "task": TASKS, "score_kind": SCORE_KINDS}


def typed(table: pa.Table) -> pa.Table:
    """Return the table with the columns' declared types, text dictionary-encoded.

    Raises
    ------
    SpecificationError
        A required column is missing or of another type.
    UnknownNameError
        A column that is neither known nor named ``group.*`` or ``covariate.*``.
    """
    missing = [name for name in WHAT_IS_REQUIRED if name not in table.column_names]
    if missing:
        raise SpecificationError(
            f"predictions need the columns {', '.join(WHAT_IS_REQUIRED)}; missing: {', '.join(missing)}; "
            f"the table has: {', '.join(table.column_names)}"
        )
    if len(set(table.column_names)) < len(table.column_names):
        raise SpecificationError(f"a column appears twice in the predictions: {', '.join(table.column_names)}")
    columns = {name: _cast(table[name], name) for name in table.column_names}
    return pa.table(columns)


def check_values(table: pa.Table) -> None:
    """Refuse values that no statistic could use; ``table`` has been through ``typed``."""
    for name in ("record_id", "split", "model", "seed", "label", "task", "score_kind"):
        if table[name].null_count:
            raise SpecificationError(f"column {name!r} has {table[name].null_count} empty cells; it must have none")
    for name, accepted in ACCEPTED.items():
        for value in pc.unique(table[name]).to_pylist():
            if value not in accepted:
                raise UnknownNameError(f"column {name!r} holds {value!r}{nearest(value, accepted)}")
    score = table["score"].to_numpy()
    rule = "scores must be finite numbers"
    _refuse(table, ~np.isfinite(score), InvalidScoreError, rule, column="score", remedy=SCORE_THEM)
    probability, binary = (_is_in(table["score_kind"], [kind]) for kind in ("probability", "binary"))
    outside = probability & ((score < 0) | (score > 1))
    rule = "a score of kind probability must lie in [0, 1]"
    _refuse(table, outside, InvalidScoreError, rule, column="score", remedy=DECLARE_KIND)
    neither = binary & (score != 0) & (score != 1)
    _refuse(
        table, neither, InvalidScoreError, "a score of kind binary must be 0 or 1", column="score", remedy=DECLARE_KIND
    )
    truth = table["truth"].to_numpy()
    wrong = _is_in(table["task"], list(YES_NO_TASKS)) & ~np.isnan(truth) & (truth != 0) & (truth != 1)
    rule = "truth must be 0, 1, or empty where unknown"
    _refuse(table, wrong, StatisticsError, rule, column="truth", remedy=DECLARE_TASK)
    _refuse(table, np.isinf(truth), StatisticsError, "truth must be finite or empty", column="truth")
    _check_survival(table)
    if "weight" in table.column_names:
        weight = table["weight"].to_numpy()
        bad = ~(np.isfinite(weight) & (weight > 0))
        _refuse(table, bad, StatisticsError, "a weight must be finite and positive", column="weight")


def _check_survival(table: pa.Table) -> None:
    survival = _is_in(table["task"], ["survival"])
    if not survival.any():
        return
    for name in ("event", "time_to_event_days"):
        if name not in table.column_names:
            raise SpecificationError(f"rows of task 'survival' need event and time_to_event_days; there is no {name!r}")
    time = table["time_to_event_days"].to_numpy()
    no_event = np.asarray(table["event"].is_null().to_numpy(), dtype=np.bool_)
    column, no_time = "time_to_event_days", np.isnan(time)
    rule = "time_to_event_days must be finite and not negative"
    _refuse(table, survival & ((time < 0) | np.isinf(time)), StatisticsError, rule, column=column)
    rule = "an event, or that there was none, needs its time_to_event_days"
    _refuse(table, survival & ~no_event & no_time, StatisticsError, rule, column=column)
    rule = "a row with time_to_event_days needs event true or false"
    _refuse(table, survival & no_event & ~no_time, StatisticsError, rule, column="event")


def _cast(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    wanted = COLUMNS.get(name)
    if wanted is None:
        wanted = {"group": TEXT, "covariate": pa.float64()}.get(name.partition(".")[0]) if "." in name else None
    if wanted is None:
        raise UnknownNameError(
            f"predictions have no column {name!r}{nearest(name, COLUMNS)} (further columns: 'group.NAME' for text, "
            "'covariate.NAME' for numbers)"
        )
    actual = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    text_expected = pa.types.is_dictionary(wanted)
    if pa.types.is_boolean(wanted) and pa.types.is_integer(actual):
        column = _yes_no(column, name)
    is_text = pa.types.is_string(actual) or pa.types.is_large_string(actual) or pa.types.is_null(actual)
    if is_text and pa.types.is_list(wanted) and not pa.types.is_null(actual):
        return _split(column)
    if text_expected and not (is_text or pa.types.is_integer(actual)):
        raise SpecificationError(f"column {name!r} must hold text, got {column.type}")
    if not text_expected and is_text and not pa.types.is_null(actual):
        words = pc.unique(column.cast(pa.string()).drop_null()).to_pylist()
        remedy = TRUTH_WORDS if name == "truth" else ""
        raise SpecificationError(f"column {name!r} must be of type {wanted}, got text such as {words[0]!r}{remedy}")
    if pa.types.is_timestamp(wanted) and pa.types.is_timestamp(actual):
        return column
    try:
        if text_expected:
            return _encoded(column)
        return (column.cast(actual) if pa.types.is_dictionary(column.type) else column).cast(wanted)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise SpecificationError(f"column {name!r} must be of type {wanted}, got {column.type}: {error}") from error


def _encoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return text as one chunk with one dictionary; what is encoded already is not spelled out again."""
    if column.type != TEXT:
        column = column.cast(pa.string()).dictionary_encode()
    elif column.num_chunks > 1:
        column = column.unify_dictionaries()
    if column.num_chunks < 2:
        return column
    # all chunks have one dictionary now, which is kept once
    indices = pa.chunked_array([chunk.indices for chunk in column.chunks]).combine_chunks()
    return pa.chunked_array([pa.DictionaryArray.from_arrays(indices, column.chunk(0).dictionary)])


def _yes_no(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    others = [value for value in pc.unique(column.drop_null()).to_pylist() if value not in {0, 1}]
    if others:
        raise SpecificationError(
            f"column {name!r} must hold 0 or 1, true or false, got {others[0]}; a competing event is no event of this "
            "label"
        )
    return column


def _split(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the lists that cells such as ``ptb-xl; code-15`` stand for."""
    plain = column.cast(pa.string()).combine_chunks().dictionary_encode()
    lists = [[part.strip() for part in cell.split(SEPARATOR) if part.strip()] for cell in plain.dictionary.to_pylist()]
    return pa.chunked_array([pa.array(lists, pa.list_(pa.string())).take(plain.indices)])


def _is_in(column: pa.ChunkedArray, values: list[str]) -> NDArray[np.bool_]:
    return np.asarray(pc.is_in(column, value_set=pa.array(values)).to_numpy(), dtype=np.bool_)


def _refuse(
    table: pa.Table,
    wrong: NDArray[np.bool_],
    error: Callable[[str], Exception],
    rule: str,
    *,
    column: str,
    remedy: str = "",
) -> None:
    if not wrong.any():
        return
    row = int(np.flatnonzero(wrong)[0])
    label, record, model = (table[name][row].as_py() for name in ("label", "record_id", "model"))
    value = table[column][row].as_py()
    found = "an empty cell" if value is None else value
    raise error(
        f"{rule}, got {found} for label {label!r} of record {record!r}, model {model!r} "
        f"({int(wrong.sum())} of {wrong.size} rows){remedy}"
    )
