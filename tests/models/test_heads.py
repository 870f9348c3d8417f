"""The head is a linear map in evaluation, whatever its dropout."""

from __future__ import annotations

import torch

from einthoven.models.head_settings import HeadSettings
from einthoven.models.heads import Head


def _head(**settings) -> Head:
    return Head(HeadSettings(**settings), feature_width=4, token_width=4, n_labels=3)


def test_a_linear_head_is_a_matrix_product():
    head = _head(dropout=0.5).eval()
    features = torch.randn(5, 4)
    expected = features @ head.linear.weight.T + head.linear.bias
    assert torch.allclose(head(features), expected, atol=1e-6)


def test_a_hidden_layer_is_there_when_asked_for():
    head = _head(hidden_width=7)
    assert head(torch.randn(5, 4)).shape == (5, 3)
    assert head.linear.in_features == 7
