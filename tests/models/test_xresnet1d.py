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


@pytest.mark.parametrize("settings", [{"widths": (8, 8)}, {"kernel_size": 4}, {"stem_widths": ()}])
def test_settings_that_make_no_network_are_refused(settings):
    with pytest.raises(SpecificationError):
        XResNet1dSettings(**settings)


def test_an_unknown_pooling_names_the_nearest():
    with pytest.raises(UnknownNameError, match="mean_max"):
        XResNet1d(XResNet1dSettings(pooling="mean_maxx"), n_leads=2)
