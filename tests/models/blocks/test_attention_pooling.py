"""Attention pooling is a weighted mean, as a loop over heads computes it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from einthoven.errors import SpecificationError
from einthoven.models.blocks.attention_pooling import AttentionPooling


def test_it_is_what_a_loop_over_records_and_heads_gives():
    torch.manual_seed(0)
    pooling, tokens = AttentionPooling(6, 2), torch.randn(3, 5, 6)
    key, value, bias = (
        part.detach().double().numpy() for part in (pooling.keys.weight, pooling.values.weight, pooling.values.bias)
    )
    query = pooling.query.detach().double().numpy()
    expected = np.zeros((3, 6))
    for record, one in enumerate(tokens.double().numpy()):
        for head in range(2):
            rows = slice(3 * head, 3 * head + 3)
            agreement = one @ key[rows].T @ query[head] / math.sqrt(3)
            weights = np.exp(agreement) / np.exp(agreement).sum()
            expected[record, rows] = weights @ (one @ value[rows].T + bias[rows])
    assert pooling(tokens).detach().numpy() == pytest.approx(expected, abs=1e-6)


def test_weights_sum_to_one_over_the_tokens_and_equal_tokens_count_alike():
    pooling = AttentionPooling(8, 4)
    weights = pooling.weights(torch.ones(2, 5, 8))
    assert weights.shape == (2, 4, 5)
    assert torch.allclose(weights, torch.full((2, 4, 5), 0.2))


def test_gradient_reaches_every_weight():
    pooling = AttentionPooling(8, 2)
    pooling(torch.randn(4, 6, 8)).square().sum().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in pooling.parameters())


def test_heads_that_do_not_divide_the_width_are_refused():
    with pytest.raises(SpecificationError, match="4 heads needs a token width that they divide, got 6"):
        AttentionPooling(6, 4)
