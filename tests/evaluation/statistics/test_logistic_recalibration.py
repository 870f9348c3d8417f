from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from einthoven.evaluation.statistics.binary_outcome import binary_outcome
from einthoven.evaluation.statistics.logistic_recalibration import fit_recalibration


def test_wald_interval_covers_as_often_as_it_says():
    """Of 300 samples of a calibrated score some 95 % of intervals hold a slope of 1 and an intercept of 0."""
    rng = np.random.default_rng(11)
    covered = {"slope": 0, "intercept": 0}
    for _ in range(300):
        score = special.expit(rng.normal(size=300))
        data = binary_outcome(score, rng.random(300) < score)
        for quantity, truth in (("slope", 1.0), ("intercept", 0.0)):
            estimate = fit_recalibration(data, quantity=quantity, level=0.95)
            covered[quantity] += estimate.low <= truth <= estimate.high
    assert all(0.91 <= count / 300 <= 0.985 for count in covered.values())


def test_level_widens_the_interval(reference):
    """99 % is 2.576 / 1.960 times as wide as 95 %."""
    data = binary_outcome(reference.a, reference.truth)
    wide, narrow = (fit_recalibration(data, quantity="slope", level=level) for level in (0.99, 0.95))
    assert (wide.high - wide.low) / (narrow.high - narrow.low) == pytest.approx(2.5758 / 1.95996, rel=1e-4)
