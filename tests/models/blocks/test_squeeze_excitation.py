"""Squeeze and excitation against its formula."""

from __future__ import annotations

import torch

from einthoven.models.blocks.squeeze_excitation import SqueezeExcitation


def test_each_channel_is_scaled_by_its_gain():
    block = SqueezeExcitation(8, reduction=2)
    signal = torch.randn(3, 8, 20)
    squeeze, _, excite, _ = block.gain
    hidden = torch.relu(signal.mean(-1) @ squeeze.weight.T + squeeze.bias)
    gain = torch.sigmoid(hidden @ excite.weight.T + excite.bias)
    assert torch.allclose(block(signal), signal * gain[..., None], atol=1e-6)


def test_the_hidden_layer_has_at_least_four_values():
    assert SqueezeExcitation(16, reduction=16).gain[0].out_features == 4


def test_hidden_width_and_activation_may_be_given():
    block = SqueezeExcitation(16, hidden_width=3, activation=torch.nn.SiLU)
    assert block.gain[0].out_features == 3
    assert isinstance(block.gain[1], torch.nn.SiLU)
