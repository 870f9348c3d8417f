"""The head is a linear map in evaluation, whatever its dropout."""

from __future__ import annotations

import torch

from einthoven.models.heads import MultiLabelHead


def test_a_linear_head_is_a_matrix_product():
    head = MultiLabelHead(4, 3, dropout=0.5).eval()
    features = torch.randn(5, 4)
    expected = features @ head.linear.weight.T + head.linear.bias
    assert torch.allclose(head(features), expected, atol=1e-6)


def test_a_hidden_layer_is_there_when_asked_for():
    head = MultiLabelHead(4, 3, dropout=0.5, hidden_width=7)
    assert head(torch.randn(5, 4)).shape == (5, 3)
    assert head.linear.in_features == 7
