from __future__ import annotations

import dataclasses

import numpy as np
import pyarrow as pa
import pytest

from einthoven.evaluation.analyses.calibration import METRICS, analyse
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from fakes.predictions import fake_predictions

PROTOCOL = Protocol(resamples=20, outcomes=("AF", "LBBB"))


@pytest.fixture(scope="module")
def rows():
    """Return the analysis of two networks and a reader."""
    predictions = fake_predictions(models=("net", "reader"))
    return analyse(context_for(predictions, PROTOCOL))


def test_every_label_has_every_number(rows):
    """Of the network; a reader's answers have no calibration."""
    assert {row.model for row in rows.results} == {"net"}
    one = [row for row in rows.results if (row.split, row.label) == ("test", "AF")]
    assert [row.metric for row in one] == list(METRICS)
    assert all(row.estimate.low <= row.estimate.value <= row.estimate.high for row in one)
    assert all(row.estimate.clusters < row.estimate.n for row in one)


def test_curves_have_a_band_and_tests_a_p_value(rows):
    """One each per label and split."""
    assert [(row.kind, row.split, row.label) for row in rows.curves] == [
        ("calibration_smooth", split, label) for split in ("test", "external") for label in ("AF", "LBBB")
    ]
    assert all(row.curve.low is not None for row in rows.curves)
    tests = {row.metric for row in rows.comparisons if row.label == "AF"}
    assert tests == {"spiegelhalter", "hosmer_lemeshow"}
    assert all(0 <= row.test.p_value <= 1 and row.model_a == row.model_b for row in rows.comparisons)


def test_a_label_of_one_class_is_undefined_and_the_others_are_not():
    """With the reason; there is no curve of it."""
    table = fake_predictions(models=("net",)).table
    negative = np.where(np.array(table["label"].to_pylist()) == "AF", 0.0, table["truth"].to_numpy())
    place = table.column_names.index("truth")
    predictions = Predictions(table.set_column(place, "truth", pa.array(negative)))
    found = analyse(context_for(predictions, PROTOCOL))
    by_label = {label: [r.estimate.reason for r in found.results if r.label == label] for label in ("AF", "LBBB")}
    assert all("none of the" in reason for reason in by_label["AF"])
    assert by_label["LBBB"] == [None] * 2 * len(METRICS)
    assert {row.label for row in found.curves} == {"LBBB"}


def test_logits_are_measured_by_their_probability(rows):
    """The same numbers."""
    predictions = fake_predictions(models=("net",))
    table = predictions.table
    score = table["score"].to_numpy()
    logit = pa.array(np.log(score / (1 - score)))
    table = table.set_column(table.column_names.index("score"), "score", logit)
    kind = pa.array(["logit"] * len(table))
    table = table.set_column(table.column_names.index("score_kind"), "score_kind", kind)
    context = context_for(Predictions(table), dataclasses.replace(PROTOCOL, outcomes=("AF",), splits=("test",)))
    found = {row.metric: row.estimate.value for row in analyse(context).results}
    expected = {r.metric: r.estimate.value for r in rows.results if (r.split, r.label) == ("test", "AF")}
    assert found == pytest.approx(expected, abs=1e-9)
