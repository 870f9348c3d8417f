"""Numbers of SE-ResNeXt that are its own."""

from __future__ import annotations

import pytest
import torch

from einthoven.errors import SpecificationError
from einthoven.models.architectures import build
from einthoven.models.blocks.squeeze_excitation import SqueezeExcitation
from einthoven.models.head_settings import HeadSettings
from einthoven.models.network import Network
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


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"width": 3, "cardinality": 4}, "cardinality"),
        ({"kernel_size": 4}, "odd"),
        ({"stem_stride": 0}, "stem_stride.* positive"),
        ({"reduction": 0}, "reduction .* positive"),
        ({"block_dropout": 1.0}, r"block_dropout .* \[0, 1\)"),
    ],
)
def test_settings_that_make_no_network_are_refused_by_name(settings, word):
    with pytest.raises(SpecificationError, match=word):
        SeResNeXt1dSettings(**settings)


def test_without_growth_all_stages_have_the_same_width():
    settings = SeResNeXt1dSettings(width=4, growth=1, cardinality=2, stem_widths=(3, 5), pooling="mean")
    network = SeResNeXt1d(settings, n_leads=2)
    assert network.blocks["stem"](torch.rand(1, 2, 512)).shape[1] == 5
    assert network.feature_width == 16


def _deepest() -> Network:
    """Return 152 layers of tiny width in float64, away from the zero gains that blocks start with."""
    settings = {"depth": 152, "width": 2, "cardinality": 2, "kernel_size": 3, "stem_widths": (2, 4)}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = build("se_resnext1d", n_leads=2, n_labels=2, head=HeadSettings(dropout=0.0), **settings).double()
        for parameter in network.parameters():
            torch.nn.init.normal_(parameter, std=0.3)
        for module in network.modules():
            if isinstance(module, SqueezeExcitation):  # no hidden unit is dead by chance
                module.gain[0].bias.data.fill_(3.0)
    return network


def test_the_152_layers_stand_in_stages_of_3_8_36_and_3_bottlenecks():
    network = _deepest()
    layers = {}
    for name in network.encoder.block_names:
        modules = network.encoder.get_submodule(name).named_modules()
        layers[name] = [key for key, m in modules if isinstance(m, torch.nn.Conv1d) and "shortcut" not in key]
    assert [len(found) for found in layers.values()] == [3 * 3, 3 * 8, 3 * 36, 3 * 3]
    linear = [key for key, m in network.head.named_modules() if isinstance(m, torch.nn.Linear)]
    assert len(linear) == 1
    # the stem is one layer
    assert network.encoder.n_layers == 152 == 1 + sum(len(found) for found in layers.values()) + len(linear)


def test_the_convolutions_of_the_stages_act_one_behind_the_other():
    """A layer counts that lies on the way: each is called once, and none before the one it is named behind."""
    network = _deepest().eval()
    called = []
    for name, module in network.named_modules():
        if isinstance(module, torch.nn.Conv1d) and "shortcut" not in name and "stem" not in name:
            module.register_forward_hook(lambda *_, name=name: called.append(name))
    network(torch.randn(1, 2, 64, dtype=torch.float64, generator=torch.Generator().manual_seed(1)))
    assert len(called) == 150
    assert called == [name for name, _ in network.named_modules() if name in set(called)]


def test_freezing_the_first_2_of_4_blocks_leaves_stem_and_two_stages_and_moves_all_else():
    network = _deepest()
    network.freeze(2)
    network.train()
    before = {key: value.clone() for key, value in network.state_dict().items()}
    optimizer = torch.optim.SGD(network.parameters(), lr=1.0)
    signal = torch.randn(6, 2, 256, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    (network(signal) - 1).square().sum().backward()
    optimizer.step()
    unmoved = {key for key, value in network.state_dict().items() if torch.equal(value, before[key])}
    frozen = tuple(f"encoder.blocks.{name}." for name in ("stem", "stage1", "stage2"))
    assert unmoved == {key for key in before if key.startswith(frozen)}
    assert {key.rsplit(".", 1)[-1] for key in unmoved} >= {"weight", "bias", "running_mean", "running_var"}
    assert {key.split(".")[2] for key in before if key.startswith("encoder.blocks")} == {
        "stem",
        *(f"stage{index}" for index in (1, 2, 3, 4)),
    }
