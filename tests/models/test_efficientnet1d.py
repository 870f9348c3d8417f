"""EfficientNetV2 along time against NumPy and against the published numbers of weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.errors import SpecificationError
from einthoven.models.architectures import build
from einthoven.models.efficientnet1d import EfficientNet1d, EfficientNet1dSettings
from models.layers_in_numpy import convolve, normalise, randomised, relative_error

# stage 1 fused without expansion, stage 2 fused, stage 3 depthwise, with a change of length and a shortcut in each
TINY = {
    "widths": (4, 6, 8),
    "repeats": (2, 2, 2),
    "strides": (1, 2, 2),
    "expansions": (1, 2, 3),
    "fused_stages": 2,
    "kernel_size": 5,
    "stem_width": 4,
    "feature_width": 10,
}
# EfficientNetV2-S (table 4 of the paper)
V2_S = {"stem_width": 24, "widths": (24, 48, 64, 128, 160, 256), "repeats": (2, 4, 4, 6, 9, 15)}


def _silu(values):
    return values / (1 + np.exp(-values))


def _brick(values, layer, *, kernel_size=1, stride=1):
    padding = kernel_size // 2
    values = convolve(values, layer["0.weight"], before=padding, behind=padding, stride=stride)
    return normalise(values, layer.under("1"), eps=1e-3)


def _excite(values, gain):
    hidden = _silu(gain["0.weight"] @ values.mean(axis=1) + gain["0.bias"])
    return values / (1 + np.exp(-(gain["2.weight"] @ hidden + gain["2.bias"])))[:, None]


def _fused(values, layers, *, expansion, stride):
    values = _silu(_brick(values, layers.under("0"), kernel_size=5, stride=stride))
    return values if expansion == 1 else _brick(values, layers.under("1"))


def _depthwise(values, layers, *, stride):
    values = _silu(_brick(values, layers.under("0")))
    values = _silu(_brick(values, layers.under("1"), kernel_size=5, stride=stride))
    return _brick(_excite(values, layers.under("2.gain")), layers.under("3"))


def test_tokens_and_features_equal_the_papers_formula():
    network = EfficientNet1d(EfficientNet1dSettings(**TINY), n_leads=3)
    weights = randomised(network).under("blocks")
    signals = np.random.default_rng(1).normal(size=(2, 3, 41))
    tokens = []
    for signal in signals:
        values = _silu(_brick(signal, weights.under("stem"), kernel_size=5, stride=2))
        for stage, stride in enumerate((1, 2, 2)):
            for position in range(2):
                layers = weights.under(f"stage{stage + 1}.{position}")
                shortcut = position == 1 or stage == 0  # length and width stay
                branch = layers.under("branch") if shortcut else layers
                step = stride if position == 0 else 1
                if stage < 2:
                    out = _fused(values, branch, expansion=(1, 2)[stage], stride=step)
                else:
                    out = _depthwise(values, branch, stride=step)
                values = out + values if shortcut else out
        tokens.append(_silu(_brick(values, weights.under("features"))).T)
    window = torch.tensor(signals, dtype=torch.float32)
    assert relative_error(network.tokens(window), np.stack(tokens)) < 1e-5
    assert relative_error(network(window), np.stack(tokens).mean(axis=1)) < 1e-5


@pytest.mark.parametrize(
    ("settings", "published"),
    [
        ({}, 7_139_704),  # B0
        ({"depth_multiplier": 1.1}, 8_141_052),  # B1
        ({"width_multiplier": 1.1, "depth_multiplier": 1.2}, 10_096_086),  # B2
        ({"width_multiplier": 1.2, "depth_multiplier": 1.4}, 14_358_406),  # B3
        (V2_S, 21_458_488),
    ],
)
def test_with_kernels_of_9_it_has_as_many_weights_as_the_published_ones_of_3_by_3(settings, published):
    """Three colours, 1,000 labels; the numbers are those of timm and torchvision for the authors' weights."""
    with torch.device("meta"):
        network = build("efficientnet1d", n_leads=3, n_labels=1000, kernel_size=9, **settings)
    assert sum(p.numel() for p in network.parameters()) == published


def test_layers_are_counted_as_in_the_papers_table():
    with torch.device("meta"):
        network = EfficientNet1d(EfficientNet1dSettings(**V2_S), n_leads=12)
    blocks = [len(network.get_submodule(name)) for name in network.block_names if "stage" in name]
    assert blocks == [2, 4, 4, 6, 9, 15]
    assert network.n_layers == 42 == sum(blocks) + 2


def test_the_default_network_has_6_million_weights_and_a_token_per_32_samples():
    network = EfficientNet1d(EfficientNet1dSettings(), n_leads=12).eval()
    assert sum(p.numel() for p in network.parameters()) == pytest.approx(5.73e6, rel=0.01)
    with torch.inference_mode():
        assert network.tokens(torch.zeros(1, 12, 2500)).shape == (1, 79, 1280)


def test_stochastic_depth_rises_linearly_from_the_first_block():
    network = EfficientNet1d(EfficientNet1dSettings(**TINY, block_dropout=0.6), n_leads=2)
    blocks = [network.get_submodule(f"blocks.{name}") for name in ("stage1.0", "stage1.1", "stage2.1", "stage3.1")]
    assert [block.drop_probability for block in blocks] == pytest.approx([0.0, 0.1, 0.3, 0.5])


def test_a_network_of_fused_stages_alone_has_a_stated_receptive_field():
    settings = {**TINY, "fused_stages": 3, "repeats": (1, 1, 1)}
    network = EfficientNet1d(EfficientNet1dSettings(**settings), n_leads=2)
    # kernels of 5 at steps of 1 (stem), 2, 2 and 4 samples
    assert network.receptive_field == 1 + 4 * (1 + 2 + 2 + 4)
    assert EfficientNet1d(EfficientNet1dSettings(**TINY), n_leads=2).receptive_field is None


@pytest.mark.parametrize(
    "settings",
    [
        {"widths": (8, 8)},
        {"repeats": (1, 2, 2, 3, 5, 0)},
        {"strides": (1, 2, 2, 2, 1, -2)},
        {"widths": (), "repeats": (), "strides": (), "expansions": ()},
        {"stem_width": 0},
        {"stem_stride": 0},
        {"fused_stages": 7},
        {"kernel_size": 4},
        {"width_multiplier": 0.0},
        {"depth_multiplier": -1.0},
        {"block_dropout": 1.0},
    ],
)
def test_settings_that_make_no_network_are_refused(settings):
    with pytest.raises(SpecificationError, match="efficientnet1d"):
        EfficientNet1dSettings(**settings)
