"""LSTM-FCN against NumPy, and what is its own."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.errors import SpecificationError
from einthoven.models.lstm_fcn import LstmFcn, LstmFcnSettings
from models.layers_in_numpy import convolve, long_short_term_memory, normalise, randomised, rectify, relative_error

SMALL = {"widths": (4, 6, 5), "lstm_width": 3, "stem_width": 4, "stride": 4, "stem_kernel_size": 7}


def _brick(values, layer, *, kernel_size, stride=1):
    first = 1 - kernel_size % 2
    before, behind = (kernel_size - 1) // 2, kernel_size // 2
    values = convolve(values, layer[f"{first}.weight"], before=before, behind=behind, stride=stride)
    return rectify(normalise(values, layer.under(str(first + 1))))


@pytest.mark.parametrize("samples", [32, 30])
@pytest.mark.parametrize("bidirectional", [True, False])
def test_tokens_and_features_equal_the_formula(samples, bidirectional):
    network = LstmFcn(LstmFcnSettings(bidirectional=bidirectional, **SMALL), n_leads=3)
    weights = randomised(network)
    signals = np.random.default_rng(1).normal(size=(2, 3, samples))
    tokens, features = [], []
    for signal in signals:
        values = signal
        for index, kernel_size in enumerate((8, 5, 3)):
            values = _brick(values, weights.under(f"convolutions.{index}"), kernel_size=kernel_size)
        means = np.stack([values[:, start : start + 4].mean(axis=1) for start in range(0, samples, 4)])
        steps = _brick(signal, weights.under("lstm_stem"), kernel_size=7, stride=4).T
        states = [long_short_term_memory(steps, weights.under("lstm"))]
        last = [states[0][-1]]
        if bidirectional:
            backwards = long_short_term_memory(steps[::-1], weights.under("lstm"), suffix="_reverse")
            states.append(backwards[::-1])
            last.append(backwards[-1])
        tokens.append(np.concatenate([means, *states], axis=1))
        features.append(np.concatenate([means.mean(axis=0), *last]))
    window = torch.tensor(signals, dtype=torch.float32)
    assert relative_error(network.tokens(window), np.stack(tokens)) < 1e-5
    assert relative_error(network(window), np.stack(features)) < 1e-5


def test_a_window_of_2500_samples_makes_313_tokens_of_both_branches():
    network = LstmFcn(LstmFcnSettings(), n_leads=12).eval()
    with torch.inference_mode():
        assert network.tokens(torch.zeros(1, 12, 2500)).shape == (1, 313, 128 + 2 * 64)


def test_dropout_meets_the_states_of_the_lstm_alone():
    network = LstmFcn(LstmFcnSettings(lstm_dropout=0.8, **SMALL), n_leads=2).eval()
    signal = torch.randn(8, 2, 200, generator=torch.Generator().manual_seed(0))
    kept = network.tokens(signal)
    network.dropout.train()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        tokens = network.tokens(signal)
    assert torch.equal(tokens[:, :, :5], kept[:, :, :5])
    zeros = (tokens[:, :, 5:] == 0).float().mean(dim=(0, 1))
    assert ((zeros > 0.7) & (zeros < 0.9)).all()


def test_the_lstm_starts_by_remembering():
    lstm = LstmFcn(LstmFcnSettings(**SMALL), n_leads=2).lstm
    for suffix in ("", "_reverse"):
        bias = lstm.get_parameter(f"bias_ih_l0{suffix}") + lstm.get_parameter(f"bias_hh_l0{suffix}")
        assert bias.tolist() == [0.0] * 3 + [1.0] * 3 + [0.0] * 6


def test_the_lstm_can_be_frozen_as_the_last_block():
    assert LstmFcn(LstmFcnSettings(**SMALL), n_leads=2).block_names == ("convolutions.1", "convolutions.2", "lstm")


@pytest.mark.parametrize(
    "settings",
    [
        {"widths": (8, 8)},
        {"widths": (8,), "kernel_sizes": (3,)},
        {"kernel_sizes": (8, 5, 0)},
        {"lstm_width": 0},
        {"stride": 0},
        {"stem_width": 0},
        {"stride": 16},
        {"lstm_dropout": 1.0},
    ],
)
def test_settings_that_make_no_network_are_refused(settings):
    with pytest.raises(SpecificationError, match="lstm_fcn"):
        LstmFcnSettings(**settings)
