from __future__ import annotations

import numpy as np
import pytest

from einthoven.evaluation.statistics.patient_influence import acceleration, influence_of_jackknife, linearised_error


def test_acceleration_of_strata_leaves_their_means_out():
    """What separates strata is no skewness."""
    influence = np.array([1.0, 2.0, 6.0, 11.0, 12.0, 16.0])
    stratum = np.repeat([4, 7], 3)
    assert acceleration(influence, stratum) == pytest.approx(acceleration(np.tile(influence[:3] - 3, 2)))
    assert acceleration(np.zeros(5)) == 0.0


def test_jackknife_gives_the_error_of_the_mean():
    """Leaving one out of a mean is its influence."""
    sample = np.random.default_rng(2).normal(size=20)
    without = (sample.sum() - sample) / 19
    influence = influence_of_jackknife(without)
    assert influence == pytest.approx((sample - sample.mean()) / 20)
    assert linearised_error(influence) == pytest.approx(sample.std(ddof=1) / np.sqrt(20))
