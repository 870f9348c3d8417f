"""The padding rule and the convolution on top of it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.models.blocks.same_padded_convolution import SamePaddedConvolution, same_padding


@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize("kernel_size", [1, 2, 5, 16])
@pytest.mark.parametrize("n_samples", [7, 96, 97, 98, 99])
def test_the_output_has_one_sample_per_started_stride(n_samples, kernel_size, stride):
    layer = SamePaddedConvolution(1, 1, kernel_size=kernel_size, stride=stride)
    assert layer(torch.zeros(1, 1, n_samples)).shape[-1] == int(np.ceil(n_samples / stride))


def test_the_odd_zero_stands_behind():
    assert same_padding(5000, kernel_size=16, stride=1) == (7, 8)
    assert same_padding(5000, kernel_size=16, stride=2) == (7, 7)
    assert same_padding(313, kernel_size=16, stride=2) == (7, 8)
    assert same_padding(4096, kernel_size=16, stride=4) == (6, 6)


def test_nothing_is_added_where_the_kernel_is_shorter_than_the_stride():
    assert same_padding(9, kernel_size=1, stride=4) == (0, 0)


def test_each_output_is_the_sum_under_the_kernel():
    layer = SamePaddedConvolution(4, 2, kernel_size=6, stride=4, groups=2)
    signal = torch.randn(3, 4, 21)
    before, behind = same_padding(21, kernel_size=6, stride=4)
    padded = np.pad(signal.numpy().astype(float), [(0, 0), (0, 0), (before, behind)])
    weight, bias = layer.weight.detach().numpy().astype(float), layer.bias.detach().numpy()
    for index in range(6):
        under = padded[:, :, 4 * index : 4 * index + 6]
        first = (under[:, :2] * weight[0]).sum(axis=(1, 2)) + bias[0]
        second = (under[:, 2:] * weight[1]).sum(axis=(1, 2)) + bias[1]
        out = layer(signal)[:, :, index].detach().numpy()
        assert np.allclose(out, np.stack([first, second], axis=1), atol=1e-6)
