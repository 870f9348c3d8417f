"""The networks of the CODE study in NumPy and float64, each with its own framework's layout, padding and flattening.

Written from the papers and from what TensorFlow and PyTorch document of their padding; no word of it is ours or theirs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["keras_forward", "random_weights", "torch_forward"]

Float = NDArray[np.float64]
Weights = Mapping[str, Float]


def keras_forward(signal: Float, weights: Weights, *, strides: Sequence[int]) -> Float:
    """Return the outputs before the sigmoid, (label,), of a signal (sample, lead) by the network of 2020.

    ``weights`` are Keras': kernels (sample, in, out), layers numbered from 1 in the order in which they were made, the
    shortcut of a unit before its convolutions.
    """
    layers = iter(range(1, 2 + 3 * len(strides)))
    norms = iter(range(1, 2 + 2 * len(strides)))

    def convolve(values: Float, stride: int = 1) -> Float:
        kernel = weights[f"conv1d_{(n := next(layers))}/conv1d_{n}/kernel:0"].astype(np.float64)
        out = math.ceil(len(values) / stride)
        zeros = max((out - 1) * stride + len(kernel) - len(values), 0)
        return _slide(np.pad(values, ((zeros // 2, zeros - zeros // 2), (0, 0))), kernel, stride)

    def normalise(values: Float) -> Float:
        place = "batch_normalization_{0}/batch_normalization_{0}/".format(next(norms))
        gamma, beta, mean, variance = (
            weights[f"{place}{one}:0"].astype(np.float64) for one in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        return gamma * (values - mean) / np.sqrt(variance + 1e-3) + beta

    main = np.maximum(normalise(convolve(signal)), 0)
    beside = main
    for stride in strides:
        groups = beside.reshape(len(beside) // stride, stride, -1)
        shortcut = convolve(groups.max(axis=1))
        hidden = np.maximum(normalise(convolve(main)), 0)
        beside = convolve(hidden, stride) + shortcut
        main = np.maximum(normalise(beside), 0)
    kernel, bias = (weights[f"dense_1/dense_1/{one}:0"].astype(np.float64) for one in ("kernel", "bias"))
    return main.reshape(-1) @ kernel + bias


def torch_forward(signal: Float, weights: Weights, *, strides: Sequence[int]) -> Float:
    """Return the output, (1,), of a signal (lead, sample) by the network of 2021; ``weights`` by the authors' names."""

    def convolve(values: Float, name: str, stride: int = 1) -> Float:
        kernel = weights[f"{name}.weight"].astype(np.float64)
        zeros = max(0, (kernel.shape[2] - stride + 1) // 2)
        padded = np.pad(values, ((0, 0), (zeros, zeros)))
        return _slide(padded.T, kernel.transpose(2, 1, 0), stride).T

    def normalise(values: Float, name: str) -> Float:
        gain, shift, mean, variance = (
            weights[f"{name}.{one}"].astype(np.float64)[:, None]
            for one in ("weight", "bias", "running_mean", "running_var")
        )
        return gain * (values - mean) / np.sqrt(variance + 1e-5) + shift

    main = normalise(convolve(signal, "conv1"), "bn1")
    beside = main
    for index, stride in enumerate(strides):
        unit = f"resblock1d_{index}"
        shortcut = beside.reshape(len(beside), -1, stride).max(axis=2)
        if f"{unit}.skip_connection.1.weight" in weights:
            shortcut = convolve(shortcut, f"{unit}.skip_connection.1")
        hidden = np.maximum(normalise(convolve(main, f"{unit}.conv1"), f"{unit}.bn1"), 0)
        beside = convolve(hidden, f"{unit}.conv2", stride) + shortcut
        main = np.maximum(normalise(beside, f"{unit}.bn2"), 0)
    return weights["lin.weight"].astype(np.float64) @ main.reshape(-1) + weights["lin.bias"]


def random_weights(shapes: Mapping[str, tuple[int, ...]], seed: int = 0) -> dict[str, NDArray[np.float32]]:
    """Return random weights of these names and shapes, of a size that keeps signals near 1 from layer to layer."""
    generator = np.random.default_rng(seed)
    drawn = {}
    for name, shape in shapes.items():
        values = generator.standard_normal(shape)
        if name.endswith(("variance:0", "running_var")):
            values = 0.5 + np.abs(values)
        elif len(shape) > 1:
            values = values / math.sqrt(math.prod(shape) / max(shape[0], shape[-1]))
        drawn[name] = values.astype(np.float32)
    return drawn


def _slide(padded: Float, kernel: Float, stride: int) -> Float:
    """Return the correlation (sample, out) of (sample, in) with a kernel (sample, in, out)."""
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(kernel), axis=0)[::stride]  # (T', in, kernel)
    return np.tensordot(windows, kernel, axes=([2, 1], [0, 1]))
