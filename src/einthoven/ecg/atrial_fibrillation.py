"""How much RR intervals and P waves speak for atrial fibrillation: ventricles out of step, atria without a wave."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["AtrialFibrillationFeatures", "atrial_fibrillation_features", "atrial_fibrillation_score"]

FEWEST_INTERVALS = 4


@dataclass(frozen=True, slots=True)
class AtrialFibrillationFeatures:
    """What enters the score."""

    change: float
    change_of_next_but_one: float
    rmssd: float
    variation: float
    p_likeness: float
    p_share: float


def atrial_fibrillation_features(
    rr_ms: NDArray[np.float64], *, p_likeness: float, p_share: float
) -> AtrialFibrillationFeatures | None:
    """Return the features, or None with too few intervals."""
    known = rr_ms[~np.isnan(rr_ms)]
    if known.size < FEWEST_INTERVALS:
        return None
    usual = float(np.median(known))
    step, step2 = np.abs(np.diff(known)), np.abs(known[2:] - known[:-2])
    return AtrialFibrillationFeatures(
        float(np.median(step)) / usual,
        float(np.median(step2)) / usual,
        math.sqrt(float((step * step).mean())) / float(known.mean()),
        float(known.std()) / float(known.mean()),
        p_likeness,
        p_share,
    )


def atrial_fibrillation_score(features: AtrialFibrillationFeatures) -> float:
    """Return the evidence in [0, 1]."""
    irregular = min(features.change, features.change_of_next_but_one)
    logit = 30 * irregular - 6 * features.p_likeness + 1
    return 1 / (1 + math.exp(-logit))
