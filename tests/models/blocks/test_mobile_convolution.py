"""Inverted bottlenecks; their numbers are compared in ``test_efficientnet1d``."""

from __future__ import annotations

import pytest
import torch

from einthoven.models.blocks.mobile_convolution import (
    convolution_silu,
    fused_mobile_convolution,
    mobile_convolution,
)
from einthoven.models.blocks.residual import ResidualBlock

BLOCKS = [fused_mobile_convolution, mobile_convolution]


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("expansion", [1, 4])
@pytest.mark.parametrize(("out_width", "stride", "has_shortcut"), [(8, 1, True), (8, 2, False), (12, 1, False)])
def test_a_shortcut_stands_where_width_and_length_stay(block, expansion, out_width, stride, has_shortcut):
    made = block(8, out_width, expansion=expansion, kernel_size=3, stride=stride)
    assert made(torch.randn(2, 8, 20)).shape == (2, out_width, 20 // stride)
    assert isinstance(made, ResidualBlock) == has_shortcut


@pytest.mark.parametrize("block", BLOCKS)
def test_nothing_cuts_the_sum_of_branch_and_shortcut(block):
    made = block(4, 4, expansion=2, kernel_size=3, stride=1).eval()
    signal = torch.full((1, 4, 10), -5.0)
    assert torch.equal(made(signal), made.branch(signal) + signal)
    assert made(signal).min() < 0


def test_the_middle_convolution_is_depthwise_and_the_fused_one_is_not():
    depthwise = mobile_convolution(4, 8, expansion=3, kernel_size=5, stride=2)
    fused = fused_mobile_convolution(4, 8, expansion=3, kernel_size=5, stride=2)
    shapes = {key: tuple(value.shape) for key, value in depthwise.state_dict().items() if value.ndim == 3}
    assert list(shapes.values()) == [(12, 4, 1), (12, 1, 5), (8, 12, 1)]
    shapes = {key: tuple(value.shape) for key, value in fused.state_dict().items() if value.ndim == 3}
    assert list(shapes.values()) == [(12, 4, 5), (8, 12, 1)]


def test_squeeze_and_excitation_has_a_hidden_value_per_four_channels_of_the_input():
    block = mobile_convolution(16, 16, expansion=6, kernel_size=3, stride=1)
    assert block.branch[2].gain[0].weight.shape == (4, 96)


def test_each_activation_is_a_module_of_its_own():
    block = mobile_convolution(4, 4, expansion=2, kernel_size=3, stride=1)
    calls = []
    for name, module in block.named_modules():
        if isinstance(module, torch.nn.SiLU | torch.nn.Sigmoid):
            module.register_forward_hook(lambda *_, name=name: calls.append(name))
    block(torch.randn(2, 4, 20))
    assert len(calls) == len(set(calls)) == 4


@pytest.mark.parametrize("groups", [1, 64])
def test_the_brick_keeps_the_variance_of_the_signal_backwards(groups):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        weight = convolution_silu(64, 256, kernel_size=9, groups=groups)[0].weight.detach()
    assert float(weight.std()) == pytest.approx((2 * groups / (256 * 9)) ** 0.5, rel=0.05)
