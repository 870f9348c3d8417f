from __future__ import annotations

import numpy as np
import pyarrow as pa

from einthoven.evaluation.first_records import first_records
from einthoven.evaluation.predictions import Predictions


def predictions(times=None):
    """Return five records of three patients, two labels, two models of which one lacks a record."""
    truth = np.array([[0, 1], [1, np.nan], [0, 0], [1, 1], [0, 0]])
    ids = {"record_id": list("abcde"), "patient_id": ["q", "p", "q", "r", "p"]}
    one = Predictions.from_arrays(np.full((5, 2), 0.5), truth, labels=["AF", "MI"], model="one", **ids)
    fewer = {name: values[1:] for name, values in ids.items()}
    other = Predictions.from_arrays(np.full((4, 2), 0.5), truth[1:], labels=["AF", "MI"], model="other", **fewer)
    table = Predictions.concatenate([other, one])
    if times is None:
        return table
    of_record = dict(zip("abcde", times, strict=True))
    column = [of_record[record.as_py()] for record in table.table["record_id"]]
    return Predictions(table.table.append_column("time", pa.array(column, pa.timestamp("us"))))


def records(table, found):
    """Return the ids of the chosen records."""
    return sorted(table.table["record_id"][int(row)].as_py() for row in found.row)


def test_without_times_the_first_id_counts():
    """Each patient once, and the truth of that record."""
    table = predictions()
    found = first_records(table, "test", ["AF", "MI"])
    assert records(table, found) == ["a", "b", "d"]
    assert sorted(found.truth["AF"].tolist()) == [0.0, 1.0, 1.0]
    assert np.isnan(found.truth["MI"]).sum() == 1


def test_the_earliest_record_counts_and_one_without_a_time_comes_last():
    """Patient q's second, patient p's only one with a time."""
    table = predictions([5, None, 3, None, 4])
    assert records(table, first_records(table, "test")) == ["c", "d", "e"]


def test_order_of_rows_does_not_matter():
    """The same records, whichever way the table was sorted."""
    table = predictions([5, None, 3, None, 4])
    turned = Predictions(table.table.take(list(range(len(table.table)))[::-1]))
    assert records(turned, first_records(turned, "test")) == ["c", "d", "e"]
