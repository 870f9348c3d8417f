from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from einthoven.errors import UnknownNameError
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from fakes.predictions import fake_predictions


def with_column(predictions, name, values):
    place = predictions.table.column_names.index(name)
    return Predictions(predictions.table.set_column(place, name, pa.array(values, predictions.table[name].type)))


def test_each_split_has_the_ensemble_or_the_lowest_seed():
    """An ensemble of one split alone doesn't take the single seeds of another away."""
    predictions = fake_predictions(models=("net",))
    seeds = [-1 if split == "test" else 2 for split in predictions.table["split"].to_pylist()]
    context = context_for(with_column(predictions, "seed", seeds), Protocol())
    assert {(one.split, one.seed) for one in context.main} == {("test", -1), ("external", 2)}


def test_columns_come_as_numbers_or_texts_in_the_order_of_the_records():
    """Empty cells are NaN or unknown; crossed columns are joined; a missing column is named."""
    table = fake_predictions(models=("net",)).table
    ages = [None if row % 5 == 0 else float(row) for row in range(len(table))]
    context = context_for(Predictions(table.append_column("covariate.age", pa.array(ages))), Protocol())
    one = context.reported[0]
    expected = np.array([np.nan if row % 5 == 0 else row for row in one.row], dtype=float)
    np.testing.assert_array_equal(context.numbers("covariate.age", one), expected)
    assert set(context.texts("group.sex x split", one)) == {f"{sex} x {one.split}" for sex in "FM"}
    assert "unknown" in set(context.texts("covariate.age", one))
    with pytest.raises(UnknownNameError, match=r"no column 'covariate.agee'; did you mean 'covariate.age'"):
        context.numbers("covariate.agee", one)
