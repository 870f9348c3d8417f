"""How far outputs move from preset to preset."""

from __future__ import annotations

import math

import numpy as np
import pytest

from einthoven.study.presets import differences


def test_differences_of_scores_are_counted_label_by_label():
    first = np.array([[0.1, 0.5], [0.4, 0.5], [0.6, 0.5], [0.9, 0.5]])
    other = np.array([[0.2, 0.5], [0.6, 0.5], [0.5, 0.5], [0.9, 0.5]])
    moved, still = differences({"a": first, "b": other}, ["x", "y"])
    assert (moved.preset, moved.label, moved.n) == ("b", "x", 4)
    assert moved.mean_difference == pytest.approx((0.1 + 0.2 + 0.1) / 4)
    assert moved.largest_difference == pytest.approx(0.2)
    assert moved.changed_sides == pytest.approx(0.25)
    assert moved.rank_correlation == pytest.approx(0.8)
    assert (still.mean_difference, still.changed_sides) == (0, 0)
    assert math.isnan(still.rank_correlation)


def test_values_have_no_side_of_a_half():
    (row,) = differences({"a": np.array([[50.0], [60], [70]]), "b": np.array([[51.0], [60], [70]])}, ["age"])
    assert math.isnan(row.changed_sides)
    assert row.largest_difference == 1


def test_differences_of_embeddings_are_angles():
    first = np.array([[1.0, 0], [1, 0], [2, 2]])
    other = np.array([[3.0, 0], [0, 5], [1, 1]])
    (row,) = differences({"a": first, "b": other}, [])
    assert row.label == "embedding"
    assert row.mean_difference == pytest.approx(1 / 3)
    assert row.largest_difference == pytest.approx(1)
    assert math.isnan(row.changed_sides)


def test_every_other_preset_stands_beside_the_first():
    outputs = {name: np.full((3, 1), value) for name, value in {"a": 0.1, "b": 0.2, "c": 0.4}.items()}
    rows = differences(outputs, ["x"])
    assert [row.preset for row in rows] == ["b", "c"]
    assert [row.mean_difference for row in rows] == pytest.approx([0.1, 0.3])
