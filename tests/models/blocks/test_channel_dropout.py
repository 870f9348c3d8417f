"""Dropout of channels: the same for all tokens of an ECG."""

from __future__ import annotations

import pytest
import torch

from einthoven.models.blocks.channel_dropout import ChannelDropout


def test_a_channel_is_left_out_of_all_tokens_or_of_none():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        kept = ChannelDropout(0.3)(torch.ones(50, 7, 40))
    assert torch.equal(kept, kept[:, :1].expand_as(kept))
    assert kept.unique().tolist() == [0.0, pytest.approx(1 / 0.7)]
    assert kept.mean() == pytest.approx(1.0, abs=0.05)


def test_nothing_is_left_out_in_evaluation():
    tokens = torch.randn(2, 3, 4)
    assert torch.equal(ChannelDropout(0.3).eval()(tokens), tokens)
