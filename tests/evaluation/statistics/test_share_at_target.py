from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import SpecificationError
from einthoven.evaluation.statistics.binary_outcome import binary_outcome
from einthoven.evaluation.statistics.share_at_target import ShareAtTarget, class_draws, in_order_of_values
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


def test_a_target_of_nine_tenths_of_ten_takes_nine():
    """Not ten, for want of a rounding error."""
    score = np.arange(20.0)
    data = binary_outcome(score, score >= 10, weights=np.append(np.full(10, 0.1), np.full(10, 0.3)))
    assert ShareAtTarget.of(data, 0.9, name="sensitivity").cut_off() == 11.0


def test_a_resample_without_a_class_has_no_share():
    """NaN, which the interval leaves out."""
    share = ShareAtTarget.of(binary_outcome([1, 2, 3], [0, 1, 1]), 0.9, name="sensitivity")
    found = share.shares(np.array([[0, 1, 1], [2, 0, 0], [1, 1, 0]], dtype=np.int32))
    assert np.isnan(found).tolist() == [True, True, False]


def test_unnamed_records_are_ordered_by_their_values():
    """So that shuffled rows draw alike; named patients stay."""
    data = in_order_of_values(binary_outcome([3, 1, 2], [1, 0, 0], weights=[1, 2, 3]))
    assert (data.score.tolist(), data.weight.tolist()) == ([1, 2, 3], [2, 3, 1])
    named = binary_outcome([3, 1, 2], [1, 0, 0], clusters=["a", "a", "b"])
    assert in_order_of_values(named) is named


@pytest.mark.parametrize("target", [0, 1.1])
def test_targets_out_of_range_are_refused(target):
    """By name."""
    with pytest.raises(SpecificationError, match="specificity must lie above 0"):
        ShareAtTarget.of(binary_outcome([1, 2], [0, 1]), target, name="specificity")
