"""Atrial flutter with a fixed conduction ratio: waves that return two, three or four times from QRS to QRS.

Then every beat has its flutter waves in the same place, and one of them looks like P. What gives them away is the
spectrum of the cycle from QRS to QRS: a sinus rhythm's P and T waves spread over all harmonics, flutter waves that fill
the cycle m times are all at harmonic m and its multiples. Cycle lengths: Bun et al. 2015, doi:10.1093/eurheartj/ehv118.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.analysis_signal import RATE_HZ
from einthoven.ecg.wave_likeness import STEP, thinned

__all__ = ["flutter_cycle_ms"]

CYCLES_MS = (170.0, 250.0)
"""Of the atria in flutter: 240 to 350 a minute."""

RATIOS = (2, 3, 4)
"""Flutter waves to a QRS."""

HARMONICS = 12
"""Of the cycle from QRS to QRS; what is faster is noise and the remains of QRS."""

SHARE = 0.45
"""Of the energy, in the third best lead: flutter (LUDB 1 to 80, PTB-XL 1 to 500) 0.48 to 0.95 in seven of nine, sinus
rhythm with such a cycle 0.34 and less."""

BEST_LEADS = 3
"""Typical flutter shows in II, III and aVF."""

QRS_MARGIN_MS = 20.0
"""Behind QRS, a straight line goes as far."""


def flutter_cycle_ms(signal: NDArray[np.float32], *, qrs: tuple[float, float], interval: float) -> float | None:
    """Return the length of the atria's cycle in flutter; None in other rhythms.

    Parameters
    ----------
    signal : float32 (lead, sample)
        Representative beat at 500 Hz, usable leads alone.
    qrs : tuple of float
        Onset and end over all leads, samples.
    interval : float
        From QRS to QRS, samples.
    """
    ratios = [ratio for ratio in RATIOS if CYCLES_MS[0] <= interval * 1000 / RATE_HZ / ratio <= CYCLES_MS[1]]
    cycle = _cycle(signal, qrs, round(interval)) if ratios else None
    if cycle is None:
        return None
    energy = np.abs(np.fft.rfft(cycle, axis=1)[:, 1 : HARMONICS + 1]) ** 2
    total = np.maximum(energy.sum(axis=1), np.finfo(np.float64).tiny)
    place = -min(BEST_LEADS, len(cycle))
    shares = {ratio: float(np.sort(energy[:, ratio - 1 :: ratio].sum(axis=1) / total)[place]) for ratio in ratios}
    best = max(shares, key=lambda ratio: shares[ratio])
    return interval * 1000 / RATE_HZ / best if shares[best] >= SHARE else None


def _cycle(signal: NDArray[np.float32], qrs: tuple[float, float], interval: int) -> NDArray[np.float32] | None:
    """Return float32 (lead, step): from the end of QRS to the end of the next, a straight line for the next QRS.

    The first half is what follows QRS, the second what comes before; None where the beat is too short for both.
    """
    start, end = round(qrs[0]), round(qrs[1] + QRS_MARGIN_MS * RATE_HZ / 1000)
    between = interval - (end - start)
    behind = min(between, signal.shape[1] - end, interval // 2)
    before = between - behind
    if before < 1 or behind < 1 or before > start:
        return None
    part = np.concatenate([signal[:, end : end + behind], signal[:, start - before : start]], axis=1)
    line = np.linspace(0, 1, end - start, dtype=np.float32)
    bridge = part[:, -1:] + (part[:, :1] - part[:, -1:]) * line
    return thinned(np.concatenate([part, bridge], axis=1)[:, : interval // STEP * STEP])
