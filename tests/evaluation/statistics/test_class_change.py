from __future__ import annotations

import math

import numpy as np
import pytest

from einthoven.evaluation.statistics.binary_outcome import binary_outcome
from einthoven.evaluation.statistics.class_change import class_change
from fakes.compared_scores import compared_scores


def changed(change, truth, **arguments):
    data = binary_outcome(np.zeros(len(change)), truth, **arguments)
    return class_change(np.asarray(change, dtype=float), data, method="change", level=0.95, sample_variance=False)


def test_the_total_is_the_sum_of_the_parts():
    """Of independent records the variances add up as well."""
    data = compared_scores()
    found = changed(np.sign(data.a - data.b), data.truth)
    parts = (found.events, found.nonevents)
    assert found.total.difference.value == pytest.approx(sum(part.difference.value for part in parts))
    errors = [part.difference.value / part.statistic for part in (*parts, found.total)]
    assert errors[2] == pytest.approx(math.hypot(*errors[:2]))


def test_patients_with_records_of_both_classes_make_a_covariance():
    """A patient whose event moves up and whose non-event moves down adds to both parts at once."""
    rng = np.random.default_rng(0)
    gain = rng.choice([-1.0, 0.0, 1.0], 100)
    truth = np.tile([1, 0], 100)
    change = np.repeat(gain, 2) * np.tile([1.0, -1.0], 100)
    together = changed(change, truth, clusters=np.repeat(np.arange(100), 2)).total
    apart = changed(change, truth).total
    assert apart.statistic / together.statistic == pytest.approx(math.sqrt(2), rel=0.01)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_changes_that_are_all_alike_keep_an_interval(value):
    """Half a patient either way, and the sign test's p value."""
    part = changed([value] * 8 + [1.0, -1.0], [1] * 8 + [0, 0]).events
    assert part.difference.value == value
    assert part.difference.high - part.difference.low > 0.1
    assert part.p_value == (1.0 if value == 0 else 2 * 0.5**8)
    assert "sign test" in part.method


def test_one_event_has_a_wide_interval_and_no_evidence():
    """P = 1 whatever the one patient does."""
    part = changed([1.0, 0.0, -1.0, 0.0], [1, 0, 0, 0]).events
    assert part.p_value == 1.0
    assert part.difference.low < 0


def test_weights_count_records_as_often():
    """The value and, by patient, the error of repeated records."""
    data = compared_scores()
    change = np.sign(data.a - data.b)
    times = np.random.default_rng(0).integers(1, 4, 240)
    rows = np.repeat(np.arange(240), times)
    weighted = changed(change, data.truth, clusters=data.patient, weights=times)
    repeated = changed(change[rows], data.truth[rows], clusters=data.patient[rows])
    for name in ("events", "nonevents", "total"):
        one, other = getattr(weighted, name), getattr(repeated, name)
        assert (one.difference.value, one.statistic) == pytest.approx((other.difference.value, other.statistic))


def test_clusters_of_one_are_no_clusters():
    """To the last digit."""
    data = compared_scores()
    change = np.sign(data.a - data.b)
    assert changed(change, data.truth) == changed(change, data.truth, clusters=np.arange(240))
