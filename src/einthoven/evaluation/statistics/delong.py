"""Variances and covariances of areas under ROC curves (DeLong 1988) from one sort, also with repeats and weights.

The placement value of a positive is the share of negatives scored below it (ties count half), that of a negative the
share of positives above it. One sort per score gives all of them, so 10 million records are no obstacle [2]_. With
several records per patient the sums run over patients (Obuchowski 1997); with one record each both are the same.
Sampling weights turn the shares into weighted ones, and the variance is that of the linearised area [4]_: what DeLong's
is for equal weights.

References
----------
.. [1] DeLong, DeLong and Clarke-Pearson, Biometrics 44:837 (1988), doi:10.2307/2531595
.. [2] Sun and Xu, IEEE Signal Processing Letters 21:1389 (2014), doi:10.1109/LSP.2014.2337313
.. [3] Obuchowski, Biometrics 53:567 (1997), doi:10.2307/2533958
.. [4] Yao, Li and Graubard, Statistics in Medicine 34:1293 (2015), doi:10.1002/sim.6405
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["AreaCovariance", "Placements", "area_covariance", "placements"]


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


@dataclass(frozen=True, slots=True, eq=False)
class AreaCovariance:
    """Covariance of areas, by where it comes from; each float64 (score, score).

    Attributes
    ----------
    positive, negative : from the choice of the patients with, and of those without, the outcome
    shared : from patients with records of both kinds; 0 where each patient has one record
    """

    positive: NDArray[np.float64]
    negative: NDArray[np.float64]
    shared: NDArray[np.float64]

    @property
    def total(self) -> NDArray[np.float64]:
        """The covariance of the areas, float64 (score, score)."""
        return self.positive + self.negative + self.shared


def placements(
    score: NDArray[np.float64], truth: NDArray[np.bool_], weight: NDArray[np.float64] | None = None
) -> Placements:
    """Return the area under the ROC curve with the placement value of each record.

    Parameters
    ----------
    score : float64 (record,)
        Finite; ties count half.
    truth : bool (record,)
        Both classes present.
    weight : float64 (record,), optional
        Positive; how many records each stands for.

    Examples
    --------
    >>> placements(np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, False, True, True])).auroc
    0.875
    """
    order = np.argsort(score)
    ascending, positive = score[order], truth[order]
    differs = ascending[1:] != ascending[:-1]
    if weight is None and differs.all():
        return _without_ties(truth, order, positive)
    last = np.flatnonzero(np.append(differs, True))
    if weight is None:
        positives_to = np.cumsum(positive)[last].astype(np.float64)
        negatives_to = last + 1.0 - positives_to
    else:
        positives_to = np.cumsum(np.where(positive, weight[order], 0.0))[last]
        negatives_to = np.cumsum(np.where(positive, 0.0, weight[order]))[last]
    tied_positives, tied_negatives = np.diff(positives_to, prepend=0.0), np.diff(negatives_to, prepend=0.0)
    below = negatives_to - tied_negatives / 2
    above = positives_to[-1] - positives_to + tied_positives / 2
    # without weights both are multiples of 1/2, so the area is exact; with weights, 0 and 1 still are
    right, wrong = (float(np.sum(tied_positives * share)) for share in (below, negatives_to[-1] - below))
    value = np.empty(score.size)
    group = slice(None) if last.size == score.size else np.repeat(np.arange(last.size), np.diff(last, prepend=-1))
    value[order] = np.where(positive, (below / negatives_to[-1])[group], (above / positives_to[-1])[group])
    return Placements(right / (right + wrong), value[truth], value[~truth])


def _without_ties(truth: NDArray[np.bool_], order: NDArray[np.int64], positive: NDArray[np.bool_]) -> Placements:
    # the same in half the time: with all scores different, ranks are positions
    positives_to = np.cumsum(positive)
    positives, negatives = int(positives_to[-1]), int(truth.size - positives_to[-1])
    below = np.arange(1, truth.size + 1) - positives_to
    value = np.empty(truth.size)
    value[order] = np.where(positive, below / negatives, (positives - positives_to) / positives)
    area = int(below[positive].sum()) / (positives * negatives)
    return Placements(area, value[truth], value[~truth])


def area_covariance(
    scores: Sequence[Placements],
    truth: NDArray[np.bool_],
    *,
    patient: NDArray[np.int64],
    patients: int,
    weight: NDArray[np.float64] | None = None,
) -> AreaCovariance:
    """Return the covariance of the areas of several scores of the same records, in its parts.

    Parameters
    ----------
    scores : sequence of Placements
        Made with the same weights.
    truth : bool (record,)
    patient : int64 (record,)
        Codes 0 .. patients - 1.
    patients : int
    weight : float64 (record,), optional

    Returns
    -------
    AreaCovariance
        NaN where fewer than 2 patients have a positive, or fewer than 2 a negative.
    """
    shares = [_shares(truth, weight), _shares(~truth, weight)]
    ten = np.stack([(s.positive - s.auroc) * shares[0] for s in scores])
    one = np.stack([(s.negative - s.auroc) * shares[1] for s in scores])
    if patients == truth.size:
        return AreaCovariance(_products(ten), _products(one), np.zeros((len(scores), len(scores))))
    of_positive, of_negative = patient[truth], patient[~truth]
    ten = np.stack([np.bincount(of_positive, values, patients) for values in ten])
    one = np.stack([np.bincount(of_negative, values, patients) for values in one])
    cross = ten @ one.T * (patients / (patients - 1) if patients > 1 else np.nan)
    # Obuchowski 1997: S10 / m + S01 / n + 2 S11 / (m n), each with its own number of patients
    return AreaCovariance(
        _products(ten, np.unique(of_positive).size), _products(one, np.unique(of_negative).size), cross + cross.T
    )


def _shares(kept: NDArray[np.bool_], weight: NDArray[np.float64] | None) -> NDArray[np.float64]:
    values = np.ones(int(kept.sum())) if weight is None else weight[kept]
    return np.asarray(values / values.sum())


def _products(terms: NDArray[np.float64], size: int | None = None) -> NDArray[np.float64]:
    units = terms.shape[1] if size is None else size
    return np.asarray(terms @ terms.T * (units / (units - 1) if units > 1 else np.nan))
