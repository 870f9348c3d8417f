"""Layers in NumPy and float64, for one window of (channel, sample), written from the papers' formulas.

A convolution is a sum over the taps of its kernel; nothing here calls torch, but for handing over random weights.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

__all__ = ["Weights", "convolve", "long_short_term_memory", "normalise", "randomised", "rectify", "relative_error"]

Float = NDArray[np.float64]


class Weights:
    """The tensors of a module in float64, under keys that begin with ``prefix``."""

    def __init__(self, tensors: Mapping[str, Float], prefix: str = "") -> None:
        self.tensors = tensors
        self.prefix = prefix

    def __getitem__(self, key: str) -> Float:
        return self.tensors[self.prefix + key]

    def under(self, prefix: str) -> Weights:
        """Return the weights of a submodule."""
        return Weights(self.tensors, f"{self.prefix}{prefix}.")


def randomised(module: torch.nn.Module, *, seed: int = 0) -> Weights:
    """Give a module random weights and running statistics, put it in evaluation mode and return its tensors."""
    generator = np.random.default_rng(seed)
    for key, tensor in module.state_dict().items():
        if key.endswith("num_batches_tracked"):
            continue
        positive = key.endswith("running_var") or (tensor.ndim == 1 and key.endswith("weight"))
        scale = 1 / np.sqrt(np.prod(tensor.shape[1:])) if tensor.ndim > 1 else 0.3
        values = generator.uniform(0.5, 2, tensor.shape) if positive else scale * generator.normal(size=tensor.shape)
        tensor.copy_(torch.tensor(values))
    module.eval()
    return Weights({key: tensor.double().numpy().copy() for key, tensor in module.state_dict().items()})


def convolve(signal: Float, kernel: Float, *, before: int, behind: int, stride: int = 1) -> Float:
    """Return (out, sample) of (in, sample) and a kernel (out, in per group, tap), zeros added on both sides."""
    groups = signal.shape[0] // kernel.shape[1]
    padded = np.pad(signal, ((0, 0), (before, behind)))
    starts = range(0, padded.shape[1] - kernel.shape[2] + 1, stride)
    by_group = np.split(kernel, groups)
    columns = []
    for start in starts:
        parts = np.split(padded[:, start : start + kernel.shape[2]], groups)
        columns.append(np.concatenate([np.einsum("oik,ik->o", *pair) for pair in zip(by_group, parts, strict=True)]))
    return np.stack(columns, axis=1)


def normalise(signal: Float, weights: Weights, *, eps: float = 1e-5) -> Float:
    """Return batch normalisation with running statistics of (channel, sample)."""
    gain = weights["weight"] / np.sqrt(weights["running_var"] + eps)
    return gain[:, None] * (signal - weights["running_mean"][:, None]) + weights["bias"][:, None]


def rectify(signal: Float) -> Float:
    """Return the positive part."""
    return np.maximum(signal, 0)


def long_short_term_memory(steps: Float, weights: Weights, *, suffix: str = "") -> Float:
    """Return the states (step, width) of (step, in): gates in the order input, forget, cell, output."""
    of_input, of_state = weights[f"weight_ih_l0{suffix}"], weights[f"weight_hh_l0{suffix}"]
    bias = weights[f"bias_ih_l0{suffix}"] + weights[f"bias_hh_l0{suffix}"]
    state = cell = np.zeros(of_state.shape[1])
    states = []
    for step in steps:
        opened, kept, candidate, shown = np.split(of_input @ step + of_state @ state + bias, 4)
        cell = _sigmoid(kept) * cell + _sigmoid(opened) * np.tanh(candidate)
        state = _sigmoid(shown) * np.tanh(cell)
        states.append(state)
    return np.stack(states)


def relative_error(got: torch.Tensor, expected: Float) -> float:
    """Return the largest difference over the largest expected value."""
    return float(np.abs(got.detach().double().numpy() - expected).max() / np.abs(expected).max())


def _sigmoid(values: Float) -> Float:
    return 1 / (1 + np.exp(-values))
