"""Rules by which a cut-off is chosen; in a protocol a rule is its name, and its target where it has one.

============================ =============================================================================
``youden``                   the greatest sensitivity + specificity - 1 [1]_
``sensitivity 0.9``          the highest cut-off whose sensitivity is at least 0.9
``specificity 0.9``          the lowest cut-off whose specificity is at least 0.9
``alert_rate 0.05``          the lowest cut-off that calls at most 5 % of the records positive
``cost_ratio 10``            the least cost, a missed patient costing as much as 10 false alarms [2]_
============================ =============================================================================

A score of at least the cut-off is called positive. A cut-off is one of the observed scores, or the next number above
the highest of them, which calls nothing positive; sensitivity, specificity and shares are those of the very records
that are given, weighted where these have weights. Of equally good cut-offs ``youden`` and ``cost_ratio`` take the
lowest: in screening a missed patient costs more than a false alarm. Shares that are equal up to rounding (1e-12) are
equal.

References
----------
.. [1] Youden, Cancer 3:32 (1950), doi:10.1002/1097-0142(1950)3:1<32::AID-CNCR2820030106>3.0.CO;2-3
.. [2] Metz, Seminars in Nuclear Medicine 8:283 (1978), doi:10.1016/S0001-2998(78)80014-2
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.errors import SpecificationError, UnknownNameError
from einthoven.evaluation.statistics.binary_outcome import binary_outcome
from einthoven.registry import nearest

__all__ = ["THRESHOLD_RULES", "TargetRange", "check_rule", "cut_off", "youden"]

# shares that differ by no more than rounding
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class TargetRange:
    """What a rule's target may be: above 0 and at most ``most``; ``example`` is the rule as a protocol writes it."""

    most: float
    example: str


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Every possible cut-off, ascending, with the weight of what lies below it.

    Attributes
    ----------
    value : float64 (cut-off,)
        The distinct scores, and the next number above them.
    missed, spared : float64 (cut-off,)
        Weight of positives, and of negatives, that are scored below the cut-off.
    positives, negatives : float
        Weight of all positives, of all negatives.
    """

    value: NDArray[np.float64]
    missed: NDArray[np.float64]
    spared: NDArray[np.float64]
    positives: float
    negatives: float


def cut_off(rule: str, score: ArrayLike, truth: ArrayLike, *, weights: ArrayLike | None = None) -> float:
    """Return the cut-off that a rule chooses; a score of at least it is called positive.

    Parameters
    ----------
    rule : str
        A name in ``THRESHOLD_RULES``, followed by its target where it has one.
    score : float64 (record,)
        NaN is refused.
    truth : 0 or 1 (record,)
        Both classes are needed (OneClassError).
    weights : (record,), optional
        How much each record counts.

    Examples
    --------
    >>> cut_off("youden", [0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
    0.35
    >>> cut_off("specificity 1", [0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
    0.8
    """
    name, target = check_rule(rule)
    return THRESHOLD_RULES[name](_candidates(score, truth, weights), *target)


def check_rule(rule: str) -> tuple[str, tuple[float, ...]]:
    """Return name and target of a rule as a protocol writes it.

    Raises
    ------
    UnknownNameError
        There is no such rule.
    SpecificationError
        A target is missing, superfluous, no number or out of range.

    Examples
    --------
    >>> check_rule("sensitivity 0.9")
    ('sensitivity', (0.9,))
    """
    name, *targets = rule.split() or [""]
    if name not in THRESHOLD_RULES:
        raise UnknownNameError(f"protocol: there is no threshold rule {rule!r}{nearest(name, THRESHOLD_RULES)}")
    accepted = TARGETS.get(name)
    if accepted is None:
        if targets:
            raise SpecificationError(f"protocol: the threshold rule {name!r} takes no target, got {rule!r}")
        return name, ()
    if len(targets) != 1:
        raise SpecificationError(
            f"protocol: the threshold rule {name!r} takes one target, for example {accepted.example!r}, got {rule!r}"
        )
    return name, (_target(rule, targets[0], accepted),)


def youden(score: ArrayLike, truth: ArrayLike, *, weights: ArrayLike | None = None) -> float:
    """Return the cut-off with the greatest sensitivity + specificity - 1; arguments as ``cut_off``.

    The lowest such score where several are equally good: in screening a missed patient costs more than a false alarm.
    It lies on an observed score.

    Examples
    --------
    >>> youden([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
    0.35
    """
    return _youden(_candidates(score, truth, weights))


def _target(rule: str, text: str, accepted: TargetRange) -> float:
    upper = "" if math.isinf(accepted.most) else f" and at most {accepted.most:g}"
    try:
        target = float(text)
    except ValueError:
        target = math.nan
    if not (math.isfinite(target) and 0 < target <= accepted.most):
        raise SpecificationError(
            f"protocol: the target of a threshold rule must be a number above 0{upper}, for example "
            f"{accepted.example!r}, got {rule!r}"
        )
    return target


def _candidates(score: ArrayLike, truth: ArrayLike, weights: ArrayLike | None) -> Candidates:
    data = binary_outcome(score, truth, weights=weights)
    observed = np.unique(data.score)
    value = np.append(observed, np.nextafter(observed[-1], np.inf))
    weight = np.ones(data.n) if data.weight is None else data.weight
    missed, spared = (_weight_below(value, data.score[kept], weight[kept]) for kept in (data.truth, ~data.truth))
    return Candidates(value, missed, spared, float(missed[-1]), float(spared[-1]))


def _weight_below(
    value: NDArray[np.float64], score: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    order = np.argsort(score, kind="stable")
    running = np.concatenate([[0.0], np.cumsum(weight[order])])
    return np.asarray(running[np.searchsorted(score[order], value, side="left")])


def _youden(cuts: Candidates) -> float:
    index = cuts.spared / cuts.negatives - cuts.missed / cuts.positives
    # the number above all scores is as good as the lowest score, which comes first
    return float(cuts.value[np.flatnonzero(index >= index.max() - ROUNDING)[0]])


def _sensitivity(cuts: Candidates, target: float) -> float:
    reached = (cuts.positives - cuts.missed) / cuts.positives
    return float(cuts.value[np.flatnonzero(reached >= target - ROUNDING)[-1]])


def _specificity(cuts: Candidates, target: float) -> float:
    return float(cuts.value[np.flatnonzero(cuts.spared / cuts.negatives >= target - ROUNDING)[0]])


def _alert_rate(cuts: Candidates, target: float) -> float:
    total = cuts.positives + cuts.negatives
    alerts = (total - cuts.missed - cuts.spared) / total
    return float(cuts.value[np.flatnonzero(alerts <= target + ROUNDING)[0]])


def _cost_ratio(cuts: Candidates, target: float) -> float:
    total = cuts.positives + cuts.negatives
    cost = (target * cuts.missed + cuts.negatives - cuts.spared) / (total * max(target, 1.0))
    return float(cuts.value[np.flatnonzero(cost <= cost.min() + ROUNDING)[0]])


THRESHOLD_RULES: dict[str, Callable[..., float]] = {
    "youden": _youden,
    "sensitivity": _sensitivity,
    "specificity": _specificity,
    "alert_rate": _alert_rate,
    "cost_ratio": _cost_ratio,
}
TARGETS = {
    "sensitivity": TargetRange(1.0, "sensitivity 0.9"),
    "specificity": TargetRange(1.0, "specificity 0.9"),
    "alert_rate": TargetRange(1.0, "alert_rate 0.05"),
    "cost_ratio": TargetRange(math.inf, "cost_ratio 10"),
}
