"""Prevalence dots."""

from __future__ import annotations

import math

import pytest

from einthoven.report.figures.prevalence import prevalence_figure


def test_shares_are_drawn_in_percent_and_unknown_ones_left_out():
    axes = prevalence_figure(["AF", "LBBB"], {"train": [0.1, math.nan], "test": [0.2, 0.05]}).axes[0]
    assert list(axes.lines[1].get_xdata()) == pytest.approx([20.0, 5.0])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["AF", "LBBB"]


def test_long_names_are_cut_and_many_labels_make_a_taller_figure():
    few = prevalence_figure(["x" * 60], {"test": [0.1]})
    many = prevalence_figure([f"l{i}" for i in range(71)], {"test": [0.1] * 71})
    assert few.axes[0].get_yticklabels()[0].get_text().endswith("…")
    assert many.get_figheight() > 3 * few.get_figheight()
