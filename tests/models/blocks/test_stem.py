"""The stem."""

from __future__ import annotations

import torch

from einthoven.models.blocks.stem import stem


def test_only_the_first_convolution_and_the_pool_shorten_the_signal():
    layers = stem(12, (4, 6), kernel_size=5, stride=2)
    assert layers(torch.zeros(1, 12, 100)).shape == (1, 6, 25)
