from __future__ import annotations

import pytest

from einthoven.evaluation.statistics.mean_difference import mean_difference


def test_equals_the_paired_t_interval_of_r(regression):
    """Value and both limits."""
    found = mean_difference(regression.predicted, regression.measured)
    assert (found.value, found.low, found.high) == pytest.approx(regression.plain["mean_difference"], rel=1e-10)
    assert found.method == "Student's t"


def test_equals_the_clustered_sandwich_of_r(regression):
    """With 39 degrees of freedom for 40 patients."""
    found = mean_difference(regression.predicted, regression.measured, clusters=regression.patient)
    assert (found.high - found.low) / 2 == pytest.approx(
        2.0226909200367604 * regression.clustered["bias_error"], rel=1e-10
    )
    assert found.method == "linearised by patient"
