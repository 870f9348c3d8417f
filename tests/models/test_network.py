"""An encoder and a head together."""

from __future__ import annotations

import pytest
import torch

from einthoven.errors import SpecificationError
from einthoven.models.architectures import build
from einthoven.models.head_settings import HeadSettings

SETTINGS = {"widths": [4, 4, 4, 4], "stem_widths": [4]}


def _network(n_labels: int = 2):
    return build("xresnet1d", n_leads=3, n_labels=n_labels, head=HeadSettings(dropout=0.0), **SETTINGS).eval()


def test_outputs_are_the_head_on_the_features():
    network, signal = _network(), torch.randn(4, 3, 100)
    expected = network.features(signal) @ network.head.linear.weight.T + network.head.linear.bias
    assert torch.allclose(network(signal), expected, atol=1e-6)


def test_without_labels_the_outputs_are_the_features():
    network, signal = _network(0), torch.randn(4, 3, 100)
    assert torch.equal(network(signal), network.features(signal))
    assert not [key for key in network.state_dict() if key.startswith("head.")]


def test_parts_are_named_from_signal_to_outputs():
    assert _network().part_names == (
        "adapter",
        "encoder.blocks.stem",
        *(f"encoder.blocks.stage{number}" for number in (1, 2, 3, 4)),
        "head",
    )


@pytest.mark.parametrize("n_blocks", [-1, 5])
def test_freezing_more_blocks_than_there_are_is_refused(n_blocks):
    with pytest.raises(SpecificationError, match="has 4 blocks"):
        _network().freeze(n_blocks)


def test_freezing_less_gives_the_rest_back():
    network = _network()
    network.freeze(3)
    network.freeze(0)
    assert all(parameter.requires_grad for parameter in network.parameters())
    assert all(module.training for module in network.train().modules())
