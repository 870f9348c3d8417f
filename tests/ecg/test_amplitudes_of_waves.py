"""P, ST and T of known height."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.amplitudes_of_waves import levels_at, measure_p, measure_t, terminal_negative_part


def bump(n, height) -> np.ndarray:
    return height * np.sin(np.linspace(0, np.pi, n)) ** 2


def test_p_stands_on_the_line_from_its_onset_to_its_end():
    """The level climbs by 0.1 mV during P, which changes neither height nor area."""
    wave = np.stack([bump(51, 0.15), bump(51, 0.15) + np.linspace(0.3, 0.4, 51)]).astype(np.float32)
    p = measure_p(wave)
    assert p.positive == pytest.approx([0.15, 0.15], abs=0.002)
    assert p.area == pytest.approx([0.15 * 50, 0.15 * 50], rel=0.03)


def test_a_biphasic_p_has_both_amplitudes_and_the_net_area():
    wave = np.concatenate([bump(31, 0.1), bump(31, -0.06)])[None].astype(np.float32)
    p = measure_p(wave)
    assert (p.positive[0], p.negative[0]) == pytest.approx((0.1, -0.06), abs=0.002)
    assert p.area[0] == pytest.approx((0.1 - 0.06) * 30, abs=0.1)


def test_the_terminal_part_of_p_is_its_last_negative_one():
    depth, duration = terminal_negative_part(np.concatenate([bump(31, 0.1), bump(26, -0.06)]))
    assert depth == pytest.approx(-0.06, abs=0.001)
    assert duration == pytest.approx(50, abs=3)


def test_a_p_that_ends_positive_has_no_terminal_part():
    assert terminal_negative_part(np.concatenate([bump(31, -0.06), bump(31, 0.1)])) == (0.0, 0.0)
    assert terminal_negative_part(bump(31, 0.1)) == (0.0, 0.0)


def test_a_negative_p_is_terminal_as_a_whole():
    assert terminal_negative_part(bump(31, -0.1)) == pytest.approx((-0.1, 60.0))


@pytest.mark.parametrize(
    ("wave", "first", "second"),
    [
        (bump(81, 0.4), 0.4, np.nan),
        (bump(81, -0.3), -0.3, np.nan),
        (np.concatenate([bump(41, 0.3), bump(41, -0.1)]), 0.3, -0.1),
        (np.concatenate([bump(41, -0.1), bump(41, 0.3)]), 0.3, -0.1),
        # ST depression that runs into an upright T: no part of T
        (np.linspace(-0.1, 0, 81) + bump(81, 0.4), 0.355, np.nan),
        # 0.02 of the other sign is too little for a biphasic T
        (np.concatenate([bump(41, 0.3), bump(41, -0.02)]), 0.3, np.nan),
    ],
)
def test_t_upright_inverted_and_biphasic(wave, first, second):
    t = measure_t(wave[None].astype(np.float32))
    assert t.first[0] == pytest.approx(first, abs=0.005)
    assert t.second[0] == pytest.approx(second, abs=0.005, nan_ok=True)


def test_the_area_of_t_is_net():
    t = measure_t(np.concatenate([bump(41, 0.3), bump(41, -0.1)])[None].astype(np.float32))
    assert t.area[0] == pytest.approx((0.3 - 0.1) * 40, rel=0.02)


def test_levels_lie_on_the_line_between_samples_and_are_nan_beyond():
    signal = np.array([[0.0, 1.0, 3.0], [5.0, 5.0, 5.0]], dtype=np.float32)
    levels = levels_at(signal, np.array([0.5, 1.25, 2.0, 2.5, -1.0]))
    np.testing.assert_allclose(levels[:3], [[0.5, 5], [1.5, 5], [3, 5]])
    assert np.isnan(levels[3:]).all()
