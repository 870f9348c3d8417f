"""A post-norm layer against the formula in double precision."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.special import erf

from einthoven.models.blocks.post_norm_layer import PostNormLayer


def test_each_sum_is_normalised_and_the_activation_exact():
    layer, tokens = _layer(), np.random.default_rng(0).standard_normal((2, 5, 8))
    weights = {key: value.numpy() for key, value in layer.state_dict().items()}
    seen = _normalised(tokens + layer.attention(torch.from_numpy(tokens)).detach().numpy(), weights, "attention_norm")
    hidden = seen @ weights["widen.weight"].T + weights["widen.bias"]
    hidden = hidden * (1 + erf(hidden / np.sqrt(2))) / 2
    expected = _normalised(seen + hidden @ weights["narrow.weight"].T + weights["narrow.bias"], weights, "output_norm")
    np.testing.assert_allclose(layer(torch.from_numpy(tokens)).detach(), expected, rtol=1e-9)


def test_a_dropped_layer_hands_each_record_through_as_it_came():
    layer, tokens = _layer(drop_probability=0.5), torch.randn(64, 3, 8, dtype=torch.float64)
    full = layer(tokens)
    out = layer.train()(tokens)
    skipped = (out == tokens).flatten(1).all(dim=1)
    assert torch.equal(out[~skipped], full[~skipped])
    assert 12 < skipped.sum() < 52  # 32 expected; 5 standard deviations


def test_linear_layers_start_small():
    layer = PostNormLayer(64, hidden_width=256, n_heads=4)
    assert layer.widen.weight.std().item() == pytest.approx(0.02, rel=0.05)
    assert layer.attention.query.bias.abs().sum() == 0


def _normalised(values: np.ndarray, weights: dict[str, np.ndarray], name: str) -> np.ndarray:
    centred = values - values.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)
    return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def _layer(**settings) -> PostNormLayer:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        layer = PostNormLayer(8, hidden_width=16, n_heads=2, **settings).double()
        for parameter in layer.parameters():
            torch.nn.init.normal_(parameter)
    return layer.eval()
