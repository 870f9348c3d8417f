"""The ResNet of Wang et al. and its strided variant for ECGs against NumPy, and what is its own."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.errors import SpecificationError
from einthoven.models.resnet1d import ResNet1d, ResNet1dSettings
from models.layers_in_numpy import convolve, normalise, randomised, rectify, relative_error

# Strodthoff et al. 2021, "resnet1d_wang" of their code
ECG_VARIANT = {
    "kernel_sizes": (5, 3),
    "strides": (1, 2, 2),
    "stem_kernel_size": 7,
    "plain_shortcut": True,
    "pooling": "mean_max",
}


def _brick(values, layer, *, kernel_size, stride=1):
    """Convolve and normalise; an even kernel is the second module, behind its padding."""
    first = 1 - kernel_size % 2
    values = convolve(
        values,
        layer[f"{first}.weight"],
        before=(kernel_size - 1) // 2,
        behind=kernel_size // 2,
        stride=stride,
    )
    return normalise(values, layer.under(str(first + 1)))


def test_tokens_and_features_equal_the_papers_formula():
    network = ResNet1d(ResNet1dSettings(widths=(4, 6, 6)), n_leads=3)
    weights = randomised(network)
    signals = np.random.default_rng(1).normal(size=(2, 3, 30))
    tokens = []
    for signal in signals:
        values = signal
        for index in range(3):
            block = weights.under(f"blocks.block{index + 1}")
            branch = rectify(_brick(values, block.under("branch.0"), kernel_size=8))
            branch = rectify(_brick(branch, block.under("branch.1"), kernel_size=5))
            branch = _brick(branch, block.under("branch.2"), kernel_size=3)
            if index < 2:  # the width changes: a 1x1 convolution before the normalisation
                values = np.einsum("oi,it->ot", block["shortcut.0.weight"][:, :, 0], values)
            values = rectify(branch + normalise(values, block.under("shortcut.0" if index == 2 else "shortcut.1")))
        tokens.append(values.T)
    window = torch.tensor(signals, dtype=torch.float32)
    assert relative_error(network.tokens(window), np.stack(tokens)) < 1e-5
    assert relative_error(network(window), np.stack(tokens).mean(axis=1)) < 1e-5


def test_the_variant_for_ecgs_equals_its_formula():
    network = ResNet1d(ResNet1dSettings(widths=(4, 4, 4), stem_width=4, **ECG_VARIANT), n_leads=3)
    weights = randomised(network)
    signal = np.random.default_rng(1).normal(size=(3, 31))
    values = rectify(_brick(signal, weights.under("blocks.stem"), kernel_size=7))
    for index, stride in enumerate((1, 2, 2)):
        block = weights.under(f"blocks.block{index + 1}")
        branch = rectify(_brick(values, block.under("branch.0"), kernel_size=5, stride=stride))
        branch = _brick(branch, block.under("branch.1"), kernel_size=3)
        if stride > 1:
            values = np.einsum("oi,it->ot", block["shortcut.0.weight"][:, :, 0], values[:, ::stride])
            values = normalise(values, block.under("shortcut.1"))
        values = rectify(branch + values)
    window = torch.tensor(signal[None], dtype=torch.float32)
    assert relative_error(network.tokens(window), values.T[None]) < 1e-5
    assert relative_error(network(window), np.concatenate([values.mean(1), values.max(1)])[None]) < 1e-5


def test_the_default_is_the_papers_network_with_a_token_per_sample():
    network = ResNet1d(ResNet1dSettings(), n_leads=12)
    branches = sum(8 * i * o + 5 * o * o + 3 * o * o + 6 * o for i, o in ((12, 64), (64, 128), (128, 128)))
    shortcuts = 12 * 64 + 64 * 128 + 2 * (64 + 128 + 128)
    assert sum(p.numel() for p in network.parameters()) == branches + shortcuts
    assert network.tokens(torch.zeros(1, 12, 50)).shape == (1, 50, 128)
    assert (network.n_layers, network.receptive_field) == (10, 40)


def test_layers_are_the_convolutions_beside_the_shortcuts_and_the_last_linear_one():
    for settings in (ResNet1dSettings(), ResNet1dSettings(widths=(8, 8, 8), stem_width=8, **ECG_VARIANT)):
        network = ResNet1d(settings, n_leads=2)
        convolutions = [
            key
            for key, module in network.named_modules()
            if isinstance(module, torch.nn.Conv1d) and "shortcut" not in key
        ]
        assert network.n_layers == len(convolutions) + 1


@pytest.mark.parametrize(
    "settings",
    [
        {"strides": (1, 2)},
        {"widths": (), "strides": ()},
        {"widths": (8, 8, 0)},
        {"strides": (1, 0, 1)},
        {"kernel_sizes": ()},
        {"kernel_sizes": (3, -1)},
        {"stem_width": -1},
        {"stem_kernel_size": 0},
        {"block_dropout": 1.0},
    ],
)
def test_settings_that_make_no_network_are_refused(settings):
    with pytest.raises(SpecificationError, match="resnet1d"):
        ResNet1dSettings(**settings)
