"""Low, intermediate and high risk between two borders that are frozen before the records they divide are seen.

A border is a rule with its target:

===================== ================================================================================================
``sensitivity 0.95``  the highest cut-off with that sensitivity on split validation: below it the event is ruled out
``specificity 0.95``  the lowest cut-off with that specificity on split validation: from it on it is ruled in
``incidence 0.05``    the lowest score from which on the observed incidence on validation is at least 5 %
``risk 0.05``         a predicted probability of 5 %, whatever was observed; nothing is chosen
===================== ================================================================================================

Observed incidence is made to rise with the score by isotonic regression [1]_. A label's borders are its own, so each
vessel has its incidence thresholds. A score of at least a border lies above it.

References
----------
.. [1] Barlow and Brunk, Journal of the American Statistical Association 67:140 (1972),
   doi:10.1080/01621459.1972.10481216
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize

from einthoven.errors import (
    LeakageError,
    OneClassError,
    SpecificationError,
    TooFewObservationsError,
    UnknownNameError,
)
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.statistics.binary_outcome import binary_outcome
from einthoven.evaluation.threshold_rules import cut_off
from einthoven.registry import nearest

__all__ = ["BORDER_RULES", "STRATA", "RiskStrata", "check_strata", "choose_strata", "incidence_cut_off"]

STRATA = ("low", "intermediate", "high")
BORDER_RULES = ("sensitivity", "specificity", "incidence", "risk")


@dataclass(frozen=True, slots=True)
class RiskStrata:
    """Two borders with their origin.

    Attributes
    ----------
    low, high : float
        Scores below ``low`` are of low risk, those of at least ``high`` of high risk; ``low <= high``, NaN where
        ``reason`` says why there are none.
    rules : (str, str)
        As the protocol names them.
    split, predictions_hash : str
        What they were chosen on, and refuse to divide; empty where they were stated.
    overlapping : bool
        Whether the score separates so well that the lower border came out above the upper one; both are the upper one
        then, and nothing is intermediate.
    reason : str, optional
    """

    low: float
    high: float
    rules: tuple[str, str]
    split: str
    predictions_hash: str
    overlapping: bool = False
    reason: str | None = None

    def apply(self, score: NDArray[np.float64], *, split: str, predictions_hash: str) -> NDArray[np.int64]:
        """Return 0 low, 1 intermediate or 2 high for each score, int64 (record,).

        Raises
        ------
        LeakageError
            The borders were chosen on these very scores.

        Examples
        --------
        >>> strata = RiskStrata(0.2, 0.6, ("sensitivity 0.95", "specificity 0.95"), "validation", "abc")
        >>> strata.apply(np.array([0.1, 0.2, 0.6]), split="test", predictions_hash="abc")
        array([0, 1, 2])
        """
        if split == self.split and predictions_hash == self.predictions_hash:
            raise LeakageError(
                f"the borders of risk, {self.low:g} and {self.high:g}, were chosen on split {split!r} of these "
                "predictions; divide another split by them, for example 'test'"
            )
        return (score >= self.low).astype(np.int64) + (score >= self.high)


def check_strata(borders: Sequence[str]) -> None:
    """Refuse borders that a protocol can't mean; none at all are fine.

    Raises
    ------
    SpecificationError
        There are not two; a target is missing or not within (0, 1); two of one kind are the wrong way round.
    UnknownNameError
        There is no such rule.
    """
    if not borders:
        return
    if len(borders) != 2:
        raise SpecificationError(f"protocol: strata must be two borders or none, got {len(borders)}")
    (first, low), (second, high) = (_border(border) for border in borders)
    # the higher the sensitivity, the lower the cut-off
    falling = first == "sensitivity"
    if first == second and (low == high or (low < high) == falling):
        raise SpecificationError(
            f"protocol: strata must name the lower border first, got {borders[0]!r} before {borders[1]!r}"
        )


def choose_strata(
    rules: tuple[str, str], one: LabelScores, validation: LabelScores, *, predictions_hash: str
) -> RiskStrata:
    """Return the borders for the scores of one model and label.

    Parameters
    ----------
    rules : (str, str)
        The lower border, then the upper one; see the module.
    one : LabelScores
        The scores to divide; only their kind is looked at.
    validation : LabelScores
        The same model's and label's scores to choose on, of another split. Without records only ``risk`` is possible.
    predictions_hash : str
    """
    try:
        low, high = (_value(rule, one, validation) for rule in rules)
    except (OneClassError, TooFewObservationsError, SpecificationError) as error:
        reason = f"no borders of risk: {error}"
        return RiskStrata(math.nan, math.nan, rules, validation.split, predictions_hash, reason=reason)
    stated = all(rule.startswith("risk ") for rule in rules)
    origin = ("", "") if stated else (validation.split, predictions_hash)
    return RiskStrata(min(low, high), high, rules, *origin, overlapping=low > high)


def incidence_cut_off(score: ArrayLike, truth: ArrayLike, target: float, *, weights: ArrayLike | None = None) -> float:
    """Return the lowest score from which on the observed incidence is at least ``target``.

    Raises
    ------
    TooFewObservationsError
        The incidence doesn't get there, or there is no record.

    Examples
    --------
    >>> incidence_cut_off([0.1, 0.2, 0.3, 0.4, 0.5], [0, 0, 1, 0, 1], 0.4)
    0.3
    """
    data = binary_outcome(score, truth, weights=weights, both_classes=False)
    weight = np.ones(data.n) if data.weight is None else data.weight
    values, place = np.unique(data.score, return_inverse=True)
    total = np.bincount(place.reshape(-1), weight)
    share = np.bincount(place.reshape(-1), weight * data.truth) / total
    rising = optimize.isotonic_regression(share, weights=total).x
    reached = np.flatnonzero(rising >= target - 1e-12)
    if reached.size == 0:
        raise TooFewObservationsError(
            f"the observed incidence never reaches {target:g}; it is at most {float(rising[-1]):.3g}"
        )
    return float(values[reached[0]])


def _value(rule: str, one: LabelScores, validation: LabelScores) -> float:
    name, target = _border(rule)
    if name == "risk":
        if one.probability is None:
            raise SpecificationError(f"the border {rule!r} needs probabilities, these scores are {one.score_kind}s")
        return math.log(target / (1 - target)) if one.score_kind == "logit" else target
    if validation.truth.size == 0:
        raise TooFewObservationsError(f"the border {rule!r} is chosen on split 'validation', which has no records")
    if name == "incidence":
        return incidence_cut_off(validation.score, validation.truth, target, weights=validation.weight)
    return cut_off(rule, validation.score, validation.truth, weights=validation.weight)


def _border(border: str) -> tuple[str, float]:
    name, _, text = border.partition(" ")
    if name not in BORDER_RULES:
        raise UnknownNameError(f"protocol: there is no border of risk {border!r}{nearest(name, BORDER_RULES)}")
    try:
        target = float(text)
    except ValueError:
        target = math.nan
    if not 0 < target < 1:
        raise SpecificationError(
            f"protocol: a border of risk is a rule with a target between 0 and 1, such as '{name} 0.95', got {border!r}"
        )
    return name, target
