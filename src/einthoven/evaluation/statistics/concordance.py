"""Concordance of a score with survival times: Harrell's and Uno's, and the difference of two scores'.

References
----------
.. [1] Harrell et al., JAMA 247:2543 (1982), doi:10.1001/jama.1982.03320430047030
.. [2] Uno et al., Statistics in Medicine 30:1105 (2011), doi:10.1002/sim.4154
.. [3] Therneau and Atkinson, Concordance, vignette of R's survival (2023),
   https://cran.r-project.org/web/packages/survival/vignettes/concordance.pdf
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from einthoven.errors import SpecificationError
from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.statistics.censoring_weights import uncensored_before
from einthoven.evaluation.statistics.dominance import dominance
from einthoven.evaluation.statistics.survival_times import (
    ROUNDING,
    SurvivalTimes,
    checked_scores,
    risk_table,
    survival_times,
)

__all__ = ["Weighting", "concordance", "concordance_difference"]

Weighting = Literal["harrell", "uno"]


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Concordance with each record's influence on it, float64 (record,); ``value`` is NaN without comparable pairs."""

    value: float
    influence: NDArray[np.float64]


def concordance(
    score: ArrayLike,
    time: ArrayLike,
    event: ArrayLike,
    *,
    weighting: Weighting = "harrell",
    horizon: float | None = None,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return the chance that of two patients the one with the earlier event has the higher score, ties counting half.

    A pair is comparable if the earlier time is an event; at equal times an event is earlier than a censoring, and two
    events are no pair. Harrell's [1]_ counts each pair once, so it depends on the censoring; Uno's [2]_ counts it
    ``1 / G(t-)^2`` times, with ``G`` the Kaplan-Meier curve of censoring and ``t`` the earlier time. The error is the
    infinitesimal jackknife's with sums over patients, the weights of Uno's taken as known, as R's
    ``survival::concordance`` does [3]_. The interval is normal on the logit scale. At exactly 1 or 0 there is no error;
    there it is the exact binomial one of the largest number of pairs that share no patient, among patients with an
    event.

    Parameters
    ----------
    score : float64 (record,)
        Higher means an earlier event; NaN is refused.
    time : float64 (record,), days
    event : int (record,)
        0 censored, 1 the event. Competing events, 2 and above, count as censored: this is the concordance of
        the cause-specific hazard.
    weighting : {"harrell", "uno"}
    horizon : float, days, optional
        Only pairs whose earlier time is at most this count. Uno's needs one within the follow-up where the last
        patients weigh too much.
    clusters, weights : (record,), optional
        Patient of each record, and positive sampling weights.
    level : float in (0, 1)

    Examples
    --------
    >>> round(concordance([3, 1, 2, 0], [5, 20, 10, 8], [1, 0, 1, 1]).value, 3)
    0.667
    """
    data = survival_times(time, event, clusters=clusters, weights=weights)
    found = _pairs(checked_scores(score, n=data.time.size), data, weighting=weighting, horizon=horizon)
    method = _method(data, weighting)
    records, events, patients = data.counts
    if math.isnan(found.value):
        reason = "no two patients are comparable: none has an event while another is still followed up"
        return Estimate.undefined(reason, n=records, events=events, clusters=patients, method=method)
    error = _error(found.influence, data)
    if found.value <= 0 or found.value >= 1 or error < ROUNDING:
        low, high = _at_the_edge(found.value, data, level=level)
    else:
        logit = math.log(found.value / (1 - found.value))
        reach = float(special.ndtri((1 + level) / 2)) * error / (found.value * (1 - found.value))
        low, high = float(special.expit(logit - reach)), float(special.expit(logit + reach))
    return Estimate(found.value, min(low, found.value), max(high, found.value), *data.counts, method, level)


def concordance_difference(
    scores_a: ArrayLike,
    scores_b: ArrayLike,
    time: ArrayLike,
    event: ArrayLike,
    *,
    weighting: Weighting = "harrell",
    horizon: float | None = None,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> TestResult:
    """Return ``concordance(a) - concordance(b)`` on the same records, with its normal test; arguments alike.

    Scores that order the patients alike differ by nothing: p = 1. Without comparable pairs, or where the difference
    shows no variance, the p value is NaN and the difference says why.

    Examples
    --------
    >>> test = concordance_difference([3, 1, 2, 0], [0, 1, 2, 3], [5, 20, 10, 8], [1, 0, 1, 1])
    >>> round(test.difference.value, 3)
    0.167
    """
    data = survival_times(time, event, clusters=clusters, weights=weights)
    n, method = data.time.size, "paired " + _method(data, weighting)
    a, b = (_pairs(checked_scores(s, n=n), data, weighting=weighting, horizon=horizon) for s in (scores_a, scores_b))
    difference, error = a.value - b.value, _error(a.influence - b.influence, data)
    if difference == 0 and error < ROUNDING:
        return TestResult(Estimate(0.0, 0.0, 0.0, *data.counts, method, level), 0.0, 1.0, method)
    if math.isnan(difference) or error < ROUNDING:
        records, events, patients = data.counts
        reason = "no two patients are comparable, or the difference shows no variance"
        nothing = Estimate.undefined(reason, n=records, events=events, clusters=patients, method=method)
        return TestResult(nothing, math.nan, math.nan, method)
    reach = float(special.ndtri((1 + level) / 2)) * error
    estimate = Estimate(difference, difference - reach, difference + reach, *data.counts, method, level)
    return TestResult(estimate, difference / error, float(2 * special.ndtr(-abs(difference / error))), method)


def _pairs(score: NDArray[np.float64], data: SurvivalTimes, *, weighting: Weighting, horizon: float | None) -> _Pairs:
    table = risk_table(data)
    event = data.event if horizon is None else data.event & (data.time <= horizon)
    counted = np.ones(table.time.size)
    if weighting == "uno":
        counted = uncensored_before(data, table) ** -2.0
    elif weighting != "harrell":
        raise SpecificationError(f"weighting must be 'harrell' or 'uno', got {weighting!r}")
    # at equal times events come first, so that those censored there are still comparable
    rank = 2 * table.place + ~data.event
    of_event = counted[table.place] * event
    found = dominance(rank, score, before_weight=data.weight * of_event, after_weight=data.weight)
    right = of_event * found.after_below + found.before_above
    wrong = of_event * found.after_above + found.before_below
    level = of_event * found.after_level + found.before_level
    # every pair was met from both sides
    pairs = float(data.weight @ (right + wrong + level)) / 2
    if pairs == 0:
        return _Pairs(math.nan, np.full(score.size, math.nan))
    value = float(data.weight @ (right + level / 2)) / 2 / pairs
    influence = data.weight * (right + level / 2 - value * (right + wrong + level)) / pairs
    return _Pairs(value, influence)


def _error(influence: NDArray[np.float64], data: SurvivalTimes) -> float:
    sums = np.bincount(data.patient, influence, data.patients)
    return math.sqrt(float(sums @ sums))


def _at_the_edge(value: float, data: SurvivalTimes, *, level: float) -> tuple[float, float]:
    if 0 < value < 1:
        return 0.0, 1.0
    with_event = int(np.unique(data.patient[data.event]).size)
    tail = ((1 - level) / 2) ** (1 / max(1, min(with_event, data.patients // 2)))
    return (tail, 1.0) if value >= 1 else (0.0, 1 - tail)


def _method(data: SurvivalTimes, weighting: str) -> str:
    clustered = ", clustered by patient" if data.repeated else ""
    return f"{weighting.title()}, infinitesimal jackknife{clustered}"
