"""Learning curves."""

from __future__ import annotations

from einthoven.report.figures.learning import learning_figure


def test_both_losses_of_each_seed_are_drawn():
    history = {"epoch": [0.0, 1.0], "train_loss": [0.5, 0.4], "validation_loss": [0.6, 0.5]}
    assert len(learning_figure("net", [history, history]).axes[0].lines) == 4


def test_a_history_without_validation_loss_is_drawn():
    assert len(learning_figure("net", [{"epoch": [0.0], "train_loss": [float("nan")]}]).axes[0].lines) == 1
