"""What one output of stacked convolutions depends on."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from einthoven.models.blocks.receptive_field import receptive_field
from einthoven.models.blocks.residual import ResidualBlock, average_shortcut

STACKS = {
    "one": [nn.Conv1d(1, 1, 5)],
    "strided": [nn.Conv1d(1, 1, 5, 2), nn.Conv1d(1, 1, 3, 3), nn.Conv1d(1, 1, 2)],
    "dilated": [nn.Conv1d(1, 1, 3, dilation=4), nn.AvgPool1d(4), nn.Conv1d(1, 1, 3)],
    "residual": [ResidualBlock(nn.Conv1d(1, 1, 5, 2, 2), average_shortcut(1, 1, stride=2)), nn.Conv1d(1, 1, 3)],
}


@pytest.mark.parametrize("name", sorted(STACKS))
def test_it_is_the_stretch_that_has_a_gradient(name):
    stack = nn.Sequential(*STACKS[name]).eval()
    for parameter in stack.parameters():  # positive, so that no ReLU hides anything
        nn.init.constant_(parameter, 0.5)
    signal = torch.rand(1, 1, 101, requires_grad=True)
    out = stack(signal)
    out[0, 0, out.shape[-1] // 2].backward()
    reached = signal.grad[0, 0].nonzero().flatten()
    assert int(reached[-1] - reached[0]) + 1 == receptive_field(STACKS[name])
