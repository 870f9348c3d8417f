"""How much a stretch of the record looks like one wave of its representative beat, over all leads at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["STEP", "Likeness", "consistency", "likeness", "thinned", "weighted_by_noise"]

STEP = 4
"""Samples (8 ms) to a step: P and T waves hold nothing faster."""

MOST_WEIGHT = 5
"""Times that of the median lead: a lead without any noise is rather a lead without any signal."""

BLOCK = 8192
"""Steps at a time: a day of ECG would take gigabytes at once."""


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
    end = signal.shape[-1] // STEP * STEP
    total = signal[..., 0:end:STEP] + signal[..., 1:end:STEP]  # an addition of slices is faster than a mean over four
    for place in range(2, STEP):
        total += signal[..., place:end:STEP]
    total *= np.float32(1 / STEP)
    return total


def weighted_by_noise(noise: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return each lead's weight: the inverse of its noise, up to ``MOST_WEIGHT``; 1 where noise is not known."""
    if not np.isfinite(noise).all() or noise.max(initial=0) == 0:
        return np.ones_like(noise)
    floor = np.median(noise).astype(np.float32) / np.float32(MOST_WEIGHT)
    weights: NDArray[np.float32] = np.reciprocal(np.maximum(noise, floor))
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
    starts = range(0, max(signal.shape[1] - length + 1, 0), BLOCK)
    blocks = [_likeness_of_block(signal[:, start : start + BLOCK + length - 1], wave) for start in starts]
    if not blocks:
        return Likeness(np.zeros(0), np.zeros(0))
    return Likeness(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))


def _likeness_of_block(
    signal: NDArray[np.float32], wave: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    length = wave.shape[1]
    lines = _straight_lines(length)
    pattern = wave - (wave @ lines.T) @ lines
    common = np.sum([np.correlate(row, one, "valid") for row, one in zip(signal, pattern, strict=True)], axis=0)
    energy = _energy_beside_lines(signal.astype(np.float64), length)
    wave_energy = float(np.vdot(pattern, pattern))
    scale = np.sqrt(energy * wave_energy)
    correlation = np.divide(common, scale, out=np.zeros(common.shape), where=scale > 0)
    np.clip(correlation, -1, 1, out=correlation)  # a level stretch leaves little but rounding
    return correlation, common / wave_energy if wave_energy > 0 else np.zeros(common.shape)


def _energy_beside_lines(signal: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Return float64 (step - length + 1,): over all leads, what a straight line leaves of each stretch's energy."""
    steps = np.arange(signal.shape[1]) - signal.shape[1] / 2
    sums = np.zeros((2, len(signal), signal.shape[1] + 1))
    np.cumsum(signal, axis=1, out=sums[0, :, 1:])
    np.cumsum(signal * steps, axis=1, out=sums[1, :, 1:])
    total, moment = sums[:, :, length:] - sums[:, :, :-length]
    squares = np.concatenate([[0.0], np.cumsum(np.einsum("ls,ls->s", signal, signal))])
    centre = steps[: total.shape[1]] + (length - 1) / 2
    tilt = moment - centre * total
    spread = length * (length**2 - 1) / 12
    lines = np.einsum("ls,ls->s", total, total) / length + np.einsum("ls,ls->s", tilt, tilt) / spread
    energy: NDArray[np.float64] = np.maximum(squares[length:] - squares[:-length] - lines, 0)
    return energy


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
    correlation: NDArray[np.float64] = np.zeros(len(stack))
    np.divide((bare * others).sum(axis=1), scale, out=correlation, where=scale > 0)
    return correlation


def _straight_lines(length: int) -> NDArray[np.float32]:
    """Return float32 (2, length): an orthonormal basis of constants and slopes."""
    ramp = np.linspace(-1, 1, length)
    basis = np.stack([np.full(length, length**-0.5), ramp / np.sqrt((ramp**2).sum())])
    return basis.astype(np.float32)
