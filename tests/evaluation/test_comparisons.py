from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from einthoven.errors import CohortError
from einthoven.evaluation.comparisons import compared_pairs, label_matrix, representative_seeds, with_adjusted_p
from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.rows import ComparisonRow


def scores(model, *, records, seed=-1, label="AF", kind="value"):
    rng = np.random.default_rng([len(model), seed + 1])
    truth = (np.asarray(records) % 2).astype(float)
    score = rng.normal(size=truth.size) + truth
    score = (score > 0.5).astype(float) if kind == "binary" else score
    record = np.asarray(records)
    return LabelScores(model, seed, "test", label, "binary", kind, score, truth, record, record, record, 0)


def row(p_value, *, metric="auroc", reason=None):
    estimate = Estimate(0.1, 0.0, 0.2, 10, 5, 10, "DeLong", reason=reason)
    test = TestResult(estimate, 1.0, p_value, "DeLong")
    return ComparisonRow("a", -1, "b", -1, "test", "AF", metric, test)


def test_models_are_compared_on_the_records_that_both_have():
    """Records of one model alone drop out."""
    one, other = scores("net", records=np.arange(60)), scores("small", records=np.arange(20, 80))
    (((pair),),) = compared_pairs([one, other], Protocol())
    assert pair.a.record.tolist() == pair.b.record.tolist() == list(range(20, 60))
    assert pair.b.score.tolist() == other.score[:40].tolist()
    assert pair.has_both_classes
    assert not pair.only(pair.a.truth == 1).has_both_classes


def test_two_readers_are_compared_only_where_the_protocol_says_so():
    """Five readers would make ten pairs that nobody asked for."""
    three = [scores("net", records=range(20)), *(scores(m, records=range(20), kind="binary") for m in ("ann", "bert"))]
    pairs = [(labels[0].a.model, labels[0].b.model) for labels in compared_pairs(three, Protocol())]
    assert pairs == [("net", "ann"), ("net", "bert")]
    named = Protocol(comparisons=(("bert", "ann"),))
    ((pair,),) = compared_pairs(three, named)
    assert (pair.a.model, pair.b.model, pair.has_reader) == ("bert", "ann", True)


def test_a_truth_that_differs_between_models_is_refused():
    """A comparison needs one."""
    one, other = scores("net", records=range(10)), scores("small", records=range(10))
    other = dataclasses.replace(other, truth=1 - other.truth)
    with pytest.raises(CohortError, match="different truth for label 'AF' in 10 records"):
        compared_pairs([one, other], Protocol())


def test_the_ensemble_stands_for_a_model_with_seeds():
    """Otherwise the lowest seed."""
    several = [scores("net", records=range(10), seed=s) for s in (1, -1, 0)]
    assert representative_seeds([*several, scores("old", records=range(10), seed=2)]) == {"net": -1, "old": 2}


def test_labels_side_by_side_are_aligned_by_record():
    """NaN where a label has no truth for a record; a record's weight is that of any of its labels."""
    one = dataclasses.replace(scores("net", records=[0, 2, 3]), weight=np.array([1.0, 2.0, 3.0]))
    other = dataclasses.replace(scores("net", records=[2, 5], label="B"), score=np.array([7.0, 8.0]))
    matrix = label_matrix([one, other])
    assert matrix.patient.tolist() == [0, 2, 3, 5]
    assert matrix.score[:, 1].tolist() == pytest.approx([np.nan, 7.0, np.nan, 8.0], nan_ok=True)
    assert np.isnan(matrix.truth).tolist() == [[False, True], [False, False], [False, True], [True, False]]
    assert matrix.weight is None
    weighted = label_matrix([one, dataclasses.replace(other, weight=np.array([2.0, 5.0]))])
    assert weighted.weight.tolist() == [1.0, 2.0, 3.0, 5.0]


def test_p_values_are_corrected_within_their_family():
    """Three of one metric by Holm, one of another left as it is."""
    rows = [row(0.01), row(0.03), row(0.5, metric="idi"), row(0.02)]
    found = with_adjusted_p(rows, Protocol(), family=lambda one: one.metric)
    assert [one.p_adjusted for one in found] == pytest.approx([0.03, 0.04, 0.5, 0.04])
    hochberg = with_adjusted_p(rows, Protocol(multiplicity="benjamini_hochberg"), family=lambda one: one.metric)
    assert [one.p_adjusted for one in hochberg] == pytest.approx([0.03, 0.03, 0.5, 0.03])


def test_what_is_not_to_be_relied_on_has_no_corrected_p_value():
    """It doesn't count among the tests either; with no correction nothing has one."""
    rows = [row(0.01), row(0.02, reason="only 3 positives"), row(math.nan, reason="no variance")]
    found = with_adjusted_p(rows, Protocol(), family=lambda one: one.metric)
    assert [one.p_adjusted for one in found] == [0.01, None, None]
    plain = with_adjusted_p(rows, Protocol(multiplicity="none"), family=lambda one: one.metric)
    assert [one.p_adjusted for one in plain] == [None, None, None]


def test_models_without_a_record_in_common_are_not_compared():
    """Two hospitals' models, each on its own patients."""
    apart = [scores("net", records=np.arange(20)), scores("small", records=np.arange(20, 40))]
    assert compared_pairs(apart, Protocol()) == []
    both = [scores(m, records=np.arange(20), label="STEMI") for m in ("net", "small")]
    ((pair,),) = compared_pairs([*apart, *both], Protocol())
    assert pair.a.label == "STEMI"
