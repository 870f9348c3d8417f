"""Convolutions with kernels of any size."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.models.blocks.same_padding import same_convolution, same_convolution_norm


@pytest.mark.parametrize("kernel_size", [1, 2, 3, 8, 41])
@pytest.mark.parametrize(("samples", "stride", "expected"), [(10, 1, 10), (10, 2, 5), (11, 2, 6), (3, 4, 1)])
def test_the_output_has_ceil_of_length_over_stride_samples(kernel_size, samples, stride, expected):
    layers = same_convolution(2, 4, kernel_size=kernel_size, stride=stride)
    assert layers(torch.zeros(1, 2, samples)).shape == (1, 4, expected)


@pytest.mark.parametrize(("kernel_size", "before", "behind"), [(8, 3, 4), (5, 2, 2), (2, 0, 1)])
def test_an_even_kernel_has_one_zero_more_behind(kernel_size, before, behind):
    layers = same_convolution(1, 1, kernel_size=kernel_size)
    signal = np.random.default_rng(0).normal(size=20)
    padded = np.concatenate([np.zeros(before), signal, np.zeros(behind)])
    expected = np.correlate(padded, layers[-1].weight.detach().numpy().ravel().astype(float), mode="valid")
    got = layers(torch.tensor(signal, dtype=torch.float32)[None, None])[0, 0].detach().numpy()
    assert np.abs(got - expected).max() < 1e-5


def test_only_the_activated_brick_cuts_negative_values():
    signal = torch.randn(2, 3, 30, generator=torch.Generator().manual_seed(0))
    assert same_convolution_norm(3, 4, kernel_size=8)(signal).min() == 0
    assert same_convolution_norm(3, 4, kernel_size=8, activate=False)(signal).min() < 0
