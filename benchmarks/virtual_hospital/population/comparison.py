"""How far two sets of beats are apart, in the space of the real ones' principal components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import cross_val_score

__all__ = ["Distance", "distance", "told_apart"]

Array = NDArray[np.float64]

N_FOLDS, N_TREES = 4, 80


@dataclass(frozen=True, slots=True)
class Distance:
    """Between simulated and real scores.

    Attributes
    ----------
    trace_ratio : float
        Of their total variances; 1 is alike.
    mean_error : float
        Between their means, in the real ones' total SD.
    area : float
        AUROC of trees that tell them apart, cross-validated; 0.5 is chance.
    """

    trace_ratio: float
    mean_error: float
    area: float


def distance(real: Array, simulated: Array) -> Distance:
    """Return how far float64 (beat, score) are from real ones."""
    total = float(real.var(0, ddof=1).sum())
    error = float(np.linalg.norm(simulated.mean(0) - real.mean(0)) / np.sqrt(total))
    return Distance(float(simulated.var(0, ddof=1).sum()) / total, error, told_apart(real, simulated))


def told_apart(real: Array, simulated: Array) -> float:
    """Return the AUROC of trees, cross-validated, on as many simulated beats as real ones."""
    n = min(len(real), len(simulated))
    chosen = [np.random.default_rng(0).permutation(len(side))[:n] for side in (real, simulated)]
    values = np.concatenate([real[chosen[0]], simulated[chosen[1]]])
    judge = HistGradientBoostingClassifier(max_iter=N_TREES, random_state=0)
    areas = cross_val_score(judge, values, np.repeat([1, 0], n), cv=N_FOLDS, scoring="roc_auc")
    return float(areas.mean())
