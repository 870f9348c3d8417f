from __future__ import annotations

import math

import numpy as np
import pytest

from einthoven.errors import StatisticsError, TooFewObservationsError
from einthoven.evaluation.statistics.label_factor import label_factor
from einthoven.evaluation.statistics.learning_curve import learning_curve, learning_curve_of_areas

SIZES = [64, 128, 256, 512]


def curve(areas, *, draws=5, spread=0.0, seed=0):
    """Return a curve whose draws scatter about given areas."""
    noise = spread * np.random.default_rng(seed).normal(size=(draws, len(areas)))
    return learning_curve_of_areas(np.clip(np.asarray(areas) + noise, 0, 1), sizes=SIZES)


def rising(factor, *, slope=0.05):
    """Return areas that rise evenly in log n, as if there were ``factor`` times as many labels."""
    return 0.6 + slope * np.log2(np.array(SIZES) * factor / 64)


@pytest.mark.parametrize("factor", [1.0, 1.5, 3.0, 7.9])
def test_a_known_factor_is_found(factor):
    """Two straight lines in log n, one shifted: their distance is the factor at every area."""
    found = label_factor(curve(rising(factor)), curve(rising(1.0)), resamples=20)
    assert found.at_smallest.value == pytest.approx(factor)
    assert found.over_range.value == pytest.approx(factor)
    assert found.area == pytest.approx(rising(factor)[0])


def test_the_average_weights_every_area_alike():
    """Where the factor falls from 4 to 1 along the area, its geometric mean is 2."""
    scratch = [0.5, 0.6, 0.7, 0.8]
    # log2 of the factor is 2 at 0.7 and 0 at 0.8
    found = label_factor(curve([0.7, 0.7 + 0.1 / 3, 0.7 + 0.2 / 3, 0.8]), curve(scratch), resamples=20)
    assert found.at_smallest.value == pytest.approx(4)
    assert found.over_range.value == pytest.approx(2)


def test_exchanged_curves_invert_the_factor():
    """Also where the curves are noisy and cross."""
    a, b = curve(rising(2.5), spread=0.02, seed=1), curve(rising(1.0), spread=0.02, seed=2)
    forth, back = label_factor(a, b, resamples=200), label_factor(b, a, resamples=200)
    assert forth.at_smallest.value == pytest.approx(1 / back.at_smallest.value)
    assert forth.over_range.value == pytest.approx(1 / back.over_range.value)
    assert forth.over_range.low == pytest.approx(1 / back.over_range.high, rel=0.05)


def test_any_ascending_change_of_areas_keeps_the_factor_at_the_smallest_size():
    """At a size that was tried, only the order of areas counts."""
    scratch, pretrained = [0.5, 0.6, 0.7, 0.8], [0.7, 0.75, 0.8, 0.9]
    for change in (lambda x: x, np.sqrt, lambda x: x**3):
        found = label_factor(curve(change(np.array(pretrained))), curve(change(np.array(scratch))), resamples=5)
        assert found.at_smallest.value == pytest.approx(4)


def test_a_curve_that_falls_is_made_monotone():
    """Neighbours out of order are pooled, and the first size of the pool counts."""
    found = label_factor(curve([0.64, 0.7, 0.8, 0.9]), curve([0.6, 0.7, 0.6, 0.9]), resamples=5)
    assert found.at_smallest.value == pytest.approx(2 ** (4 / 5))  # the curve rises from 0.6 at 64 to 0.65 at 128


def test_a_curve_that_ends_too_early_gives_a_bound():
    """Scratch at 512 labels is below the pretrained network at 64: at least 8, without an upper limit."""
    found = label_factor(curve([0.9, 0.91, 0.92, 0.93]), curve([0.5, 0.6, 0.7, 0.8]), resamples=20).at_smallest
    assert found.value == pytest.approx(8)
    assert math.isinf(found.high)
    assert found.reason is not None
    assert found.reason.startswith("at least 8: ")


def test_the_bound_of_a_harmful_pretraining_is_below_one():
    """The pretrained network at 512 labels is below scratch at 64: at most an eighth, and no range in common."""
    found = label_factor(curve([0.5, 0.6, 0.7, 0.8]), curve([0.9, 0.91, 0.92, 0.93]), resamples=20)
    assert found.at_smallest.value == pytest.approx(1 / 8)
    assert found.at_smallest.reason is not None
    assert found.at_smallest.reason.startswith("at most 0.125: ")
    assert math.isnan(found.over_range.value)
    assert found.over_range.reason == "the curves have no area in common, so there is no range to average over"


def test_a_curve_that_just_ends_is_open_above():
    """Where half of the draws reach the area and half don't, the upper limit is infinite."""
    found = label_factor(curve([0.8, 0.81, 0.82, 0.83]), curve([0.5, 0.6, 0.7, 0.802], spread=0.02), resamples=400)
    assert math.isinf(found.at_smallest.high)
    assert found.at_smallest.low <= 8


def test_draws_are_resampled_in_pairs():
    """Draws that are good or bad for both arms alike leave the factor certain."""
    luck = 0.05 * np.random.default_rng(0).normal(size=(10, 1))
    a, b = (learning_curve_of_areas(rising(f) + luck, sizes=SIZES) for f in (2.0, 1.0))
    found = label_factor(a, b, resamples=100).at_smallest
    assert (found.low, found.high) == pytest.approx((2.0, 2.0))


def test_test_patients_widen_the_interval():
    """With scores, the interval covers other test patients, too."""
    rng = np.random.default_rng(5)
    truth = (rng.random((100, 1)) < 0.4).astype(float)
    noise = rng.normal(size=(2, 1, 1, 100, 1))
    strength = np.array([0.5, 0.8, 1.1, 1.4])[None, :, None, None]
    scores = [
        factor * strength * truth + noise[i] + 0.3 * rng.normal(size=(8, 4, 100, 1))
        for i, factor in enumerate((1.4, 1))
    ]
    tested = [learning_curve(s, truth, sizes=SIZES, resamples=100) for s in scores]
    alone = [learning_curve_of_areas(one.area, sizes=SIZES) for one in tested]
    wide, narrow = (label_factor(*pair, resamples=200).at_smallest for pair in (tested, alone))
    assert wide.value == pytest.approx(narrow.value)
    assert wide.high > narrow.high
    assert wide.low < narrow.low


def test_too_little_for_a_curve_is_refused():
    """One size or one draw is no curve, and curves that are no pair have no factor."""
    one_size = learning_curve_of_areas([[0.7], [0.8]], sizes=[64])
    with pytest.raises(TooFewObservationsError, match="at least 2 sizes and 2 draws, got 1 and 2"):
        label_factor(one_size, one_size)
    with pytest.raises(TooFewObservationsError, match="got 4 and 1"):
        label_factor(curve(rising(1), draws=1), curve(rising(1), draws=1))
    with pytest.raises(StatisticsError, match="same draws"):
        label_factor(curve(rising(1), draws=3), curve(rising(1), draws=2))
