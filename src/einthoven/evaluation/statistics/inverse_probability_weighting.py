"""Sensitivity, specificity and AUROC of all patients where only some were verified, by weighting those who were.

Who is sent to the reference test differs from who isn't: often the score itself, or what it sees, decides. Each
verified record stands for ``1 / chance of verification`` records like it.

**Assumption** (missing at random): given the score and the covariates, whether a record was verified has nothing to do
with the truth. It can't be tested on the data. Where the truth is felt by other ways (symptoms that no column holds),
what is left of the bias remains. Records of a kind that is never verified can't be weighted at all.

References
----------
.. [1] Alonzo and Pepe, Journal of the Royal Statistical Society C 54:173 (2005), doi:10.1111/j.1467-9876.2005.00477.x
.. [2] Rotnitzky, Faraggi and Schisterman, Journal of the American Statistical Association 101:1276 (2006),
   doi:10.1198/016214505000001339
.. [3] Lunceford and Davidian, Statistics in Medicine 23:2937 (2004), doi:10.1002/sim.1903
.. [4] Pan and Wall, Statistics in Medicine 21:1429 (2002), doi:10.1002/sim.1142
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from einthoven.errors import OneClassError, StatisticsError
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.binary_outcome import binary_outcome, patient_codes
from einthoven.evaluation.statistics.logistic_regression import fit_logistic
from einthoven.evaluation.statistics.logit_interval import LogitInterval, edge_of_share, logit_interval

__all__ = ["LEAST_CHANCE", "VerificationWeights", "verification_weights", "weighted_auroc", "weighted_share"]

# a smaller chance of verification counts as this one, so that no record stands for more than 100
LEAST_CHANCE = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class VerificationWeights:
    """What the verification model says.

    Attributes
    ----------
    verified : bool (record,)
    weight : float64 (record,)
        Of the verified ones ``1 / chance``, times the sampling weight where there is one; 0 of the others.
    slope : float64 (record, parameter)
        Derivative of the weight by the parameters of the model.
    influence : float64 (record, parameter)
        What each record adds to the parameters' error.
    patient : int64 (record,)
    patients : int
    truncated : int
        Verified records whose chance was raised to ``LEAST_CHANCE``.
    """

    verified: NDArray[np.bool_]
    weight: NDArray[np.float64]
    slope: NDArray[np.float64]
    influence: NDArray[np.float64]
    patient: NDArray[np.int64]
    patients: int
    truncated: int

    @property
    def method(self) -> str:
        """How, in words; with the number of weights that were truncated and the greatest one."""
        cut = f", {self.truncated} truncated" if self.truncated else ""
        return f"inverse probability weighting (greatest weight {self.weight.max():.3g}{cut}), sandwich"


def verification_weights(
    verified: ArrayLike,
    columns: NDArray[np.float64],
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> VerificationWeights:
    """Return the weights of the verified records, by a logistic regression of verification on the columns.

    Parameters
    ----------
    verified : bool (record,)
    columns : float64 (record, column)
        What decided on verification, the score among it; finite.
    clusters : (record,), optional
        Patient of each record.
    weights : float64 (record,), optional
        Sampling weights.

    Raises
    ------
    TooFewObservationsError
        All records were verified, or none, or a column tells perfectly who was.

    Examples
    --------
    >>> verified = np.array([1, 0, 0, 0, 1, 1, 1, 0]) > 0
    >>> found = verification_weights(verified, np.array([[0.0], [0], [0], [0], [1], [1], [1], [1]]))
    >>> found.weight.round(3)  # one of four like it, three of four
    array([4.   , 0.   , 0.   , 0.   , 1.333, 1.333, 1.333, 0.   ])
    """
    told = np.asarray(verified, dtype=np.bool_)
    patient, patients = patient_codes(clusters, n=told.size)
    sampling = np.ones(told.size) if weights is None else np.asarray(weights, dtype=np.float64)
    fit = fit_logistic(columns, told, weights=None if weights is None else sampling)
    chance = fit.probability(columns)
    design = np.column_stack([np.ones(told.size), columns])
    raised = np.maximum(chance, LEAST_CHANCE)
    weight = np.where(told, sampling / raised, 0.0)
    # d(1/p) = -(1 - p) / p * column; a truncated chance no longer moves
    moves = np.where(chance > LEAST_CHANCE, -weight * (1 - chance), 0.0)
    score = design * (sampling * (told - chance))[:, None]
    return VerificationWeights(
        told, weight, slope=design * moves[:, None], influence=score @ fit.covariance, patient=patient,
        patients=patients, truncated=int(np.count_nonzero(told & (chance < LEAST_CHANCE))),
    )  # fmt: skip


def weighted_share(
    hit: ArrayLike, truth: ArrayLike, model: VerificationWeights, *, among: int, level: float = 0.95
) -> Estimate:
    """Return the weighted share of hits among the verified records with this truth.

    ``sum(w hit [truth = among]) / sum(w [truth = among])``: the sensitivity where ``hit`` is a positive call and
    ``among`` 1, the specificity where it is a negative call and ``among`` 0. The variance takes in that the weights
    were estimated (which makes it smaller, not larger [3]_) and sums over patients. The interval is on the logit, with
    Student's t: its degrees of freedom fall where few patients carry most of the weight [4]_.

    Parameters
    ----------
    hit : bool (record,)
    truth : float64 (record,)
        0 or 1; NaN where not verified.
    model : VerificationWeights
    among : {0, 1}
    level : float in (0, 1)

    Examples
    --------
    >>> truth = np.array([1, np.nan, np.nan, np.nan, 1, 1, 0, np.nan])
    >>> columns = np.array([[0.0], [0], [0], [0], [1], [1], [1], [1]])
    >>> model = verification_weights(~np.isnan(truth), columns)
    >>> weighted_share(columns[:, 0] == 1, truth, model, among=1).value  # 2 of 3 without weights
    0.4
    """
    counted = _checked_truth(truth, model) == among
    called = np.asarray(hit, dtype=np.bool_)
    hits = called[counted]
    inner = model.weight[counted]
    counts = int(counted.sum()), int(hits.sum()), int(np.unique(model.patient[counted]).size)
    if not counted.any():
        word = "positives" if among else "negatives"
        return Estimate.undefined(f"no verified {word}", n=0, events=0, clusters=0, method=model.method)
    # shares of 1 and 0 come out exactly
    value = 1.0 if hits.all() else float((inner @ hits) / inner.sum())
    gradient = np.zeros(model.weight.size)
    gradient[counted] = (hits - value) / inner.sum()
    # at a share of 1 the other side are the verified ones without a hit, whoever they are; at 0 those with one
    other = model.weight[model.verified & (called != hits.all())]
    edge = edge_of_share(float(inner.sum()), worth(other), weight=_mean(other), level=level)
    return _estimate(value, _reach(gradient, model, level=level), edge, counts=counts, level=level, method=model.method)


def weighted_auroc(score: ArrayLike, truth: ArrayLike, model: VerificationWeights, *, level: float = 0.95) -> Estimate:
    """Return the AUROC of all records from those that were verified.

    The share of verified pairs in which the positive is scored above the negative, ties counting half, each pair with
    the product of its two weights [1]_. Interval as ``weighted_share``.

    Parameters
    ----------
    score : float64 (record,)
    truth : float64 (record,)
        0 or 1; NaN where not verified.
    model : VerificationWeights
    level : float in (0, 1)

    Raises
    ------
    OneClassError
        No verified positives, or no verified negatives.

    Examples
    --------
    >>> truth = np.array([1, np.nan, np.nan, 0, 1, 1, 0, np.nan])
    >>> score = np.array([0.1, 0.2, 0.3, 0.2, 0.5, 0.8, 0.6, 0.7])
    >>> model = verification_weights(~np.isnan(truth), score[:, None])
    >>> round(weighted_auroc(score, truth, model).value, 3)
    0.479
    """
    known = _checked_truth(truth, model)
    told = model.verified
    data = binary_outcome(np.asarray(score, dtype=np.float64)[told], known[told])
    weight = model.weight[told]
    below, above = _weighted_placements(data.score, data.truth, weight)
    positive, negative = weight[data.truth].sum(), weight[~data.truth].sum()
    value = float(weight[data.truth] @ below / positive)
    gradient = np.zeros(told.size)
    inner = np.zeros(data.n)
    inner[data.truth], inner[~data.truth] = (below - value) / positive, (above - value) / negative
    gradient[told] = inner
    counts = data.n, data.events, int(np.unique(model.patient[told]).size)
    # a perfect area: of each class as many records as it holds of the heaviest verified one
    heaviest = weight.max()
    pairs = float(min(positive, negative) / heaviest)
    edge = LogitInterval(((1 - level) / 2) ** (1 / max(pairs, 1.0)), 1.0, f"; exact bound of {pairs:.3g} pairs")
    return _estimate(value, _reach(gradient, model, level=level), edge, counts=counts, level=level, method=model.method)


def worth(weight: NDArray[np.float64]) -> float:
    """Return how many equal records these weights are worth (Kish); 0 of none.

    Examples
    --------
    >>> worth(np.array([2.0, 2.0, 2.0])), round(worth(np.array([1.0, 1.0, 8.0])), 2)
    (3.0, 1.52)
    """
    return float(weight.sum() ** 2 / (weight @ weight)) if weight.size else 0.0


def _checked_truth(truth: ArrayLike, model: VerificationWeights) -> NDArray[np.float64]:
    values = np.asarray(truth, dtype=np.float64)
    if values.shape != model.verified.shape or (np.isnan(values) == model.verified).any():
        raise StatisticsError(
            "truth must be 0 or 1 where verified, NaN elsewhere, in the order of the verification model"
        )
    return values


def _reach(gradient: NDArray[np.float64], model: VerificationWeights, *, level: float) -> float:
    """Return half the width of the interval of what changes by ``gradient`` per unit of each weight."""
    influence = gradient * model.weight + model.influence @ (gradient @ model.slope)
    sums = np.asarray(np.bincount(model.patient, influence, model.patients), dtype=np.float64)
    error = float(np.sqrt(model.patients / max(model.patients - 1, 1) * (sums @ sums)))
    return error * float(stats.t.ppf((1 + level) / 2, _degrees(sums))) if error > 0 else 0.0


def _degrees(sums: NDArray[np.float64]) -> float:
    """Return Satterthwaite's degrees of freedom of a sum of squares: 2 mean^2 / variance of that sum."""
    squares = sums**2
    spread = float(squares @ squares - squares.sum() ** 2 / squares.size)
    return max(1.0, 2 * float(squares.sum()) ** 2 / spread) if spread > 0 else np.inf


def _mean(weight: NDArray[np.float64]) -> float:
    # per record that they are worth, so that their sum stays what it is
    return float(weight.sum() / worth(weight)) if weight.size else 0.0


def _estimate(
    value: float, reach: float, edge: LogitInterval, *, counts: tuple[int, int, int], level: float, method: str
) -> Estimate:
    found = logit_interval(value, reach, edge)
    return Estimate(value, found.low, found.high, *counts, method + found.edge, level)


def _weighted_placements(
    score: NDArray[np.float64], truth: NDArray[np.bool_], weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the weighted share of negatives below each positive, and of positives above each negative."""
    values, place = np.unique(score, return_inverse=True)
    positive, negative = (np.bincount(place, weight * side, values.size) for side in (truth, ~truth))
    if positive.sum() == 0 or negative.sum() == 0:
        raise OneClassError("positives and negatives are needed among the verified records")
    below = (np.cumsum(negative) - negative / 2) / negative.sum()
    above = 1 - (np.cumsum(positive) - positive / 2) / positive.sum()
    return below[place[truth]], above[place[~truth]]
