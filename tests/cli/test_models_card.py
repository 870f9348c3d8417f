"""What is printed of a model."""

from __future__ import annotations

import pytest

from einthoven.cli.models_card import most_moved
from einthoven.study.presets import PresetDifference


def _row(preset: str, label: str, mean: float) -> PresetDifference:
    return PresetDifference(preset, label, mean, 2 * mean, 1 - mean, mean / 2, 9)


def test_all_labels_come_first_and_then_those_that_move_most():
    rows = [_row("b", f"label{index}", index / 100) for index in range(20)] + [_row("c", "label0", 0.5)]
    shown = most_moved(rows)
    assert [row.label for row in shown[:3]] == ["all 20", "label19", "label18"]
    assert (shown[0].mean_difference, shown[0].largest_difference) == pytest.approx((0.095, 0.38))
    assert (shown[0].rank_correlation, shown[0].changed_sides) == pytest.approx((0.905, 0.0475))
    assert [row.preset for row in shown].count("b") == 9
    assert shown[-1].label == "label0"
