"""The first judge: boosted trees on measurements, with fixed parameters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from distances import FEWEST
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

__all__ = ["family", "family_areas", "giveaways", "single_giveaways", "tree_judge"]

PARAMETERS = {
    "max_iter": 300,
    "learning_rate": 0.05,
    "max_leaf_nodes": 15,
    "min_samples_leaf": 10,
    "l2_regularization": 1.0,
    "max_features": 0.3,
    "early_stopping": False,
}
FAMILY_ITERATIONS = 60
"""Enough for a dozen quantities."""


def tree_judge(
    values: NDArray[np.float64], simulated: NDArray[np.int64], *, seed: int, iterations: int = PARAMETERS["max_iter"]
) -> HistGradientBoostingClassifier:
    """Return trees that were trained to tell simulated ECGs from real ones; NaN is a value like any other.

    Parameters
    ----------
    values : float64 (ecg, quantity)
    simulated : int64 (ecg,), 0 or 1
    seed, iterations : int
    """
    judge = HistGradientBoostingClassifier(random_state=seed, **(PARAMETERS | {"max_iter": iterations}))
    return judge.fit(values, simulated)


def family(name: str) -> str:
    """Return what is permuted together: a quantity in all leads, or a quantity of the whole ECG.

    Examples
    --------
    >>> family("V1.r_mv"), family("qrs_ms")
    ('lead.r_mv', 'qrs_ms')
    """
    return f"lead.{name.partition('.')[2]}" if "." in name else name


def giveaways(
    judge: HistGradientBoostingClassifier,
    values: NDArray[np.float64],
    simulated: NDArray[np.int64],
    *,
    names: Sequence[str],
    random: np.random.Generator,
    repeats: int = 3,
) -> dict[str, float]:
    """Return by how much AUROC on the test half falls when a family of quantities is permuted, largest first."""
    whole = roc_auc_score(simulated, judge.predict_proba(values)[:, 1])
    falls = {}
    for name, places in _families(names).items():
        areas = []
        for _ in range(repeats):
            shuffled = values.copy()
            shuffled[:, places] = values[random.permutation(len(values))][:, places]
            areas.append(roc_auc_score(simulated, judge.predict_proba(shuffled)[:, 1]))
        falls[name] = whole - float(np.mean(areas))
    return dict(sorted(falls.items(), key=lambda item: -item[1]))


def family_areas(
    values: NDArray[np.float64],
    simulated: NDArray[np.int64],
    in_train: NDArray[np.bool_],
    *,
    names: Sequence[str],
    seed: int,
) -> dict[str, float]:
    """Return AUROC on the test half of trees that see one family of quantities alone, the most telling first."""
    areas = {}
    for name, places in _families(names).items():
        seen = values[:, places]
        judge = tree_judge(seen[in_train], simulated[in_train], seed=seed, iterations=FAMILY_ITERATIONS)
        areas[name] = float(roc_auc_score(simulated[~in_train], judge.predict_proba(seen[~in_train])[:, 1]))
    return dict(sorted(areas.items(), key=lambda item: -item[1]))


def _families(names: Sequence[str]) -> dict[str, list[int]]:
    families: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        families.setdefault(family(name), []).append(place)
    return families


def single_giveaways(
    values: NDArray[np.float64], simulated: NDArray[np.int64], *, names: Sequence[str]
) -> dict[str, float]:
    """Return each quantity's own AUROC (above 0.5: higher in simulated ECGs), the most telling first."""
    areas = {}
    for place, name in enumerate(names):
        known = ~np.isnan(values[:, place])
        truth = simulated[known]
        if min(truth.sum(), (1 - truth).sum()) >= FEWEST:
            areas[name] = float(roc_auc_score(truth, values[known, place]))
    return dict(sorted(areas.items(), key=lambda item: -abs(item[1] - 0.5)))
