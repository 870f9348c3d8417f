"""The convolution brick."""

from __future__ import annotations

import pytest
import torch

from einthoven.models.blocks.convolution import convolution, convolution_norm


@pytest.mark.parametrize(("samples", "stride", "expected"), [(10, 1, 10), (10, 2, 5), (11, 2, 6)])
def test_the_output_has_ceil_of_length_over_stride_samples(samples, stride, expected):
    assert convolution(2, 4, kernel_size=5, stride=stride)(torch.zeros(1, 2, samples)).shape == (1, 4, expected)


def test_a_branch_that_starts_at_zero_puts_out_zero():
    layers = convolution_norm(2, 4, kernel_size=3, activate=False, start_at_zero=True)
    assert layers(torch.randn(3, 2, 10)).abs().max() == 0
