"""Beats of known shape at known times: two leads of Gaussian P, QRS and T waves."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

WAVES = ((-0.17, 0.025, (0.12, 0.08)), (0.0, 0.011, (1.0, -0.7)), (0.03, 0.010, (-0.3, 0.4)), (0.26, 0.05, (0.3, 0.2)))
"""Time after R in s, width in s, height in each lead."""


def beat_train(
    times_s: np.ndarray, *, rate_hz: float, seconds: float, noise: float = 0.005, seed: int = 0, waves=WAVES
) -> Tensor:
    """Return float32 (2, T) with R waves at ``times_s``."""
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    signal = noise * np.random.default_rng(seed).standard_normal((2, len(t)))
    for after, width, heights in waves:
        bumps = np.exp(-0.5 * ((t[:, None] - times_s - after) / width) ** 2).sum(1)
        signal += np.array(heights)[:, None] * bumps
    return torch.from_numpy(signal.astype(np.float32))
