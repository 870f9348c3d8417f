"""The first record of each patient of a split, by which patients are counted once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.evaluation.predictions import Key, Predictions

__all__ = ["FirstRecords", "first_records"]


@dataclass(frozen=True, slots=True, eq=False)
class FirstRecords:
    """One record per patient.

    Attributes
    ----------
    row : int64 (patient,)
        A row of the table of predictions that holds the patient's first record.
    truth : dict of float64 (patient,)
        By label; NaN where it is unknown of that record.
    """

    row: NDArray[np.int64]
    truth: dict[str, NDArray[np.float64]]


def first_records(predictions: Predictions, split: str, labels: Sequence[str] = ()) -> FirstRecords:
    """Return each patient's first record in time, of records without a time the first by id, after all with one.

    Parameters
    ----------
    predictions : Predictions
    split : str
    labels : sequence of str
        Whose truth is looked up.

    Examples
    --------
    >>> table = Predictions.from_arrays(
    ...     [[0.2], [0.7], [0.4]], [[0], [1], [0]], labels=["AF"], patient_id=["a", "b", "a"]
    ... )
    >>> found = first_records(table, "test", ["AF"])
    >>> found.row, found.truth["AF"]
    (array([0, 1]), array([0., 1.]))
    """
    # of each model and label one seed is enough: all score the same records
    keys: dict[tuple[str, str], Key] = {}
    for key in predictions.keys:
        if key[2] == split:
            keys.setdefault((key[0], key[3]), key)
    scored = [predictions.scores_of(*key, keep_unknown=True) for key in keys.values()]
    record, first = np.unique(np.concatenate([one.record for one in scored]), return_index=True)
    patient = np.concatenate([one.patient for one in scored])[first]
    row = np.concatenate([one.row for one in scored])[first]
    order = np.lexsort((record, _times(predictions)[row], patient))
    chosen = order[np.flatnonzero(np.diff(patient[order], prepend=-1))]
    place_of = np.full(int(record.max()) + 1, -1, dtype=np.int64)
    place_of[record[chosen]] = np.arange(chosen.size)
    truth = {label: np.full(chosen.size, np.nan) for label in labels}
    for one in scored:
        if one.label in truth:
            place = place_of[one.record]
            truth[one.label][place[place >= 0]] = one.truth[place >= 0]
    return FirstRecords(row[chosen], truth)


def _times(predictions: Predictions) -> NDArray[np.int64]:
    if "time" not in predictions.table.column_names:
        return np.zeros(len(predictions.table), dtype=np.int64)
    times = predictions.table["time"].to_numpy().astype("datetime64[us]")
    late = np.iinfo(np.int64).max
    return np.asarray(np.where(np.isnat(times), late, times.astype(np.int64)))
