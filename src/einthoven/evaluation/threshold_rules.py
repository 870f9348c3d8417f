"""Rules by which a cut-off is chosen; in a protocol a rule is its name, and its target where it has one.

References
----------
.. [1] Youden, Cancer 3:32 (1950), doi:10.1002/1097-0142(1950)3:1<32::AID-CNCR2820030106>3.0.CO;2-3
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from einthoven.errors import SpecificationError, UnknownNameError
from einthoven.evaluation.statistics.binary_outcome import binary_outcome
from einthoven.registry import nearest

__all__ = ["THRESHOLD_RULES", "check_rule", "cut_off", "youden"]


def cut_off(rule: str, score: ArrayLike, truth: ArrayLike) -> float:
    """Return the cut-off that a rule chooses; a score of at least it is called positive.

    Parameters
    ----------
    rule : str
        ``youden``, or a name with its target.
    score : float64 (record,)
        NaN is refused.
    truth : 0 or 1 (record,)
        Both classes are needed (OneClassError).

    Examples
    --------
    >>> cut_off("youden", [0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
    0.35
    """
    name, target = check_rule(rule)
    return THRESHOLD_RULES[name](score, truth, *target)


def check_rule(rule: str) -> tuple[str, tuple[float, ...]]:
    """Return name and target of a rule as a protocol writes it.

    Raises
    ------
    UnknownNameError
        There is no such rule.
    SpecificationError
        A target is missing, superfluous or out of range.
    """
    name, _, rest = rule.partition(" ")
    if name not in THRESHOLD_RULES:
        raise UnknownNameError(f"protocol: there is no threshold rule {rule!r}{nearest(name, THRESHOLD_RULES)}")
    if rest:
        raise SpecificationError(f"protocol: the threshold rule {name!r} takes no target, got {rule!r}")
    return name, ()


def youden(score: ArrayLike, truth: ArrayLike) -> float:
    """Return the cut-off with the greatest sensitivity + specificity - 1; a score of at least it is called positive.

    The lowest such score where several are equally good: in screening a missed patient costs more than a false alarm.
    It lies on an observed score.

    Parameters
    ----------
    score : float64 (record,)
        NaN is refused.
    truth : 0 or 1 (record,)
        Both classes are needed (OneClassError).

    Examples
    --------
    >>> youden([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
    0.35
    """
    data = binary_outcome(score, truth)
    candidates = np.unique(data.score)
    missed = np.searchsorted(np.sort(data.score[data.truth]), candidates) / data.events
    spared = np.searchsorted(np.sort(data.score[~data.truth]), candidates) / (data.n - data.events)
    index = spared - missed
    # equal up to rounding counts as equal
    return float(candidates[np.flatnonzero(index >= index.max() - 1e-12)[0]])


THRESHOLD_RULES: dict[str, Callable[..., float]] = {"youden": youden}
