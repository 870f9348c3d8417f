"""Self-attention against the formula in double precision."""

from __future__ import annotations

import numpy as np
import torch

from einthoven.models.blocks.self_attention import SelfAttention


def test_it_is_the_formula_head_by_head():
    layer, tokens = _layer(12, n_heads=3), np.random.default_rng(0).standard_normal((2, 5, 12))
    weights = {key: value.numpy() for key, value in layer.state_dict().items()}
    query, key, value = (tokens @ weights[f"{n}.weight"].T + weights[f"{n}.bias"] for n in ("query", "key", "value"))
    heads = []
    for head in range(3):
        own = slice(4 * head, 4 * head + 4)
        likeness = np.exp(query[..., own] @ key[..., own].transpose(0, 2, 1) / 2)  # the root of a head's width, 4
        heads.append(likeness / likeness.sum(axis=-1, keepdims=True) @ value[..., own])
    expected = np.concatenate(heads, axis=-1) @ weights["output.weight"].T + weights["output.bias"]
    np.testing.assert_allclose(layer(torch.from_numpy(tokens)).detach(), expected, rtol=1e-10)


def test_attention_is_dropped_in_training_alone():
    layer, tokens = _layer(8, n_heads=2, dropout=0.5), torch.ones(1, 6, 8, dtype=torch.float64)
    assert torch.equal(layer(tokens), layer(tokens))
    layer.train()
    assert not torch.equal(layer(tokens), layer(tokens))


def _layer(width: int, **settings) -> SelfAttention:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return SelfAttention(width, **settings).double().eval()
