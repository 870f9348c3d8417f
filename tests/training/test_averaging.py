"""Averages of weights."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from einthoven.training.averaging import average_decay, update_average


def test_the_memory_is_short_at_the_start():
    """After step t it is (1 + t) / (10 + t), and never more than asked for."""
    assert [average_decay(t, largest=0.5) for t in (1, 2, 8, 1000)] == pytest.approx([2 / 11, 3 / 12, 0.5, 0.5])


def test_weights_and_statistics_are_averaged_and_counts_are_taken_over():
    """A batch normalisation has all three."""
    averaged, current = nn.BatchNorm1d(2), nn.BatchNorm1d(2)
    current.weight.data.fill_(3.0)
    current.running_mean.fill_(1.0)
    current.num_batches_tracked.fill_(7)
    update_average(averaged, current, decay=0.75)
    assert averaged.weight.tolist() == [1.5, 1.5]
    assert averaged.running_mean.tolist() == [0.25, 0.25]
    assert averaged.num_batches_tracked.item() == 7
    assert averaged.weight.requires_grad
    assert torch.equal(current.weight, torch.full((2,), 3.0))
