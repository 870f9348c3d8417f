"""The cheap comparator is fitted apart from what is reported, is R's glm, and is the same in every run."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from scipy import special

from einthoven.errors import TooFewObservationsError
from einthoven.evaluation.comparator import columns_of, fit_comparators, fitting_split
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from fakes.measured_patients import measured_patients
from fakes.predictions import fake_predictions
from fakes.verified_patients import numbers_of_r, verified_patients


def test_logistic_comparator_predicts_as_glm_of_r():
    """On the verified records of the data that R fitted."""
    data = verified_patients()
    kept = ~np.isnan(data.truth)
    n = int(kept.sum())
    truth, score = np.tile(data.truth[kept], 2), np.tile(data.score[kept], 2)
    predictions = Predictions.from_arrays(
        score[:, None], truth[:, None], labels=["D"], split=["train"] * n + ["test"] * n, score_kind="probability",
        patient_id=[str(k) for k in range(2 * n)],
    )  # fmt: skip
    table = predictions.table
    columns = np.column_stack([score, np.tile(data.age[kept], 2), np.tile(data.female[kept], 2)])
    names = ("covariate.score", "covariate.age", "covariate.female")
    for name, values in zip(names, columns.T, strict=True):
        table = table.append_column(name, pa.array(values))
    context = context_for(Predictions(table), Protocol(comparator=names))
    logistic, _ = fit_comparators(context, "D", split="train")
    one = context.in_split(context.main[0], "test")
    intercept, *slopes = numbers_of_r("logistic_regression")["plain"]["coefficients"]
    expected = special.expit(intercept + columns[one.row] @ np.array(slopes))
    assert logistic.probability(context, one) == pytest.approx(expected, abs=1e-9)


def test_columns_are_those_of_the_recorder_as_far_as_they_are_there():
    """The protocol's own come first."""
    predictions = measured_patients()
    found = columns_of(context_for(predictions, Protocol()))
    assert found == ("covariate.age_years", "group.sex", "covariate.qrs_ms")
    assert columns_of(context_for(predictions, Protocol(comparator=("group.sex",)))) == ("group.sex",)
    assert columns_of(context_for(fake_predictions(), Protocol())) == ("group.sex",)


@pytest.mark.parametrize(
    ("splits", "reported", "expected"),
    [
        (("train", "validation", "test"), ("test",), "train"),
        (("validation", "test"), ("test",), "validation"),
        (("train", "validation", "test"), ("train", "test"), "validation"),
        (("test",), ("test",), None),
        (("validation", "test"), ("validation", "test"), None),
    ],
)
def test_it_is_never_fitted_on_what_is_reported(splits, reported, expected):
    """Train, otherwise validation, otherwise nothing."""
    context = context_for(measured_patients(splits=splits), Protocol(splits=reported))
    assert fitting_split(context) == expected


def test_two_fits_are_one_and_the_order_of_rows_plays_no_part():
    """Bit by bit."""
    predictions = measured_patients()
    order = np.random.default_rng(0).permutation(len(predictions.table))
    contexts = [context_for(p, Protocol()) for p in (predictions, Predictions(predictions.table.take(order)))]
    for one, other in zip(*(fit_comparators(c, "LVSD", split="train") for c in contexts), strict=True):
        first, second = (
            fit.probability(context, next(s for s in context.main if s.model == "seer"))
            for fit, context in zip((one, other), contexts, strict=True)
        )
        assert first.tolist() == second.tolist()


def test_missing_intervals_are_no_obstacle():
    """A tenth of QRS durations is unknown; every record gets a chance from both."""
    context = context_for(measured_patients(), Protocol())
    for fit in fit_comparators(context, "LVSD", split="train"):
        chance = fit.probability(context, context.main[0])
        assert ((chance > 0) & (chance < 1)).all()
        assert fit.n == len(context.predictions.scores_of("seer", -1, "train", "LVSD").truth)


def test_too_few_events_make_no_comparator():
    """Nine of them."""
    predictions = measured_patients(patients=60)
    truth = np.zeros(len(predictions.table))
    train = np.flatnonzero([split == "train" for split in predictions.table["split"].to_pylist()])
    records = predictions.table["record_id"].to_pylist()
    chosen = {records[row] for row in train[:9]}
    truth[[record in chosen for record in records]] = 1.0
    index = predictions.table.column_names.index("truth")
    few = Predictions(predictions.table.set_column(index, "truth", pa.array(truth)))
    with pytest.raises(TooFewObservationsError, match="9 positives"):
        fit_comparators(context_for(few, Protocol()), "LVSD", split="train")


@pytest.mark.parametrize("values", [["F"] * 900, [None] * 900], ids=["one value", "none"])
def test_columns_that_tell_nothing_make_no_comparator(values):
    """A cohort of women alone, say: told as a reason, no crash."""
    table = fake_predictions(patients=450, models=("net",)).table
    columns = ["covariate.empty", "group.same"]
    table = table.append_column(columns[0], pa.array([None] * len(table), pa.float64()))
    table = table.append_column(columns[1], pa.array((values * 3)[: len(table)], pa.string()))
    context = context_for(Predictions(table), Protocol(comparator=tuple(columns)))
    with pytest.raises(TooFewObservationsError, match=r"one value or none of each of covariate\.empty, group\.same"):
        fit_comparators(context, "AF", split="validation")
