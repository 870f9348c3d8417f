from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import InvalidScoreError, SpecificationError
from einthoven.evaluation.statistics.probability_bins import (
    binned_shares,
    checked_probabilities,
    equal_weight_bins,
    fine_bins,
    mean_variance,
)


def test_bins_are_of_equal_size_without_ties():
    """Ten of ten records."""
    score = np.random.default_rng(0).permutation(100) / 100
    member = equal_weight_bins(score, bins=10)
    assert np.bincount(member).tolist() == [10] * 10
    assert np.array_equal(member, np.floor(score * 10 + 1e-9))


def test_weights_are_repeated_records():
    """A record of weight 3 lies where three records would."""
    rng = np.random.default_rng(1)
    score, weight = rng.random(50).round(2), rng.integers(1, 4, 50)
    repeated = equal_weight_bins(np.repeat(score, weight), bins=5)
    assert np.array_equal(np.repeat(equal_weight_bins(score, bins=5, weight=weight.astype(float)), weight), repeated)


def test_fine_bins_are_narrow_and_light():
    """At most a two-hundred-and-fiftieth of the records and of the range."""
    score = np.random.default_rng(2).beta(0.3, 6, 20_000)
    member = fine_bins(score)
    order = np.argsort(score)
    assert (np.diff(member[order]) >= 0).all()
    assert np.bincount(member).max() <= 20_000 / 250 + 1
    widths = [np.ptp(score[member == b]) for b in range(0, member.max(), 7)]
    assert max(widths) <= np.ptp(score) / 250
    assert member.max() < 500


def test_variance_of_a_share_counts_patients():
    """``p (1 - p) / (n - 1)`` of records; copies of a patient's record add nothing; one patient has none."""
    truth, once = np.array([1.0, 0.0, 0.0, 1.0, 1.0]), np.arange(5)
    plain = mean_variance(truth, np.ones(5), once)
    assert plain == pytest.approx(0.6 * 0.4 / 4)
    assert mean_variance(np.repeat(truth, 3), np.ones(15), np.repeat(once, 3)) == pytest.approx(plain)
    assert np.isnan(mean_variance(truth, np.ones(5), np.zeros(5, dtype=int)))


def test_shares_of_bins_add_up():
    """To the means over all records."""
    score, truth = [0.1, 0.2, 0.2, 0.7, 0.8, 0.9], [0, 1, 0, 1, 0, 1]
    data = checked_probabilities(score, truth, weights=[1, 2, 1, 1, 1, 3])
    binned = binned_shares(data, bins=3)
    assert binned.share.sum() == pytest.approx(1)
    assert binned.share @ binned.predicted == pytest.approx(np.average(score, weights=[1, 2, 1, 1, 1, 3]))
    assert binned.share @ binned.observed == pytest.approx(np.average(truth, weights=[1, 2, 1, 1, 1, 3]))


def test_wrong_input_is_refused():
    """A score that is no probability, no bins."""
    with pytest.raises(InvalidScoreError, match=r"got 1\.2 at position 1"):
        checked_probabilities([0.1, 1.2], [0, 1])
    with pytest.raises(SpecificationError, match="at least 1 bin, got 0"):
        equal_weight_bins(np.array([0.1, 0.2]), bins=0)
