"""A pre-norm block against the one in torch and the one in NumPy."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from einthoven.models.blocks.pre_norm_layer import PreNormLayer
from models.pre_norm_in_numpy import block, weights

SHAPE = {"heads": 3, "head_width": 4, "mlp_width": 20, "qkv_bias": True}


def _random(layer: nn.Module) -> nn.Module:
    generator = torch.Generator().manual_seed(2)
    for parameter in layer.parameters():
        nn.init.normal_(parameter, std=0.5, generator=generator)
    return layer.eval()


def test_it_is_the_block_of_torch_that_normalises_first():
    ours = _random(PreNormLayer(12, **SHAPE))
    theirs = nn.TransformerEncoderLayer(
        12, 3, 20, 0.0, activation="gelu", batch_first=True, norm_first=True, layer_norm_eps=1e-5
    ).eval()
    pairs = (
        ("self_attn.in_proj_weight", "attention.qkv.weight"),
        ("self_attn.in_proj_bias", "attention.qkv.bias"),
        *((f"self_attn.out_proj.{k}", f"attention.out.{k}") for k in ("weight", "bias")),
        *((f"linear1.{k}", f"mlp.0.{k}") for k in ("weight", "bias")),
        *((f"linear2.{k}", f"mlp.2.{k}") for k in ("weight", "bias")),
        *((f"norm1.{k}", f"attention_norm.{k}") for k in ("weight", "bias")),
        *((f"norm2.{k}", f"mlp_norm.{k}") for k in ("weight", "bias")),
    )
    state = ours.state_dict()
    theirs.load_state_dict({name: state[ours_name] for name, ours_name in pairs}, strict=True)
    tokens = torch.randn(2, 7, 12)
    expected = theirs(tokens)
    assert (ours(tokens) - expected).norm() < 1e-5 * expected.norm()


def test_it_is_what_numpy_computes():
    layer = _random(PreNormLayer(12, **SHAPE | {"qkv_bias": False}))
    tokens, mask = torch.randn(7, 12), torch.eye(7, dtype=torch.bool).roll(1, 1) | torch.eye(7, dtype=torch.bool)
    renamed = {f"blocks.0.{key}": value for key, value in weights(layer).items()}
    expected = block(tokens.double().numpy(), renamed, 0, heads=3, mask=mask.numpy())
    ours = layer(tokens[None], mask)[0].detach().numpy()
    assert np.linalg.norm(ours - expected) < 1e-5 * np.linalg.norm(expected)


def test_a_dropped_branch_leaves_the_tokens_and_a_kept_one_is_scaled_up():
    layer = _random(PreNormLayer(12, **SHAPE, drop_probability=0.5))
    for parameter in layer.mlp.parameters():
        nn.init.zeros_(parameter)
    tokens = torch.randn(1, 5, 12).expand(64, -1, -1)
    branch = layer(tokens) - tokens
    trained = layer.train()(tokens) - tokens
    dropped = trained.abs().amax(dim=(1, 2)) < 1e-6
    assert 0 < dropped.sum() < 64
    assert torch.allclose(trained[~dropped], 2 * branch[~dropped], atol=1e-5)


def test_last_weights_of_both_branches_are_divided():
    first, second = (_random(PreNormLayer(12, **SHAPE)) for _ in range(2))
    second.divide_outputs(4.0)
    ratio = {key: float(first.state_dict()[key].norm() / value.norm()) for key, value in second.state_dict().items()}
    assert {key for key, value in ratio.items() if abs(value - 4) < 1e-5} == {"attention.out.weight", "mlp.2.weight"}
    assert {round(value, 5) for value in ratio.values()} == {1.0, 4.0}
