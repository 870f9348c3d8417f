"""Numbers of SE-ResNeXt that are its own."""

from __future__ import annotations

import pytest
import torch

from einthoven.errors import SpecificationError
from einthoven.models.se_resnext1d import SeResNeXt1d, SeResNeXt1dSettings


def test_stages_double_the_width_and_halve_the_length():
    network = SeResNeXt1d(SeResNeXt1dSettings(width=4, growth=2, stem_widths=()), n_leads=2)
    signal = torch.rand(2, 2, 512)
    shapes = []
    for block in network.blocks.values():
        signal = block(signal)
        shapes.append(tuple(signal.shape[1:]))
    assert shapes == [(4, 128), (16, 128), (32, 64), (64, 32), (128, 16)]


def test_the_middle_convolution_is_grouped():
    network = SeResNeXt1d(SeResNeXt1dSettings(width=4), n_leads=2)
    groups = {m.groups for m in network.modules() if isinstance(m, torch.nn.Conv1d)}
    assert groups == {1, 8}


def test_the_default_network_has_a_fifth_of_a_million_weights():
    network = SeResNeXt1d(SeResNeXt1dSettings(), n_leads=12)
    assert sum(p.numel() for p in network.parameters()) == pytest.approx(0.21e6, rel=0.05)


@pytest.mark.parametrize("settings", [{"width": 3, "cardinality": 4}, {"kernel_size": 4}])
def test_settings_that_make_no_network_are_refused(settings):
    with pytest.raises(SpecificationError):
        SeResNeXt1dSettings(**settings)


def test_without_growth_all_stages_have_the_same_width():
    settings = SeResNeXt1dSettings(width=4, growth=1, cardinality=2, stem_widths=(3, 5), pooling="mean")
    network = SeResNeXt1d(settings, n_leads=2)
    assert network.blocks["stem"](torch.rand(1, 2, 512)).shape[1] == 5
    assert network.feature_width == 16
