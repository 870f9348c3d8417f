from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import SpecificationError
from einthoven.evaluation.statistics.binary_outcome import binary_outcome
from einthoven.evaluation.statistics.share_at_target import (
    ShareAtTarget,
    class_draws,
    grouped_patients,
)
from fakes.compared_scores import compared_scores


def by_hand(score, truth, target):
    """Return the highest cut-off that reaches the sensitivity, and the specificity there."""
    cut_off = max(c for c in np.unique(score) if np.mean(score[truth == 1] >= c) >= target)
    return cut_off, np.mean(score[truth == 0] < cut_off)


def test_each_resample_chooses_its_own_cut_off():
    """As by hand, on the records that it draws."""
    data = compared_scores()
    checked = binary_outcome(data.a, data.truth, clusters=data.patient)
    share = ShareAtTarget.of(checked, 0.9, name="sensitivity")
    (counts,) = class_draws(checked, resamples=20, seed=0)
    found = share.shares(counts)
    for drawn, value in zip(counts, found, strict=True):
        rows = np.repeat(np.arange(240), drawn[checked.patient])
        assert value == pytest.approx(by_hand(data.a[rows], data.truth[rows], 0.9)[1])
    assert share.cut_off() == by_hand(data.a, data.truth, 0.9)[0]


def test_a_target_that_is_met_but_for_rounding_is_met():
    """Nine of ten positives of one weight, which add up to a little less than nine tenths of their sum."""
    score, weight = np.arange(20.0), np.append(np.full(10, 0.3), np.full(10, 0.03))
    data = binary_outcome(score, score >= 10, weights=weight)
    assert np.cumsum(np.full(10, 0.03))[8] < 0.9 * np.full(10, 0.03).sum()
    assert ShareAtTarget.of(data, 0.9, name="sensitivity").cut_off() == 11.0


def test_a_resample_without_a_class_has_no_share():
    """NaN, which the interval leaves out."""
    share = ShareAtTarget.of(binary_outcome([1, 2, 3], [0, 1, 1]), 0.9, name="sensitivity")
    found = share.shares(np.array([[0, 1, 1], [2, 0, 0], [1, 1, 0]], dtype=np.int32))
    assert np.isnan(found).tolist() == [True, True, False]


@pytest.mark.parametrize("target", [0, 1.1])
def test_targets_out_of_range_are_refused(target):
    """By name."""
    with pytest.raises(SpecificationError, match="specificity must lie above 0"):
        ShareAtTarget.of(binary_outcome([1, 2], [0, 1]), target, name="specificity")


def test_cut_offs_far_from_the_expected_place_are_found():
    """Where a few records weigh more than all others, or are drawn again and again."""
    rng = np.random.default_rng(0)
    score = rng.normal(size=9000)
    truth = np.arange(9000) < 6000
    weight = np.where(score > 1, 1000.0, 1.0)
    share = ShareAtTarget.of(binary_outcome(score, truth, weights=weight), 0.5, name="sensitivity")
    order = np.argsort(-score[truth])
    reached = np.cumsum(weight[truth][order]) >= 0.5 * weight[truth].sum()
    cut_off = score[truth][order][np.argmax(reached)]
    assert share.cut_off() == cut_off
    negative, counted = score[~truth], weight[~truth]
    once = np.ones((1, 9000), dtype=np.int32)
    assert share.shares(once)[0] == pytest.approx(counted[negative < cut_off].sum() / counted.sum())


def test_many_patients_are_drawn_in_groups_with_the_same_spread():
    """At most 2,000 of a class; the standard deviation of the resamples stays within a tenth."""
    rng = np.random.default_rng(1)
    truth = np.arange(9000) % 9 == 0
    data = binary_outcome(rng.normal(size=9000) + 1.5 * truth, truth, clusters=np.arange(9000))
    grouped = grouped_patients(data, seed=0)
    assert grouped.patients == 1000 + 2000
    spreads = []
    for one in (data, grouped):
        share = ShareAtTarget.of(one, 0.9, name="sensitivity")
        spreads.append(np.concatenate([share.shares(c) for c in class_draws(one, resamples=400, seed=0)]).std())
    assert spreads[1] == pytest.approx(spreads[0], rel=0.1)
    few = binary_outcome([0.1, 0.2, 0.3], [0, 1, 0])
    assert grouped_patients(few, seed=0) is few
