"""InceptionTime against NumPy, and what is its own."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.errors import SpecificationError
from einthoven.models.inception_time import InceptionTime, InceptionTimeSettings
from models.layers_in_numpy import convolve, normalise, randomised, rectify, relative_error

SMALL = {"width": 3, "bottleneck_width": 2}


def _module(values, weights, kernel_sizes):
    narrowed = values
    if len(values) > 1:
        narrowed = np.einsum("oi,it->ot", weights["bottleneck.weight"][:, :, 0], values)
    branches = []
    for index, size in enumerate(kernel_sizes):
        kernel = weights[f"convolutions.{index}.{1 - size % 2}.weight"]
        branches.append(convolve(narrowed, kernel, before=(size - 1) // 2, behind=size // 2))
    padded = np.pad(values, ((0, 0), (1, 1)), constant_values=-np.inf)
    largest = np.stack([padded[:, :-2], padded[:, 1:-1], padded[:, 2:]]).max(axis=0)
    branches.append(np.einsum("oi,it->ot", weights["maximum.1.weight"][:, :, 0], largest))
    return rectify(normalise(np.concatenate(branches), weights.under("norm")))


@pytest.mark.parametrize(("n_leads", "kernel_sizes"), [(3, (12, 6, 3)), (1, (40, 20, 10))])
def test_tokens_and_features_equal_the_papers_formula(n_leads, kernel_sizes):
    network = InceptionTime(InceptionTimeSettings(kernel_sizes=kernel_sizes, **SMALL), n_leads=n_leads)
    weights = randomised(network)
    signals = np.random.default_rng(1).normal(size=(2, n_leads, 45))
    tokens = []
    for signal in signals:
        values = signal
        for group in (1, 2):
            block = weights.under(f"blocks.group{group}")
            beside = np.einsum("oi,it->ot", block["shortcut.0.weight"][:, :, 0], values)
            for position in range(3):
                values = _module(values, block.under(f"branch.{position}"), kernel_sizes)
            values = rectify(values + normalise(beside, block.under("shortcut.1")))
        tokens.append(values.T)
    window = torch.tensor(signals, dtype=torch.float32)
    assert relative_error(network.tokens(window), np.stack(tokens)) < 1e-5
    assert relative_error(network(window), np.stack(tokens).mean(axis=1)) < 1e-5


def test_the_default_is_the_papers_network_with_a_token_per_sample():
    network = InceptionTime(InceptionTimeSettings(), n_leads=12)
    first, other = 12 * 32 + 12 * 32, 128 * 32 + 128 * 32  # bottleneck and the convolution behind the maximum
    modules = first + 5 * other + 6 * (32 * 32 * (40 + 20 + 10) + 2 * 128)
    shortcuts = 12 * 128 + 128 * 128 + 2 * 2 * 128
    assert sum(p.numel() for p in network.parameters()) == modules + shortcuts
    assert network.tokens(torch.zeros(1, 12, 50)).shape == (1, 50, 128)
    assert network.n_layers == 6


@pytest.mark.parametrize(("depth", "expected"), [(6, 235), (4, 157)])
def test_a_token_depends_on_exactly_the_stated_samples(depth, expected):
    network = InceptionTime(InceptionTimeSettings(depth=depth, **SMALL), n_leads=2)
    randomised(network)
    for parameter in network.parameters():
        parameter.data.abs_()  # nothing is cut off by a ReLU
    signal = torch.rand(1, 2, 400, requires_grad=True)
    network.tokens(signal)[0, 200].sum().backward()
    reached = signal.grad.abs().sum(dim=(0, 1)).nonzero().flatten()
    assert network.receptive_field == expected
    assert int(reached[-1] - reached[0]) + 1 == expected
    assert 200 - int(reached[0]) == depth * 19  # of a kernel's 40 taps 19 lie before its sample, 20 behind
    assert len(reached) == expected


def test_only_whole_groups_of_three_modules_have_a_shortcut():
    network = InceptionTime(InceptionTimeSettings(depth=4, **SMALL), n_leads=2)
    assert network.block_names == ("blocks.group1", "blocks.group2")
    assert "blocks.group1.shortcut.0.weight" in network.state_dict()
    assert not [key for key in network.state_dict() if key.startswith("blocks.group2.shortcut")]


@pytest.mark.parametrize(("n_leads", "bottleneck_width"), [(1, 32), (12, 0)])
def test_the_kernels_read_the_leads_where_there_is_no_bottleneck(n_leads, bottleneck_width):
    settings = InceptionTimeSettings(width=3, bottleneck_width=bottleneck_width)
    network = InceptionTime(settings, n_leads=n_leads)
    assert network.state_dict()["blocks.group1.branch.0.convolutions.0.1.weight"].shape == (3, n_leads, 40)


@pytest.mark.parametrize(
    "settings",
    [
        {"depth": 1},
        {"width": 0},
        {"bottleneck_width": -1},
        {"kernel_sizes": ()},
        {"kernel_sizes": (40, 0)},
        {"block_dropout": -0.1},
    ],
)
def test_settings_that_make_no_network_are_refused(settings):
    with pytest.raises(SpecificationError, match="inception_time"):
        InceptionTimeSettings(**settings)
