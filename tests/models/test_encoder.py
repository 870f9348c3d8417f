"""What a convolutional architecture gets from its base."""

from __future__ import annotations

import torch
from torch import nn

from einthoven.models.blocks.pooling import Pooling
from einthoven.models.encoder import ConvolutionalEncoder
from einthoven.models.lengths import Lengths


def test_features_are_the_pooled_blocks():
    """An independent computation of an encoder of one convolution."""
    convolution = nn.Conv1d(2, 3, 1)
    encoder = ConvolutionalEncoder(
        {"only": convolution}, pooling=Pooling(3, "mean"), n_leads=2, lengths=Lengths(), n_layers=1, receptive_field=1
    )
    signal = torch.randn(4, 2, 10)
    tokens = torch.einsum("blt,dl->btd", signal, convolution.weight[..., 0]) + convolution.bias
    assert torch.allclose(encoder.tokens(signal), tokens, atol=1e-6)
    assert torch.allclose(encoder(signal), tokens.mean(dim=1), atol=1e-6)
    assert (encoder.stem_names, encoder.block_names) == (("blocks.only",), ())
