"""FCN against NumPy, and what is its own."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.errors import SpecificationError
from einthoven.models.fcn import Fcn, FcnSettings
from models.layers_in_numpy import convolve, normalise, randomised, rectify, relative_error

# zeros before and behind a kernel of 8, 5 and 3 samples, as Keras pads
PADDING = {8: (3, 4), 5: (2, 2), 3: (1, 1)}


def test_tokens_and_features_equal_the_papers_formula():
    network = Fcn(FcnSettings(widths=(4, 6, 5)), n_leads=3)
    weights = randomised(network)
    signals = np.random.default_rng(1).normal(size=(2, 3, 40))
    tokens = []
    for signal in signals:
        values = signal
        for index, kernel_size in enumerate((8, 5, 3)):
            layer = weights.under(f"blocks.convolution{index + 1}")
            convolution, norm = ("1", "2") if kernel_size == 8 else ("0", "1")
            before, behind = PADDING[kernel_size]
            values = convolve(values, layer[f"{convolution}.weight"], before=before, behind=behind)
            values = rectify(normalise(values, layer.under(norm)))
        tokens.append(values.T)
    window = torch.tensor(signals, dtype=torch.float32)
    assert relative_error(network.tokens(window), np.stack(tokens)) < 1e-5
    assert relative_error(network(window), np.stack(tokens).mean(axis=1)) < 1e-5


def test_the_default_is_the_papers_network_with_a_token_per_sample():
    network = Fcn(FcnSettings(), n_leads=12)
    kernels = 12 * 128 * 8 + 128 * 256 * 5 + 256 * 128 * 3
    norms = 2 * (128 + 256 + 128)
    assert sum(p.numel() for p in network.parameters()) == kernels + norms
    assert network.tokens(torch.zeros(1, 12, 100)).shape == (1, 100, 128)
    assert (network.n_layers, network.receptive_field) == (4, 14)


@pytest.mark.parametrize(
    "settings",
    [{"widths": (8, 8)}, {"widths": (8,), "kernel_sizes": (3,)}, {"widths": (8, 0, 8)}, {"kernel_sizes": (8, 5, -1)}],
)
def test_settings_that_make_no_network_are_refused(settings):
    with pytest.raises(SpecificationError, match="fcn"):
        FcnSettings(**settings)
