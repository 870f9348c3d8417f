from __future__ import annotations

import dataclasses

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import roc_auc_score

from einthoven.evaluation.analyses.macro import analyse
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from fakes.predictions import LABELS, fake_predictions

PROTOCOL = Protocol(splits=("test",), models=("net",), resamples=100, minimum_events=5)
METRICS = {"auroc", "auprc", "median_auroc", "median_auprc", "micro_auroc", "micro_auprc"}


@pytest.fixture(scope="module")
def predictions():
    """Return predictions of two networks."""
    return fake_predictions()


def test_macro_median_and_micro_of_both_areas(predictions):
    """All of the same labels, each inside its interval."""
    context = context_for(predictions, PROTOCOL)
    rows = {row.metric: row for row in analyse(context).results}
    assert set(rows) == METRICS
    areas = [roc_auc_score(one.truth, one.score) for one in context.reported]
    assert rows["auroc"].estimate.value == pytest.approx(np.mean(areas))
    assert rows["median_auroc"].estimate.value == pytest.approx(np.median(areas))
    for row in rows.values():
        assert row.estimate.low < row.estimate.value < row.estimate.high
        assert (row.label, row.analysis) == ("macro", "macro")


def test_rare_labels_are_left_out_and_named_in_a_note(predictions):
    """The average says of how many labels it is."""
    context = context_for(predictions, PROTOCOL)
    events = {one.label: one.events for one in context.reported}
    rare = min(events, key=events.get)
    rows = analyse(context_for(predictions, dataclasses.replace(PROTOCOL, minimum_events=events[rare] + 1)))
    assert all(f"2 of 3 labels (left out for too few events: {rare} (" in row.estimate.method for row in rows.results)
    assert len(rows.notes) == 1
    assert f"{rare} ({events[rare]} positives)" in rows.notes[0]


def test_nothing_to_average_is_told_with_its_reason(predictions):
    """No label has enough events."""
    rows = analyse(context_for(predictions, dataclasses.replace(PROTOCOL, minimum_events=10_000)))
    assert {row.metric for row in rows.results} == METRICS
    assert all(np.isnan(row.estimate.value) and row.estimate.reason for row in rows.results)


def test_a_single_label_has_no_average(predictions):
    """Nor has a reader."""
    protocol = dataclasses.replace(PROTOCOL, outcomes=LABELS[:1])
    assert analyse(context_for(predictions, protocol)).results == []
    readers = fake_predictions(models=("reader",))
    assert analyse(context_for(readers, dataclasses.replace(PROTOCOL, models=()))).results == []


def test_weights_count(predictions):
    """Records that stand for many change the average."""
    weight = 1.0 + np.arange(len(predictions.table)) % 7
    weighted = Predictions(predictions.table.append_column("weight", pa.array(weight)))
    one, other = (analyse(context_for(table, PROTOCOL)).results[0].estimate for table in (predictions, weighted))
    assert one.value != other.value
    assert other.low < other.value < other.high
