"""How much a stretch of the record looks like one wave of its representative beat, over all leads at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["STEP", "Likeness", "consistency", "likeness", "thinned", "weighted_by_noise"]

STEP = 4
"""Samples (8 ms) to a step: P and T waves hold nothing faster."""


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """Of the stretch that begins at each step: ``correlation`` in [-1, 1] and ``size`` as a share of the wave's."""

    correlation: NDArray[np.float64]
    size: NDArray[np.float64]


def thinned(signal: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the means of ``STEP`` samples each; what is left over at the end goes.

    Parameters
    ----------
    signal : float32 (..., sample)
    """
    n_steps = signal.shape[-1] // STEP
    parts = signal[..., : n_steps * STEP].reshape(*signal.shape[:-1], n_steps, STEP)
    means: NDArray[np.float32] = parts.mean(axis=-1)
    return means


def weighted_by_noise(noise: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return each lead's weight: the inverse of its noise, at most five times the median lead's; 1 without noise."""
    if not np.isfinite(noise).all() or noise.max(initial=0) == 0:
        return np.ones_like(noise)
    weights: NDArray[np.float32] = 1 / np.maximum(noise, np.median(noise) / 5)
    return weights


def likeness(signal: NDArray[np.float32], wave: NDArray[np.float32]) -> Likeness:
    """Return how much every stretch of a signal is like a wave, straight lines taken away from both.

    Parameters
    ----------
    signal : float32 (lead, step)
        Thinned and weighted.
    wave : float32 (lead, length)
        The same, shorter.

    Returns
    -------
    likeness : Likeness (step - length + 1,)
    """
    length = wave.shape[1]
    lines = _straight_lines(length)
    pattern = wave - (wave @ lines.T) @ lines
    stretches = np.lib.stride_tricks.sliding_window_view(signal, length, axis=1)
    common = np.einsum("lsn,ln->s", stretches, pattern, optimize=True)
    squares = np.concatenate([np.zeros((len(signal), 1)), np.cumsum(signal.astype(np.float64) ** 2, axis=1)], axis=1)
    energy = (squares[:, length:] - squares[:, :-length]).sum(axis=0) - ((stretches @ lines.T) ** 2).sum(axis=(0, 2))
    wave_energy = float((pattern.astype(np.float64) ** 2).sum())
    scale = np.sqrt(np.maximum(energy, 0) * wave_energy)
    correlation = np.divide(common, scale, out=np.zeros(common.shape), where=scale > 0)
    return Likeness(correlation, common / wave_energy if wave_energy > 0 else np.zeros(common.shape))


def consistency(stack: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the correlation of each beat with the mean of the others, straight lines taken away.

    Random activity, such as the waves of atrial fibrillation, gives 0 on average, the same wave in every beat nearly 1.

    Parameters
    ----------
    stack : float32 (beat, lead, step)
        One wave's window, thinned and weighted; at least two beats.

    Returns
    -------
    correlation : float64 (beat,) in [-1, 1]
    """
    lines = _straight_lines(stack.shape[2])
    bare = (stack - (stack @ lines.T) @ lines).reshape(len(stack), -1).astype(np.float64)
    others = bare.sum(axis=0) - bare
    scale = np.sqrt((bare**2).sum(axis=1) * (others**2).sum(axis=1))
    return np.divide((bare * others).sum(axis=1), scale, out=np.zeros(len(stack)), where=scale > 0)


def _straight_lines(length: int) -> NDArray[np.float32]:
    """Return float32 (2, length): an orthonormal basis of constants and slopes."""
    ramp = np.linspace(-1, 1, length)
    basis = np.stack([np.full(length, length**-0.5), ramp / np.sqrt((ramp**2).sum())])
    return basis.astype(np.float32)
