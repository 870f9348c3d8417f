"""Residual blocks and their shortcut."""

from __future__ import annotations

import torch
from torch import nn

from einthoven.models.blocks.residual import ResidualBlock, average_shortcut


def test_the_block_adds_branch_and_shortcut():
    block = ResidualBlock(nn.Conv1d(2, 2, 1), nn.Identity())
    signal = torch.randn(3, 2, 8)
    assert torch.equal(block(signal), torch.relu(block.branch(signal) + signal))


def test_a_block_without_activation_keeps_negative_values():
    block = ResidualBlock(nn.Conv1d(2, 2, 1), nn.Identity(), activate=False)
    signal = torch.full((1, 2, 8), -5.0)
    assert torch.equal(block(signal), block.branch(signal) + signal)
    assert block(signal).min() < 0


def test_a_dropped_branch_leaves_the_shortcut_in_training_only():
    block = ResidualBlock(nn.Conv1d(2, 2, 1), nn.Identity(), drop_probability=0.5)
    signal = torch.rand(64, 2, 8)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        out = block(signal)
    skipped = (out == signal).all(dim=(1, 2))
    kept = torch.relu(2 * block.branch(signal) + signal)
    assert 16 < int(skipped.sum()) < 48
    assert torch.allclose(out[~skipped], kept[~skipped], atol=1e-6)
    block.eval()
    assert torch.equal(block(signal), torch.relu(block.branch(signal) + signal))


def test_the_shortcut_averages_instead_of_dropping_samples():
    shortcut = average_shortcut(1, 1, stride=2)
    assert shortcut(torch.tensor([[[1.0, 3, 5, 7, 9]]])).tolist() == [[[2.0, 6.0, 9.0]]]
