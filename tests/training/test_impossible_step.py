"""What is said of a step that can't be done."""

from __future__ import annotations

import torch

from einthoven.training.impossible_step import MOST_NAMED, finite_samples, not_finite_message
from fakes.stretch_encoder import stretch_encoder


def test_samples_that_are_not_finite_are_found():
    """By their signal or by their features; the encoder's mode is left as it was."""
    encoder = stretch_encoder(n_leads=2)
    signal = torch.zeros(4, 2, 40)
    signal[1, 0, 3] = torch.nan
    signal[2] = 3e38  # a finite number, from which no finite features come
    finite = finite_samples(encoder, [signal[:2], signal[2:]])
    assert finite[[0, 3]].all()
    assert not finite[1]
    assert encoder.training


def test_long_lists_are_cut_and_the_advice_suits_the_cause():
    """Records where they are to blame, settings where they aren't."""
    names = [f"r{i}" for i in range(MOST_NAMED + 3)]
    said = not_finite_message(names, ["r1"], step=7, loss=float("inf"), norm=1.0)
    assert said.startswith("the loss is inf at step 7, with the records r0, r1")
    assert "and 3 more: r1 give embeddings that aren't finite; look at their signals" in said
    said = not_finite_message(["a"], [], step=7, loss=1.0, norm=float("nan"))
    assert said.startswith("the norm of the gradient is nan at step 7, with the records a")
    assert "lower max_learning_rate" in said
