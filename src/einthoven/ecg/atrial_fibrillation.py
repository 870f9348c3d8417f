"""How much RR intervals and P waves speak for atrial fibrillation.

Its definition names two signs: RR intervals that are irregularly irregular, and no distinct repeating P waves (ESC
guidelines 2020, Hindricks et al., doi:10.1093/eurheartj/ehaa612). Irregular are the differences of successive
intervals (Tateno and Glass 2001, doi:10.1007/BF02345439); whether P repeats is asked of the signal itself, as the
likeness of what stands before QRS from beat to beat. A logistic function joins the two.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["LARGE_STEP", "WEIGHTS", "atrial_fibrillation_score", "share_of_large_steps"]

LARGE_STEP = 0.1
"""Of the median interval, by which an interval differs from the one before it: in PTB-XL (1 to 500) 7 % of intervals
in sinus rhythm do, 63 % in atrial fibrillation."""

WEIGHTS = {"intercept": 0.48, "large_steps": 3.80, "p_likeness": -7.39}
"""Fitted by benchmarks/atrial_fibrillation_weights.py to 768 ECGs of PTB-XL with odd ecg_id (38 of them in atrial
fibrillation, the others in sinus rhythm of any rate), of patients without an even one. AUROC on the 865 ECGs of five
sources that it did not see (58 in atrial fibrillation) 0.993 (0.987 to 0.999)."""

LEAST_IRREGULAR = 0.25
"""Share of large steps below which a rhythm is too regular for fibrillation, whatever P looks like: in atrial
fibrillation (PTB-XL 1 to 500) 0.48 and more. The score falls in proportion."""

FEWEST_STEPS = 2
"""Without which there is no saying what is irregular."""


def share_of_large_steps(rr_ms: NDArray[np.float64]) -> float | None:
    """Return the share of successive intervals that differ by a tenth of the median; None with fewer than two steps.

    Parameters
    ----------
    rr_ms : float64 (interval,), ms
        NaN for an interval with a gap.

    Examples
    --------
    >>> share_of_large_steps(np.array([800.0, 810.0, 600.0, 980.0, np.nan, 790.0]))
    0.6666666666666666
    """
    steps = np.abs(np.diff(rr_ms))
    steps = steps[~np.isnan(steps)]
    if steps.size < FEWEST_STEPS:
        return None
    return float((steps > LARGE_STEP * np.nanmedian(rr_ms)).mean())


def atrial_fibrillation_score(rr_ms: NDArray[np.float64], *, p_likeness: float) -> float | None:
    """Return the probability in [0, 1] of atrial fibrillation where one ECG in twenty has it, the others sinus rhythm.

    None with fewer than two steps from interval to interval. Ventricular pacing hides the first sign, frequent
    extrasystoles feign it; flutter, and tachycardia with P in T, may feign the second. A regular rhythm has no
    fibrillation: the score falls below a share of large steps of ``LEAST_IRREGULAR``.

    Parameters
    ----------
    rr_ms : float64 (interval,), ms
        NaN for an interval with a gap.
    p_likeness : float in [0, 1]
        How alike the P waves of the dominant beats are (``Delineation.confidence``); 0 where none was found.

    Examples
    --------
    >>> atrial_fibrillation_score(np.array([800.0, 810.0, 600.0, 980.0, 700.0]), p_likeness=0.2) > 0.5
    True
    >>> atrial_fibrillation_score(np.array([800.0, 810.0, 600.0, 980.0, 790.0]), p_likeness=0.95) > 0.5
    False
    """
    large_steps = share_of_large_steps(rr_ms)
    if large_steps is None:
        return None
    logit = WEIGHTS["intercept"] + WEIGHTS["large_steps"] * large_steps + WEIGHTS["p_likeness"] * p_likeness
    return min(1.0, large_steps / LEAST_IRREGULAR) / (1 + math.exp(-logit))
