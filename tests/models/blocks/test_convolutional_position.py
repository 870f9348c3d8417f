"""Positions by a convolution against sums in double precision."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.special import erf

from einthoven.models.blocks.convolutional_position import ConvolutionalPosition


@pytest.mark.parametrize("kernel_size", [4, 5])
def test_each_token_gets_a_weighted_sum_of_its_neighbours_in_its_group(kernel_size):
    layer = _layer(6, kernel_size=kernel_size, groups=2)
    tokens = np.random.default_rng(0).standard_normal((2, 7, 6))
    state = {key: value.numpy() for key, value in layer.state_dict().items()}
    gain = state["convolution.parametrizations.weight.original0"]
    direction = state["convolution.parametrizations.weight.original1"]
    assert gain.shape == (1, 1, kernel_size)
    kernel = gain * direction / np.sqrt((direction**2).sum(axis=(0, 1)))  # (out, in of its group, place)
    padded = np.pad(tokens, ((0, 0), (kernel_size // 2, kernel_size // 2), (0, 0)))
    expected = np.empty_like(tokens)
    for token in range(7):
        around = padded[:, token : token + kernel_size]
        for channel in range(6):
            own = around[..., 3 * (channel // 3) : 3 * (channel // 3) + 3]
            expected[:, token, channel] = np.einsum("bki,ik->b", own, kernel[channel])
    expected += state["convolution.bias"]
    expected *= (1 + erf(expected / np.sqrt(2))) / 2
    np.testing.assert_allclose(layer(torch.from_numpy(tokens)).detach(), expected, rtol=1e-9, atol=1e-12)


def test_any_number_of_tokens_keeps_its_number():
    layer = _layer(4, kernel_size=8, groups=2)
    for n_tokens in (1, 3, 20):
        assert layer(torch.ones(1, n_tokens, 4, dtype=torch.float64)).shape == (1, n_tokens, 4)


def _layer(width: int, **settings) -> ConvolutionalPosition:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        layer = ConvolutionalPosition(width, **settings).double()
        for parameter in layer.parameters():
            torch.nn.init.normal_(parameter)
    return layer
