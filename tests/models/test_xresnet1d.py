"""Numbers of xresnet1d that are its own."""

from __future__ import annotations

import pytest
import torch

from einthoven.errors import SpecificationError, UnknownNameError
from einthoven.models.xresnet1d import XResNet1d, XResNet1dSettings


def test_every_block_starts_as_its_shortcut():
    """With zero gamma a fresh block is relu(shortcut(x)): the identity for a positive signal of the same width."""
    network = XResNet1d(XResNet1dSettings(widths=(8, 8, 8, 8), stem_widths=(8,)), n_leads=2).eval()
    signal = torch.rand(2, 8, 64)
    assert torch.equal(network.blocks["stage1"](signal), signal)


def test_the_signal_is_halved_once_per_stage_after_the_stem():
    network = XResNet1d(XResNet1dSettings(widths=(8, 8, 8, 8), stem_stride=4), n_leads=2)
    signal = torch.rand(2, 2, 1024)
    lengths = []
    for block in network.blocks.values():
        signal = block(signal)
        lengths.append(signal.shape[-1])
    assert lengths == [128, 128, 64, 32, 16]


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"widths": (8, 8)}, "4 widths"),
        ({"kernel_size": 4}, "odd"),
        ({"stem_widths": ()}, "one stem width"),
        ({"widths": (8, 8, 0, 8)}, "positive"),
        ({"stem_stride": 0}, "stem_stride .* positive"),
        ({"block_dropout": 1.0}, r"block_dropout .* \[0, 1\)"),
    ],
)
def test_settings_that_make_no_network_are_refused_by_name(settings, word):
    with pytest.raises(SpecificationError, match=word):
        XResNet1dSettings(**settings)


def test_an_unknown_pooling_names_the_nearest():
    with pytest.raises(UnknownNameError, match="mean_max"):
        XResNet1d(XResNet1dSettings(pooling="mean_maxx"), n_leads=2)
