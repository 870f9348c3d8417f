"""Estimates of borders against slow and independent computations of the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import gaussian_filter1d

from einthoven.ecg.border_features import (
    CROSSING_SHARES,
    QUANTILES,
    BorderSearch,
    activity_of,
    border_estimates,
    crossings,
    energy_quantiles,
    smoothed,
)

HEIGHTS = st.floats(0, 10, width=32)
FAST = settings(deadline=None, max_examples=60)


def some(*shape, seed=0):
    return np.random.default_rng(seed).normal(0, 1, shape)


def bump(n_samples=300, centre=150, width=12, heights=(1.0, -0.4, 0.7)):
    return np.outer(heights, np.exp(-0.5 * ((np.arange(n_samples) - centre) / width) ** 2))


def estimates(signal, *, anchors=(150,), shift=0):
    activity = activity_of(signal, scale=3, smoothing=2.5, bow_smoothing=1.5)
    onset = BorderSearch(140 + shift, 60 + shift, gap=10, core=(120 + shift, 180 + shift))
    offset = BorderSearch(160 + shift, 240 + shift, gap=10, core=(120 + shift, 180 + shift))
    window = (60 + shift, 240 + shift)
    return border_estimates(activity, onset, offset, window=window, anchors=anchors, reach=60)


def walked_crossing(row, threshold, search):
    """Step outwards until the next ``gap`` samples, as far as there are, are all lower."""
    step = 1 if search.stop > search.start else -1
    way = [row[at] for at in range(search.start, search.stop + step, step)]
    for k in range(len(way)):
        if max(way[k : k + search.gap]) < threshold:
            if k == 0:
                return search.start
            return search.start + step * (k - 1 + (way[k - 1] - threshold) / (way[k - 1] - way[k]))
    return search.stop


def walked_quantile(row, share):
    energy = row**2 / (row**2).sum()
    passed = 0.0
    for k, part in enumerate(energy):
        if passed + part >= share:
            return k - 1 + (share - passed) / part
        passed += part
    return row.size - 1


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("scale", [1.0, 2.5, 6.0, 16.0])
@pytest.mark.parametrize("n_samples", [20, 301])
def test_smoothing_is_that_of_scipy(order, scale, n_samples):
    signal = some(3, n_samples)
    expected = gaussian_filter1d(signal, scale, axis=-1, order=order, mode="nearest", truncate=3.0)
    assert smoothed(signal, scale, order=order) == pytest.approx(expected, abs=1e-12)


def test_activity_is_how_fast_each_lead_and_all_together_move():
    """Of straight lines: the slopes, and the length of their vector, whatever is smoothed."""
    slopes = np.array([0.3, -0.4, 0.0])
    activity = activity_of(np.outer(slopes, np.arange(200.0)), scale=3, smoothing=2, bow_smoothing=2)
    inside = slice(30, -30)
    assert activity.steep[:, inside] == pytest.approx(np.repeat([[0.3], [0.4], [0.0], [0.5]], 140, axis=1), rel=0.02)
    assert np.array_equal(activity.joint, activity.steep[-1])
    assert activity.smooth[:, inside] == pytest.approx(np.outer(slopes, np.arange(200.0))[:, inside])


@FAST
@given(
    row=arrays(np.float64, 40, elements=HEIGHTS),
    threshold=st.floats(0.01, 10),
    start=st.integers(0, 39),
    stop=st.integers(0, 39),
    gap=st.integers(1, 12),
)
def test_a_crossing_is_where_a_walk_outwards_finds_it(row, threshold, start, stop, gap):
    search = BorderSearch(start, stop, gap=gap, core=(0, 40))
    found = crossings(np.stack([row, row[::-1]]), np.array([[threshold, 2 * threshold]] * 2), search)
    for line, places in zip((row, row[::-1]), found, strict=True):
        expected = [walked_crossing(line, level, search) for level in (threshold, 2 * threshold)]
        assert places == pytest.approx(expected, abs=1e-9)


def test_a_short_dip_is_not_the_end():
    row = np.array([[5.0, 5, 1, 1, 5, 5, 1, 1, 1, 1, 1]])
    threshold = np.array([[3.0]])
    assert crossings(row, threshold, BorderSearch(0, 10, gap=2, core=(0, 1)))[0, 0] == 1.5
    assert crossings(row, threshold, BorderSearch(0, 10, gap=3, core=(0, 1)))[0, 0] == 5.5


def test_a_line_that_never_falls_gives_the_last_place():
    search = BorderSearch(20, 3, gap=4, core=(0, 1))
    assert crossings(np.ones((1, 30)), np.array([[0.5]]), search)[0, 0] == 3


@FAST
@given(rows=arrays(np.float64, (3, 25), elements=st.floats(0.05, 10)))
def test_energy_quantiles_are_those_of_a_running_sum(rows):
    expected = [[walked_quantile(row, share) for share in (*QUANTILES, *(1 - QUANTILES))] for row in rows]
    assert energy_quantiles(rows) == pytest.approx(np.array(expected), abs=1e-8)


@FAST
@given(row=arrays(np.float64, (1, 25), elements=st.floats(0.05, 10)))
def test_from_behind_the_same_shares_are_to_come(row):
    """Energy spreads over the interval before its sample, so that the mirror image lies one sample further."""
    ahead, mirrored = energy_quantiles(row)[0], energy_quantiles(row[:, ::-1])[0]
    n = QUANTILES.size
    assert mirrored[n:] == pytest.approx(25 - 2 - ahead[:n], abs=1e-8)


@FAST
@given(rows=arrays(np.float64, (4, 30), elements=HEIGHTS))
def test_energy_quantiles_lie_within_and_in_order(rows):
    found = energy_quantiles(rows)
    assert ((found >= -1) & (found <= 29)).all()
    assert (np.diff(found[:, : QUANTILES.size], axis=1) >= 0).all()
    assert (np.diff(found[:, QUANTILES.size :], axis=1) <= 0).all()


def test_a_row_without_energy_ends_at_its_last_sample():
    assert (energy_quantiles(np.zeros((1, 20))) == 19).all()


@pytest.mark.parametrize("gain", [1e-6, 0.5, 3.7, 1e6])
def test_a_gain_moves_no_estimate(gain):
    for plain, louder in zip(estimates(bump()), estimates(gain * bump()), strict=True):
        assert louder.base == pytest.approx(plain.base, abs=1e-6)
        assert louder.features == pytest.approx(plain.features, abs=1e-6)


def test_the_order_of_the_leads_changes_their_rows_and_nothing_else():
    signal = bump() + 0.01 * some(3, 300)
    for plain, turned in zip(estimates(signal), estimates(signal[[2, 0, 1]]), strict=True):
        assert turned.base == pytest.approx(plain.base)
        assert turned.features == pytest.approx(plain.features[[2, 0, 1]], abs=1e-9)


def test_a_later_wave_has_a_later_base_and_the_same_features():
    for plain, later in zip(estimates(bump()), estimates(bump(centre=173), anchors=(173,), shift=23), strict=True):
        assert later.base == pytest.approx(plain.base + 23)
        assert later.features == pytest.approx(plain.features, abs=1e-6)


def test_onset_and_end_of_a_symmetrical_wave_mirror_each_other():
    onset, offset = estimates(bump())
    assert onset.base + offset.base == pytest.approx(2 * 150, abs=1.1)  # energy stands half a sample late
    n = CROSSING_SHARES.size
    assert onset.base + onset.features[:, :n] == pytest.approx(300 - offset.base - offset.features[:, :n], abs=1e-6)


def test_the_last_feature_says_how_high_a_lead_is_beside_the_others():
    """Half of the reach for the median lead, all of it from twice as high."""
    onset, _ = estimates(bump(heights=(1.0, 0.5, 2.0, 0.0, 4.0)))
    assert onset.features[:, -1] == pytest.approx([30, 15, 60, 0, 60], abs=0.1)


def test_estimates_far_from_the_base_count_as_being_at_the_reach():
    signal = bump(heights=(1.0, 1.0, 1.0))
    first_anchor = 3 * (CROSSING_SHARES.size + 2 * QUANTILES.size)
    onset, offset = estimates(signal, anchors=(150, 100_000, -100_000))
    for found in (onset, offset):
        assert found.features[:, first_anchor + 1] == pytest.approx(60)
        assert found.features[:, first_anchor + 2] == pytest.approx(-60)
        assert np.abs(found.features).max() <= 60


def test_flat_leads_have_finite_estimates():
    for found in estimates(np.zeros((2, 300))):
        assert np.isfinite(found.base)
        assert np.isfinite(found.features).all()
