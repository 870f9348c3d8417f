from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import InvalidScoreError, OneClassError, StatisticsError, TooFewObservationsError
from einthoven.evaluation.statistics.label_table import label_table


@pytest.fixture
def truth():
    """Return four labels of 60 records with 30, 3, 59 and 0 positives."""
    return np.stack([np.arange(60) < positives for positives in (30, 3, 59, 0)], axis=1).astype(float)


def test_labels_with_too_few_events_are_named(truth):
    """Of a label that lacks negatives these are counted."""
    table = label_table(np.zeros_like(truth), truth, labels=["AF", "STEMI", "sinus", "none"], minimum_events=5)
    assert table.kept == ("AF",)
    assert table.left_out == ("STEMI (3 positives)", "sinus (1 negative)", "none (0 positives)")
    assert table.described.startswith("1 of 4 labels (left out for too few events: STEMI (3 positives), ")
    assert label_table(truth, truth, minimum_events=3).kept == ("label 0", "label 1")


def test_many_left_out_are_counted():
    """A table of a hundred rare labels stays readable."""
    truth = np.zeros((10, 20))
    truth[:3, 0] = 1
    assert label_table(truth, truth).described.endswith("label 8 (0 positives) and 11 more)")


def test_nothing_left_is_refused(truth):
    """One class everywhere, or too few everywhere, are two different answers."""
    with pytest.raises(OneClassError):
        label_table(truth, np.zeros_like(truth))
    with pytest.raises(TooFewObservationsError, match="AF \\(30 negatives\\)"):
        label_table(truth, truth, labels=["AF", "b", "c", "d"], minimum_events=31)


def test_malformed_input_is_refused(truth):
    """Shapes, truth, NaN scores, names, weights."""
    with pytest.raises(StatisticsError, match="record, label"):
        label_table(truth, truth[:, 0])
    with pytest.raises(StatisticsError, match="0, 1, or NaN"):
        label_table(truth, truth + 1)
    with pytest.raises(InvalidScoreError):
        label_table(np.where(truth == 1, np.nan, 0.0), truth)
    with pytest.raises(StatisticsError, match="labels must name"):
        label_table(truth, truth, labels=["one"])
    with pytest.raises(StatisticsError, match="weights"):
        label_table(truth, truth, weights=-np.ones(60))


def test_unknown_truth_needs_no_score(truth):
    """NaN beside NaN is fine."""
    truth[:5] = np.nan
    assert label_table(np.where(np.isnan(truth), np.nan, 0.5), truth).counts == (60, 25 + 54, 60)
