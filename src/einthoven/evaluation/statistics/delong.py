"""Variances and covariances of areas under ROC curves (DeLong 1988) by midranks, also for repeated patients.

The placement value of a positive is the share of negatives scored below it (ties count half), that of a negative the
share of positives above it. The midrank algorithm needs one sort per score, so 10 million records are no obstacle.
With several records per patient the sums run over patients (Obuchowski 1997); with one record each both are the same.

References
----------
.. [1] DeLong, DeLong and Clarke-Pearson, Biometrics 44:837 (1988), doi:10.2307/2531595
.. [2] Sun and Xu, IEEE Signal Processing Letters 21:1389 (2014), doi:10.1109/LSP.2014.2337313
.. [3] Obuchowski, Biometrics 53:567 (1997), doi:10.2307/2533958
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

__all__ = ["Placements", "delong_covariance", "placements"]


@dataclass(frozen=True, slots=True, eq=False)
class Placements:
    """Placement values of one score.

    Attributes
    ----------
    auroc : float
    positive : float64 (positive record,)
        Share of negatives below each positive, in the order of the records.
    negative : float64 (negative record,)
        Share of positives above each negative.
    """

    auroc: float
    positive: NDArray[np.float64]
    negative: NDArray[np.float64]


def placements(score: NDArray[np.float64], truth: NDArray[np.bool_]) -> Placements:
    """Return the area under the ROC curve with the placement value of each record.

    Parameters
    ----------
    score : float64 (record,)
        Finite; ties count half.
    truth : bool (record,)
        Both classes present.

    Examples
    --------
    >>> placements(np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, False, True, True])).auroc
    0.875
    """
    positives, negatives = score[truth], score[~truth]
    ranks = stats.rankdata(score)
    positive = (ranks[truth] - stats.rankdata(positives)) / negatives.size
    negative = 1.0 - (ranks[~truth] - stats.rankdata(negatives)) / positives.size
    # the sum of midranks is a multiple of 1/2, so it is exact and the area does not depend on the order of records
    pairs = ranks[truth].sum() - positives.size * (positives.size + 1) / 2
    return Placements(float(pairs / (positives.size * negatives.size)), positive, negative)


def delong_covariance(
    scores: Sequence[Placements], truth: NDArray[np.bool_], *, patient: NDArray[np.int64], patients: int
) -> NDArray[np.float64]:
    """Return the covariance matrix (score, score) of the areas of several scores of the same records.

    Parameters
    ----------
    scores : sequence of Placements
    truth : bool (record,)
    patient : int64 (record,)
        Codes 0 .. patients - 1.
    patients : int

    Returns
    -------
    covariance : float64 (score, score)
        NaN where fewer than 2 patients have a positive, or fewer than 2 a negative.
    """
    if patients == truth.size:
        return _independent(scores)
    return _clustered(scores, truth, patient=patient, patients=patients)


def _independent(scores: Sequence[Placements]) -> NDArray[np.float64]:
    total = np.zeros((len(scores), len(scores)))
    for values in ([s.positive for s in scores], [s.negative for s in scores]):
        size = values[0].size
        centred = np.stack(values) - np.array([[s.auroc] for s in scores])
        total += centred @ centred.T / ((size - 1) * size) if size > 1 else np.nan
    return total


def _clustered(
    scores: Sequence[Placements], truth: NDArray[np.bool_], *, patient: NDArray[np.int64], patients: int
) -> NDArray[np.float64]:
    m, n = int(truth.sum()), int((~truth).sum())
    of_positive, of_negative = patient[truth], patient[~truth]
    with_positive, with_negative = np.unique(of_positive).size, np.unique(of_negative).size
    if min(with_positive, with_negative) < 2:
        return np.full((len(scores), len(scores)), np.nan)
    sums_10 = np.stack([np.bincount(of_positive, s.positive - s.auroc, patients) for s in scores])
    sums_01 = np.stack([np.bincount(of_negative, s.negative - s.auroc, patients) for s in scores])
    # Obuchowski 1997: S10 / m + S01 / n + 2 S11 / (m n), each with its own number of patients
    s10 = sums_10 @ sums_10.T * with_positive / ((with_positive - 1) * m)
    s01 = sums_01 @ sums_01.T * with_negative / ((with_negative - 1) * n)
    s11 = sums_10 @ sums_01.T * patients / (patients - 1)
    return np.asarray(s10 / m + s01 / n + (s11 + s11.T) / (m * n))
