"""Tokens of strided convolutions against sums in double precision."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.special import erf

from einthoven.models.blocks.convolutional_tokens import ConvolutionalTokens, samples_per_token

SHAPE = {"widths": (6, 5, 4), "kernel_sizes": (4, 3, 2), "strides": (3, 2, 2)}


def test_twelve_leads_are_convolved_normalised_once_and_activated():
    layers, signal = _layers(12), np.random.default_rng(0).standard_normal((2, 12, 60))
    weights = {key: value.numpy() for key, value in layers.state_dict().items()}
    expected = signal
    for index, stride in enumerate(SHAPE["strides"]):
        expected = _convolved(expected, weights[f"layers.{index}.convolution.weight"], stride)
        if index == 0:
            gain, offset = weights["layers.0.norm.weight"], weights["layers.0.norm.bias"]
            expected = expected - expected.mean(axis=-1, keepdims=True)
            expected /= np.sqrt((expected**2).mean(axis=-1, keepdims=True) + 1e-5)
            expected = expected * gain[:, None] + offset[:, None]
        expected = expected * (1 + erf(expected / np.sqrt(2))) / 2
    assert set(weights) == {f"layers.{i}.convolution.weight" for i in range(3)} | {
        "layers.0.norm.weight",
        "layers.0.norm.bias",
    }
    np.testing.assert_allclose(layers(torch.from_numpy(signal)).detach(), expected.transpose(0, 2, 1), rtol=1e-8)


@pytest.mark.parametrize(
    ("kernels", "strides", "samples", "tokens"),
    [((2, 2, 2, 2), (2, 2, 2, 2), 2500, 156), ((10, 3, 3, 2, 2), (4, 2, 2, 2, 2), 6000, 93)],
    ids=["ECG-FM", "HuBERT-ECG"],
)
def test_the_published_stacks_make_as_many_tokens_as_stated(kernels, strides, samples, tokens):
    layers = ConvolutionalTokens(1, widths=(1,) * len(kernels), kernel_sizes=kernels, strides=strides)
    assert layers(torch.ones(1, 1, samples)).shape == (1, tokens, 1)


def test_the_shortest_signal_makes_one_token():
    shortest = samples_per_token(SHAPE["kernel_sizes"], SHAPE["strides"])
    assert _layers(1)(torch.ones(1, 1, shortest, dtype=torch.float64)).shape == (1, 1, 4)
    with pytest.raises(RuntimeError, match=r"[Kk]ernel size"):
        _layers(1)(torch.ones(1, 1, shortest - 1, dtype=torch.float64))


def _convolved(signal: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    starts = range(0, signal.shape[-1] - kernel.shape[-1] + 1, stride)
    pieces = [np.einsum("bik,oik->bo", signal[..., start : start + kernel.shape[-1]], kernel) for start in starts]
    return np.stack(pieces, axis=-1)


def _layers(in_width: int) -> ConvolutionalTokens:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        layers = ConvolutionalTokens(in_width, **SHAPE).double()
        for parameter in layers.parameters():
            torch.nn.init.normal_(parameter, std=0.5)
    return layers
