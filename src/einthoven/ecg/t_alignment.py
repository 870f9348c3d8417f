"""How far the T wave of each beat lies from where the representative beat has it: QT follows the interval before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.small_arrays import between_samples
from einthoven.ecg.wave_likeness import STEP, likeness, thinned

__all__ = ["t_shifts"]

MOST_STEPS = 5
"""40 ms either way: more is another wave."""

ALIKE = 0.8
"""Correlation from which a T wave is moved; below, noise would move it."""


def t_shifts(
    signal: NDArray[np.float32],
    fiducials: NDArray[np.float64],
    beat: NDArray[np.float32],
    *,
    fiducial: int,
    marks: NDArray[np.float64],
    weights: NDArray[np.float32],
) -> NDArray[np.float64]:
    """Return float64 (beat,): samples by which T comes later than in the representative beat, 0 where that isn't clear.

    Parameters
    ----------
    signal : float32 (lead, sample)
    fiducials : float64 (beat,)
    beat : float32 (lead, sample)
        Their representative beat.
    fiducial : int
        Its fiducial.
    marks : float64 (lead, 3)
        Onset, peak and end of T in samples from the fiducial.
    weights : float32 (lead,)
    """
    low, high = fiducial + int(marks[:, 0].min()), min(beat.shape[1], fiducial + int(marks[:, 2].max()) + 1)
    wave = thinned(beat[:, low:high]) * weights[:, None]
    length = wave.shape[1] + 2 * MOST_STEPS
    starts = np.floor(fiducials).astype(np.int64) + low - fiducial - MOST_STEPS * STEP
    shifts = np.zeros(fiducials.size)
    inside = np.flatnonzero((starts >= 0) & (starts + length * STEP <= signal.shape[1]))
    if inside.size == 0 or wave.shape[1] < 2:
        return shifts
    # the stretches of all beats one behind the other, so that they are compared in one go
    stretches = np.concatenate([signal[:, start : start + length * STEP] for start in starts[inside].tolist()], axis=1)
    alike = likeness(thinned(stretches) * weights[:, None], wave).correlation
    for place, index in enumerate(inside.tolist()):
        own = alike[place * length : place * length + 2 * MOST_STEPS + 1]
        best = int(own.argmax())
        if own[best] >= ALIKE:
            part = fiducials[index] - np.floor(fiducials[index])
            shifts[index] = (between_samples(own, best) - MOST_STEPS) * STEP - part
    return shifts
