"""The convolution whose zeros need not be equal on both sides."""

from __future__ import annotations

import pytest
import torch

from einthoven.models.blocks.aligned_convolution import AlignedConvolution


def _first_samples_seen(convolution: AlignedConvolution, n_samples: int) -> list[int]:
    """Return where each output's kernel begins, by a kernel that is 1 at one place and a signal that counts."""
    torch.nn.init.zeros_(convolution.weight)
    convolution.weight.data[0, 0, convolution.kernel_size[0] // 2] = 1
    seen = convolution(torch.arange(float(n_samples))[None, None])[0, 0]
    return [int(sample) - convolution.kernel_size[0] // 2 for sample in seen]


# as the notes on padding in the documentation of tf.nn say: half of the zeros, rounded down, stand in front
@pytest.mark.parametrize(("kernel", "stride", "in_front"), [(16, 1, 7), (16, 4, 6), (17, 4, 6), (5, 2, 1), (3, 1, 1)])
def test_behind_is_the_longer_side_in_tensorflow(kernel, stride, in_front):
    convolution = AlignedConvolution(1, 1, kernel_size=kernel, stride=stride, longer_side="behind")
    starts = _first_samples_seen(convolution, 64)
    middle = slice(kernel, -kernel)  # where no zero is seen
    assert len(starts) == 64 // stride
    assert starts[middle] == [stride * index - in_front for index in range(64 // stride)][middle]


@pytest.mark.parametrize(("kernel", "stride", "in_front"), [(17, 4, 7), (17, 1, 8), (16, 1, 8), (5, 2, 2)])
def test_before_is_the_longer_side_in_torch(kernel, stride, in_front):
    convolution = AlignedConvolution(2, 3, kernel_size=kernel, stride=stride, longer_side="before")
    signal = torch.randn(2, 2, 64)
    expected = torch.nn.functional.conv1d(signal, convolution.weight, stride=stride, padding=in_front)
    assert torch.allclose(convolution(signal), expected[..., : 64 // stride], atol=1e-6)
    assert convolution(signal).shape[-1] == 64 // stride
