"""Attention against torch's own, whose weights are laid out alike."""

from __future__ import annotations

import torch
from torch import nn

from einthoven.models.blocks.fused_attention import FusedAttention


def _both(*, bias: bool = True) -> tuple[FusedAttention, nn.MultiheadAttention]:
    ours, theirs = FusedAttention(12, heads=3, head_width=4, bias=bias), nn.MultiheadAttention(12, 3, batch_first=True)
    theirs.in_proj_weight.data = ours.qkv.weight.data
    theirs.in_proj_bias.data = ours.qkv.bias.data if bias else torch.zeros(36)
    theirs.out_proj.load_state_dict(ours.out.state_dict())
    return ours.eval(), theirs.eval()


def test_it_is_attention_of_several_heads():
    for bias in (True, False):
        ours, theirs = _both(bias=bias)
        tokens = torch.randn(2, 7, 12)
        assert torch.allclose(ours(tokens), theirs(tokens, tokens, tokens)[0], atol=1e-6)


def test_a_token_sees_where_the_mask_is_true():
    ours, theirs = _both()
    tokens = torch.randn(2, 7, 12)
    mask = torch.eye(7, dtype=torch.bool) | (torch.rand(7, 7) < 0.5)
    expected = theirs(tokens, tokens, tokens, attn_mask=~mask)[0]
    assert torch.allclose(ours(tokens, mask), expected, atol=1e-6)


def test_heads_may_be_wider_than_the_tokens():
    ours = FusedAttention(6, heads=2, head_width=5, bias=True)
    assert ours.qkv.out_features == 30
    assert ours(torch.randn(2, 4, 6)).shape == (2, 4, 6)
