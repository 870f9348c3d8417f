"""Micro average over labels: all pairs of record and label in one list, so that frequent labels decide."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.auprc import auprc
from einthoven.evaluation.statistics.auroc import auroc
from einthoven.evaluation.statistics.label_table import LabelTable, label_table

__all__ = ["micro_auprc", "micro_auroc", "pooled_auprc", "pooled_auroc"]


def micro_auroc(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    labels: Sequence[str] | None = None,
    minimum_events: int = 1,
    level: float = 0.95,
) -> Estimate:
    """Return the area under the ROC curve over all pairs of record and label.

    A positive of one label is compared with negatives of the others, so all labels' scores must mean the same, as
    calibrated probabilities do; and a label's prevalence alone, told by the height of its scores, makes the area large.
    The pairs of one patient are no independent observations: the variance is Obuchowski's [1]_ with sums over
    patients.

    Parameters
    ----------
    score : float64 (record, label)
        On one scale for all labels.
    truth : (record, label)
        0, 1, or NaN where unknown.
    clusters, weights, labels, minimum_events, level
        As in ``macro_auroc``; labels with too few events are left out here, too, so that both are of the same labels.

    Raises
    ------
    InvalidScoreError, OneClassError, TooFewObservationsError
        As for ``macro_auroc``.

    References
    ----------
    .. [1] Obuchowski, Biometrics 53:567 (1997), doi:10.2307/2533958

    Examples
    --------
    >>> score = [[0.1, 0.3], [0.4, 0.2], [0.35, 0.9], [0.8, 0.1]]
    >>> micro_auroc(score, [[0, 0], [0, 1], [1, 1], [1, 0]]).value
    0.8125
    """
    table = label_table(score, truth, clusters=clusters, weights=weights, labels=labels, minimum_events=minimum_events)
    return pooled_auroc(table, level=level)


def micro_auprc(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    labels: Sequence[str] | None = None,
    minimum_events: int = 1,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Estimate:
    """Return the average precision over all pairs of record and label; arguments and caveats as ``micro_auroc``.

    References
    ----------
    .. [1] Davis and Goadrich, ICML (2006), doi:10.1145/1143844.1143874

    Examples
    --------
    >>> score = [[0.1, 0.3], [0.4, 0.2], [0.35, 0.9], [0.8, 0.1]]
    >>> round(micro_auprc(score, [[0, 0], [0, 1], [1, 1], [1, 0]]).value, 4)
    0.8542
    """
    table = label_table(score, truth, clusters=clusters, weights=weights, labels=labels, minimum_events=minimum_events)
    return pooled_auprc(table, level=level, resamples=resamples, seed=seed)


def pooled_auroc(table: LabelTable, *, level: float) -> Estimate:
    """Return ``micro_auroc`` of labels that are checked already."""
    score, truth, patient, weight = _pairs(table)
    return _told(table, auroc(score, truth, clusters=patient, weights=weight, level=level))


def pooled_auprc(table: LabelTable, *, level: float, resamples: int, seed: int) -> Estimate:
    """Return ``micro_auprc`` of labels that are checked already."""
    score, truth, patient, weight = _pairs(table)
    found = auprc(score, truth, clusters=patient, weights=weight, level=level, resamples=resamples, seed=seed)
    return _told(table, found)


def _pairs(
    table: LabelTable,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64], NDArray[np.float64] | None]:
    known = ~np.isnan(table.truth)
    row = np.nonzero(known)[0]
    weight = None if table.weight is None else table.weight[row]
    return table.score[known], table.truth[known], table.patient[row], weight


def _told(table: LabelTable, found: Estimate) -> Estimate:
    records, events, patients = table.counts
    method = f"all pairs of record and label, {table.described}; {found.method}"
    return Estimate(found.value, found.low, found.high, records, events, patients, method, found.level, found.reason)
