"""Intervals of an area under the ROC curve: DeLong's, on the logit, and a score interval that few events don't break.

DeLong's interval is too short where the error is made by a handful of records: at 10 events and an area of 0.95 it
covers the truth in 77 of 100 samples, and on the logit scale in 87. Two things go wrong: the variance itself is then
estimated from a handful, too low whenever the area is too high, and the area's distribution is skewed. The score
interval mends both. It holds every ``theta`` with ``|area - theta| <= t * sqrt(r * V(theta))``, where

- ``V(theta) = theta (1 - theta) [1 + (N - 1) ((1 - theta) / (2 - theta) + theta / (1 + theta))] / (m n)``,
  ``N = (m + n) / 2``, is Newcombe's variance (his method 5) of Hanley and McNeil's [1]_ [2]_, which needs no more than
  the area and so follows the candidate ``theta``, not the estimate;
- ``r`` is DeLong's (or Obuchowski's) variance divided by ``V(area)``. A ratio above 1 counts in full. One below 1, as
  a handful of records makes it by chance, is drawn towards 1 by the share ``min(1, 0.3 / misplaced)``;
- ``misplaced = min(m, n) * min(area, 1 - area)``: how many records of the rarer class are on the wrong side. Patients
  with several records, and weights, count by Kish's effective number [3]_;
- ``t`` is Student's quantile with Welch's degrees of freedom of the two parts of the variance, as for two means.

Where the area is 0 or 1, or the variance 0, r is 1 and m and n are the effective numbers of patients. The constants 0.3
and ``MANY_MISPLACED`` were set by simulation, ``benchmarks/coverage.py``.

References
----------
.. [1] Newcombe, Statistics in Medicine 25:559 (2006), doi:10.1002/sim.2324
.. [2] Hanley and McNeil, Radiology 143:29 (1982), doi:10.1148/radiology.143.1.7063747
.. [3] Kish, Survey Sampling (1965)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome
from einthoven.evaluation.statistics.delong import AreaCovariance

__all__ = [
    "MANY_MISPLACED",
    "AreaSpread",
    "area_spread",
    "degrees_of_freedom",
    "logit_interval",
    "score_interval",
    "wald_interval",
]

# with so many records on the wrong side DeLong's own interval covers as often as it says
MANY_MISPLACED = 15
# how fast the variance that is seen replaces the one that is assumed, in misplaced records
TRUST_IN_MODEL = 0.3


@dataclass(frozen=True, slots=True)
class AreaSpread:
    """An area with what its interval is made of.

    Attributes
    ----------
    area : float
    positive, negative, variance : float
        Variance from the patients with, from those without the outcome, and in all; NaN where not defined.
    records : (float, float)
        Effective number of positive and negative records: the number itself without weights.
    patients : (float, float)
        Effective number of patients behind them, ``(sum w)^2 / sum w^2`` over patients.
    """

    area: float
    positive: float
    negative: float
    variance: float
    records: tuple[float, float]
    patients: tuple[float, float]

    @property
    def misplaced(self) -> float:
        """How many patients of the rarer class are on the wrong side of the others."""
        return min(self.patients) * min(self.area, 1 - self.area)

    @property
    def flat(self) -> bool:
        """Whether the variance is 0 but for rounding, although the area can't be known without error."""
        return self.area in {0.0, 1.0} or not self.variance > 1e-15


def area_spread(area: float, covariance: AreaCovariance, data: BinaryOutcome) -> AreaSpread:
    """Return the area with its variance and the effective numbers behind it."""
    weight = np.ones(data.n) if data.weight is None else data.weight
    sides = (data.truth, ~data.truth)
    by_patient = [np.bincount(data.patient[side], weight[side], data.patients) for side in sides]
    return AreaSpread(
        area,
        float(covariance.positive[0, 0]),
        float(covariance.negative[0, 0]),
        float(covariance.total[0, 0]),
        (_kish(weight[sides[0]]), _kish(weight[sides[1]])),
        (_kish(by_patient[0]), _kish(by_patient[1])),
    )


def degrees_of_freedom(spread: AreaSpread) -> float:
    """Return Welch's degrees of freedom of DeLong's variance: few where it rests on few patients of one kind.

    Examples
    --------
    >>> degrees_of_freedom(AreaSpread(0.9, 0.01, 0.0, 0.01, (10, 90), (10, 90)))
    9.0
    """
    first, second = (max(size - 1, 1.0) for size in spread.patients)
    total = spread.positive + spread.negative
    if spread.flat or not total > 0:
        return min(first, second)
    return max(1.0, total**2 / (spread.positive**2 / first + spread.negative**2 / second))


def score_interval(spread: AreaSpread, *, level: float) -> tuple[float, float]:
    """Return the score interval of the module's formula.

    Examples
    --------
    >>> low, high = score_interval(AreaSpread(1.0, 0.0, 0.0, 0.0, (10, 90), (10, 90)), level=0.95)
    >>> round(low, 3), high
    (0.855, 1.0)
    """
    area, ratio, sizes = spread.area, 1.0, spread.patients
    if not spread.flat:
        sizes = spread.records
        ratio = spread.variance / _newcombe_variance(area, sizes)
        if ratio < 1:
            ratio += (1 - ratio) * min(1.0, TRUST_IN_MODEL / spread.misplaced)
    reach = float(stats.t.ppf((1 + level) / 2, degrees_of_freedom(spread))) ** 2 * ratio

    def outside(theta: float) -> float:
        return (area - theta) ** 2 - reach * _newcombe_variance(theta, sizes)

    # 0 and 1 have no variance, so an area of 0 or 1 is itself a root, and not the one that is sought
    low = float(optimize.brentq(outside, 0.0, min(area, 1 - 1e-12), xtol=1e-14)) if area > 0 else 0.0
    high = float(optimize.brentq(outside, max(area, 1e-12), 1.0, xtol=1e-14)) if area < 1 else 1.0
    return min(low, area), max(high, area)


def logit_interval(spread: AreaSpread, *, level: float) -> tuple[float, float]:
    """Return DeLong's interval on the logit scale, ``logit(area) -+ z * se / (area * (1 - area))``; area not 0 or 1.

    Examples
    --------
    >>> low, high = logit_interval(AreaSpread(0.9, 0.001, 0.0005, 0.0015, (10, 90), (10, 90)), level=0.95)
    >>> round(low, 3), round(high, 3)
    (0.795, 0.954)
    """
    centre = float(special.logit(spread.area))
    reach = float(stats.norm.ppf((1 + level) / 2)) * math.sqrt(max(spread.variance, 0.0))
    reach /= spread.area * (1 - spread.area)
    return min(float(special.expit(centre - reach)), spread.area), max(
        float(special.expit(centre + reach)), spread.area
    )


def wald_interval(spread: AreaSpread, *, level: float) -> tuple[float, float]:
    """Return DeLong's interval, ``area -+ z * se``, cut to [0, 1] as R's pROC does.

    Examples
    --------
    >>> low, high = wald_interval(AreaSpread(0.9, 0.01, 0.0, 0.01, (10, 90), (10, 90)), level=0.95)
    >>> round(low, 3), high
    (0.704, 1.0)
    """
    reach = float(stats.norm.ppf((1 + level) / 2)) * math.sqrt(max(spread.variance, 0.0))
    return max(0.0, spread.area - reach), min(1.0, spread.area + reach)


def _newcombe_variance(theta: float, sizes: tuple[float, float]) -> float:
    half = sum(sizes) / 2 - 1
    bracket = 1 + half * ((1 - theta) / (2 - theta) + theta / (1 + theta))
    return theta * (1 - theta) * bracket / (sizes[0] * sizes[1])


def _kish(weight: NDArray[Any]) -> float:
    return float(weight.sum()) ** 2 / float(weight @ weight)
