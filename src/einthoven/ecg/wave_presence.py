"""Whether P, QRS and T are there: a wave comes back in every beat, the waves of fibrillation and noise don't."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.representative_beat import BEFORE
from einthoven.ecg.small_arrays import quantile
from einthoven.ecg.wave_likeness import STEP, consistency, thinned, weighted_by_noise

__all__ = ["is_visible", "wave_confidence"]

SMALLEST_SHARE = 0.005
"""Of the highest QRS: the lowest P waves of sinus rhythm in LUDB and PTB-XL reach 0.018 in their best lead; less is
what filters leave of the waves around."""

LEAST_STEPS = 6
"""48 ms: a shorter window holds no wave whose shape could be compared."""


def wave_confidence(
    signal: NDArray[np.float32],
    fiducials: NDArray[np.float64],
    windows: NDArray[np.float64],
    *,
    noise: NDArray[np.float32],
) -> NDArray[np.float64]:
    """Return float64 (3,) in [0, 1]: how alike P, QRS and T of the beats are; 0 for a window that is NaN.

    The median over the beats of each one's correlation with the mean of the others, all leads at once. A template of
    one beat has nothing to compare with: 1 for every window that there is.

    Parameters
    ----------
    signal : float32 (lead, sample)
        Usable leads alone.
    fiducials : float64 (beat,)
    windows : float64 (3, 2)
        From and to, in samples of a representative beat.
    noise : float32 (lead,)
        Noisy leads count less.
    """
    weights = weighted_by_noise(noise)[:, None]
    starts = np.rint(fiducials).astype(np.int64) - BEFORE
    confidence = np.zeros(len(windows))
    for wave in np.flatnonzero(np.isfinite(windows).all(axis=1)).tolist():
        low, high = max(0, int(windows[wave, 0])), int(windows[wave, 1]) + 1
        first, n_samples = starts + low, high - low
        whole = first[(first >= 0) & (first + n_samples <= signal.shape[1])].tolist()
        if n_samples < LEAST_STEPS * STEP:
            continue
        if len(whole) > 1:
            steps = thinned(np.stack([signal[:, start : start + n_samples] for start in whole])) * weights
            confidence[wave] = np.clip(quantile(consistency(steps), 0.5), 0, 1)
        else:
            confidence[wave] = 1.0
    return confidence


def is_visible(signal: NDArray[np.float32], wave: NDArray[np.float64], qrs: NDArray[np.float64]) -> bool:
    """Return whether a wave of the representative beat is higher than what filters leave on a flat line.

    Parameters
    ----------
    signal : float32 (lead, sample)
    wave, qrs : float64 (lead, 3)
        Onset, peak and end, samples of the beat.
    """
    rows = np.arange(len(signal))
    on, peak, off = (signal[rows, np.rint(wave[:, place]).astype(np.int64)] for place in range(3))
    part = (wave[:, 1] - wave[:, 0]) / (wave[:, 2] - wave[:, 0])
    height = np.abs(peak - on - (off - on) * part).max()
    first, last = int(qrs[:, 0].min()), int(qrs[:, 2].max()) + 1
    return bool(height >= SMALLEST_SHARE * np.ptp(signal[:, first:last], axis=1).max())
