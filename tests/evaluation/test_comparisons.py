from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from einthoven.evaluation.comparisons import compare, label_matrix, representative_seeds
from einthoven.evaluation.label_metrics import Decisions
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.statistics.delong_test import delong_test
from einthoven.evaluation.statistics.mcnemar_test import mcnemar_test


def scores(model, *, records, seed=-1, label="AF"):
    rng = np.random.default_rng([len(model), seed + 1])
    truth = (np.asarray(records) % 2).astype(float)
    score = rng.normal(size=truth.size) + truth
    record = np.asarray(records)
    return LabelScores(model, seed, "test", label, "binary", "value", score, truth, record, record, record, 0)


def nothing(_):
    """Decide nothing."""
    return


def test_a_reader_is_compared_by_sensitivity_and_specificity():
    """McNemar's test among positives and among negatives; not at all where the other has no calls."""
    net, reader = scores("net", records=np.arange(60)), scores("reader", records=np.arange(60))
    reader = dataclasses.replace(reader, score=(reader.score > 0.5).astype(float), score_kind="binary")
    rows = compare([net, reader], Protocol(), decide=lambda one: Decisions(one.score > 0.5))
    assert [row.metric for row in rows] == ["sensitivity", "specificity"]
    positive = net.truth == 1
    expected = mcnemar_test(net.score[positive] > 0.5, reader.score[positive] == 1)
    assert rows[0].test == expected
    assert not compare([net, reader], Protocol(), decide=nothing)


def test_models_are_compared_on_the_records_that_both_have():
    """Records of one model alone drop out."""
    one, other = scores("net", records=np.arange(60)), scores("small", records=np.arange(20, 80))
    (row,) = compare([one, other], Protocol(resamples=10), decide=nothing)
    expected = delong_test(one.score[20:], other.score[:40], one.truth[20:])
    assert row.test.statistic == pytest.approx(expected.statistic)
    assert row.test.difference.n == 40


def test_the_ensemble_stands_for_a_model_with_seeds():
    """Otherwise the lowest seed."""
    several = [scores("net", records=range(10), seed=s) for s in (1, -1, 0)]
    assert representative_seeds([*several, scores("old", records=range(10), seed=2)]) == {"net": -1, "old": 2}


def test_the_protocol_may_name_the_pairs():
    """Only those are compared, in the order that it gives."""
    three = [scores(m, records=range(40)) for m in ("a", "bb", "ccc")]
    rows = compare(three, Protocol(comparisons=(("ccc", "a"),)), decide=nothing)
    assert [(r.model_a, r.model_b) for r in rows] == [("ccc", "a")]


def test_labels_side_by_side_are_aligned_by_record():
    """NaN where a label has no truth for a record."""
    one = scores("net", records=[0, 2, 3])
    other = dataclasses.replace(scores("net", records=[2, 5], label="B"), score=np.array([7.0, 8.0]))
    matrix = label_matrix([one, other])
    assert matrix.patient.tolist() == [0, 2, 3, 5]
    assert matrix.score[:, 1].tolist() == pytest.approx([np.nan, 7.0, np.nan, 8.0], nan_ok=True)
    assert np.isnan(matrix.truth).tolist() == [[False, True], [False, False], [False, True], [True, False]]
