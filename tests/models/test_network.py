"""What an architecture gets from its base."""

from __future__ import annotations

import torch
from torch import nn

from einthoven.models.heads import MultiLabelHead
from einthoven.models.network import Network


def test_forward_is_the_head_on_the_pooled_blocks():
    """An independent computation of a network of one convolution."""
    convolution, head = nn.Conv1d(2, 3, 1), MultiLabelHead(3, 1, dropout=0.0)
    pooling = nn.Sequential(nn.AdaptiveAvgPool1d(1), nn.Flatten())
    network = Network(
        {"only": convolution}, pooling=pooling, head=head, n_leads=2, feature_width=3, minimum_samples=1, n_layers=2
    )
    signal = torch.randn(4, 2, 10)
    features = torch.einsum("blt,dl->bdt", signal, convolution.weight[..., 0]).mean(-1) + convolution.bias
    assert torch.allclose(network.features(signal), features, atol=1e-6)
    assert torch.allclose(network(signal), features @ head.linear.weight.T + head.linear.bias, atol=1e-6)
    assert network.block_names == ("blocks.only", "head")
