"""Median over labels: what a label in the middle has, whatever a few hopeless or trivial ones do to the mean."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.area_replicates import area_replicates
from einthoven.evaluation.statistics.label_table import label_table
from einthoven.evaluation.statistics.macro import label_average
from einthoven.evaluation.statistics.ranked_scores import Area

__all__ = ["median_over_labels"]


def median_over_labels(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    area: Area = "auroc",
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    labels: Sequence[str] | None = None,
    minimum_events: int = 1,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Estimate:
    """Return the median over labels of an area; arguments, refusals and interval as ``macro_auroc``.

    Where another label may come to lie in the middle the median isn't smooth: BCa [1]_ takes the influence of the
    label (or two) that is in the middle now.

    Parameters
    ----------
    score, truth : (record, label)
    area : {"auroc", "average_precision"}
    clusters, weights, labels, minimum_events, level, resamples, seed
        As in ``macro_auroc``.

    References
    ----------
    .. [1] Efron, Journal of the American Statistical Association 82:171 (1987), doi:10.1080/01621459.1987.10478410

    Examples
    --------
    >>> score = [[0.1, 0.3], [0.4, 0.2], [0.35, 0.9], [0.8, 0.1]]
    >>> median_over_labels(score, [[0, 0], [0, 1], [1, 1], [1, 0]]).value
    0.75
    """
    table = label_table(score, truth, clusters=clusters, weights=weights, labels=labels, minimum_events=minimum_events)
    found = area_replicates(table, area, resamples=resamples, seed=seed)
    return label_average(table, found, level=level, median=True)
