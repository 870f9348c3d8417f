"""The shape of QRS on triangles and trapezoids."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.qrs_shape import count_notches, half_width, highest_point, net_area, terminal_area


def line(*corners) -> np.ndarray:
    at, height = np.array(corners, dtype=np.float64).T
    return np.interp(np.arange(at[-1] + 1), at, height)[None].astype(np.float32)


def test_the_highest_point_lies_between_samples():
    at = np.arange(20)
    assert highest_point(-((at[None] - 7.3) ** 2).astype(np.float32))[0] == pytest.approx(7.3, abs=1e-4)


def test_a_highest_point_at_the_border_stays_there():
    assert highest_point(np.arange(9, dtype=np.float32)[None])[0] == 8


@pytest.mark.parametrize("sign", [1, -1])
def test_a_triangle_is_beyond_half_its_height_for_half_its_width(sign):
    qrs = sign * line((0, 0), (15, 1.0), (30, 0), (36, -0.2), (42, 0))
    width = half_width(qrs, qrs.max(axis=1), qrs.min(axis=1))
    assert width[0] == pytest.approx(30)


def test_notches_are_counted_beyond_the_turning_point_of_each_deflection():
    smooth = line((0, 0), (4, -1), (8, 0), (16, 8), (24, 0), (28, -2), (32, 0))
    twice = line((0, 0), (4, -1), (8, 0), (14, 8), (16, 6), (18, 8), (20, 6), (22, 8), (30, 0))
    smallest = np.array([0.5], dtype=np.float32)
    assert count_notches(smooth, smallest, np.array([3]))[0] == 0
    assert count_notches(twice, smallest, np.array([2]))[0] == 2
    assert count_notches(twice, 10 * smallest, np.array([2]))[0] == 0


def test_notches_of_one_lead_are_not_counted_in_the_next():
    up, down = line((0, 0), (10, 5)), line((0, 5), (10, 0))
    assert count_notches(np.concatenate([up, down]), np.ones(2, dtype=np.float32), np.zeros(2, dtype=int)).tolist() == [
        0,
        0,
    ]


def test_areas_are_net_and_in_ms():
    qrs = line((0, 0), (10, 1.0), (20, 0), (30, -0.5), (40, 0))
    assert net_area(qrs)[0] == pytest.approx(10 * 2 - 5 * 2)
    assert terminal_area(qrs)[0] == pytest.approx(-5 * 2)
