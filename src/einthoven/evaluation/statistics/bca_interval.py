"""Bias-corrected and accelerated bootstrap intervals, and what stands in where the bootstrap can't be trusted.

A percentile interval of a rare label's area may leave out the area itself, because resamples are biased. BCa shifts
both quantiles by that bias and contains its estimate by construction as long as the bias is small. Where it is not,
where no resample differs, or where a tail would need more resamples than there are, the interval is the linearised one:
its standard error has sums over patients of their influence, on the logit scale for what has bounds, so that it, too,
contains its estimate and stays inside the bounds without being cut.

References
----------
.. [1] Efron, Journal of the American Statistical Association 82:171 (1987), doi:10.1080/01621459.1987.10478410
.. [2] DiCiccio and Efron, Statistical Science 11:189 (1996), doi:10.1214/ss/1032280214
.. [3] Hesterberg, The American Statistician 69:371 (2015), doi:10.1080/00031305.2015.1089789
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from einthoven.evaluation.statistics.patient_influence import (
    acceleration,
    influence_of_jackknife,
    linearised_error,
)

__all__ = [
    "Interval",
    "Resampled",
    "acceleration",
    "bca_interval",
    "bca_p_value",
    "influence_of_jackknife",
    "linearised_error",
]

# median bias of the replicates in standard errors, above which they are not trusted. Efron and Tibshirani (1993,
# section 10.3) ignore a bias below a quarter of a standard error; twice that is still corrected here
MOST_BIAS = 0.5
# the level at which both tails must hold a resample, for narrower intervals, too
JUDGED_AT = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """Limits, and how they were made."""

    low: float
    high: float
    method: str


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """An estimate with what a bootstrap by patient knows of it.

    Attributes
    ----------
    value : float
    replicates : float64 (resample,)
        NaN where a resample lost a class; those are left out.
    influence : float64 (patient,)
        Derivative of the estimate by how often a patient counts: the infinitesimal jackknife.
    stratum : int64 (patient,), optional
        Within which patients were drawn.
    bounds : pair of float, optional
        Between which the quantity lies: 0 and 1 for an area, -1 and 1 for a difference of two; None for no bounds.
    """

    value: float
    replicates: NDArray[np.float64]
    influence: NDArray[np.float64]
    stratum: NDArray[np.int64] | None = None
    bounds: tuple[float, float] | None = (0.0, 1.0)


def bca_interval(found: Resampled, *, level: float) -> Interval:
    """Return the BCa interval, or the linearised one where BCa is not defined; it always contains the estimate.

    With ``z0`` the normal quantile of the share of replicates below the estimate (ties half), and ``a`` the
    acceleration, the limits are the replicates' quantiles at ``Phi(z0 + (z0 + z) / (1 - a (z0 + z)))`` for
    ``z = -+ Phi^-1((1 + level) / 2)``. Draws within strata hold the strata's sizes fixed, and replicates are too narrow
    by ``(n - 1) / n``; with ``stratum`` z is therefore Student's (Satterthwaite's degrees of freedom) times the ratio
    of the full standard error by the influence values to that of the replicates [3]_.

    BCa is used if ``abs(z0) < 0.5`` (and below ``z``) and if both tails hold at least one replicate. With no spread at
    all the interval is all that is possible, ``bounds`` (NaN without any).

    Examples
    --------
    >>> draws = np.random.default_rng(0).normal(0.5, 0.1, 2000)
    >>> found = bca_interval(Resampled(0.5, draws, np.array([0.05, -0.05, 0.07, -0.07])), level=0.95)
    >>> round(found.low, 2), round(found.high, 2), found.method
    (0.31, 0.7, 'BCa bootstrap by patient, 2000 resamples')
    """
    kept = found.replicates[~np.isnan(found.replicates)]
    quantiles, trouble = _quantiles(found, kept, level=level)
    if not trouble:
        low, high = (float(limit) for limit in np.quantile(kept, quantiles))
        if low <= found.value <= high:
            return Interval(low, high, f"BCa bootstrap by patient, {kept.size} resamples{_lost(found)}")
        trouble = "the bootstrap's tails hold too few resamples"
    return _linearised(found, trouble, level=level)


def bca_p_value(found: Resampled) -> float:
    """Return the two-sided p value of a difference of 0: 1 less the level at which the interval just reaches it.

    Where no replicate is beyond 0, or BCa is not defined, it is that of the linearised interval, in the former case
    never below what the number of resamples allows to be said. Equal scores have 1.

    Examples
    --------
    >>> draws = np.random.default_rng(0).normal(0.2, 0.1, 2000)
    >>> round(bca_p_value(Resampled(0.2, draws, np.array([0.05, -0.05, 0.07, -0.07]), bounds=None)), 2)
    0.04
    """
    kept = found.replicates[~np.isnan(found.replicates)]
    bias, trouble = _bias(found, kept)
    below = float((kept < 0).sum() + (kept == 0).sum() / 2)
    if trouble:
        return _normal_p_value(found)
    if not 0 < below < kept.size:
        return max(_normal_p_value(found), 1 / (kept.size + 1))
    shift = float(stats.norm.ppf(below / kept.size)) - bias
    # solved for z: the quantile at which a limit lies on 0
    z = shift / (1 + acceleration(found.influence, found.stratum) * shift) - bias
    spread = _Spread.of(found)
    return 2 * spread.tail(abs(z) / spread.widening)


def _normal_p_value(found: Resampled) -> float:
    error = linearised_error(found.influence)
    if not error > 0:
        return 1.0 if found.value == 0 else math.nan
    return 2 * _Spread.of(found).tail(abs(found.value) / error)


def _quantiles(found: Resampled, kept: NDArray[np.float64], *, level: float) -> tuple[list[float], str]:
    bias, trouble = _bias(found, kept)
    if trouble:
        return [], trouble
    spread = _Spread.of(found)
    slope = acceleration(found.influence, found.stratum)

    def at(reach: float) -> list[float]:
        if max(slope * (bias - reach), slope * (bias + reach)) >= 1:
            return [0.0, 1.0]  # the formula has left its range
        return [float(stats.norm.cdf(bias + (bias + z) / (1 - slope * (bias + z)))) for z in (-reach, reach)]

    # tails are judged at 95 % at least, so that a narrower interval is of the same kind and lies inside
    low, high = at(spread.widening * spread.quantile(max(level, JUDGED_AT)))
    if min(low, 1 - high) * kept.size < 1:
        return [], "the bootstrap's tails hold too few resamples"
    reach = spread.widening * spread.quantile(level)
    return at(reach), "the bootstrap is biased" if abs(bias) >= reach else ""


@dataclass(frozen=True, slots=True)
class _Spread:
    """How much wider than the replicates an interval has to be, and with how many degrees of freedom."""

    widening: float
    degrees: float

    @classmethod
    def of(cls, found: Resampled) -> _Spread:
        if found.stratum is None:
            return cls(1.0, math.inf)
        _, code, size = np.unique(found.stratum, return_inverse=True, return_counts=True)
        mean = np.bincount(code, found.influence) / size
        squares = np.bincount(code, (found.influence - mean[code]) ** 2)
        drawn = float(squares.sum())
        if not drawn > 0:
            return cls(1.0, math.inf)
        several = size > 1
        within = squares[several] * size[several] / (size[several] - 1)
        # what draws within strata hold fixed: how many patients each stratum has
        held = float((size * mean**2).sum())
        degrees = float(within.sum() ** 2 / (within**2 / (size[several] - 1)).sum())
        return cls(math.sqrt((float(within.sum()) + held) / drawn), degrees)

    def quantile(self, level: float) -> float:
        return float(stats.t.ppf((1 + level) / 2, self.degrees))

    def tail(self, beyond: float) -> float:
        return float(stats.t.sf(beyond, self.degrees))


def _bias(found: Resampled, kept: NDArray[np.float64]) -> tuple[float, str]:
    # z0 and, where it can't be used, why; rounding must not turn equal replicates into smaller ones
    tolerance = 1e-12 * max(1.0, abs(found.value))
    if kept.size == 0:
        return 0.0, "without resamples"
    if np.ptp(kept) <= tolerance:
        return 0.0, "no resample differs"
    tied = np.abs(kept - found.value) <= tolerance
    share = float(((kept < found.value) & ~tied).sum() + tied.sum() / 2) / kept.size
    bias = float(stats.norm.ppf(share))
    return bias, "the bootstrap is biased" if not abs(bias) < MOST_BIAS else ""


def _linearised(found: Resampled, trouble: str, *, level: float) -> Interval:
    error, value = linearised_error(found.influence), found.value
    reach = _Spread.of(found).quantile(level) * error
    if found.bounds is None:
        if math.isnan(error):
            return Interval(math.nan, math.nan, "no interval: fewer than 2 patients")
        return Interval(value - reach, value + reach, f"normal interval, linearised by patient ({trouble})")
    lower, upper = found.bounds
    share = (value - lower) / (upper - lower)
    if error == 0 and value == 0 and lower == -upper:
        return Interval(0.0, 0.0, "no resample and no patient makes a difference")
    if not error > 0 or not 0 < share < 1:
        return Interval(lower, upper, "no interval: the data show no spread between patients")
    centre = math.log(share / (1 - share))
    half = reach / (upper - lower) / (share * (1 - share))
    low, high = (lower + (upper - lower) / (1 + math.exp(-limit)) for limit in (centre - half, centre + half))
    return Interval(low, high, f"logit interval, linearised by patient ({trouble})")


def _lost(found: Resampled) -> str:
    lost = int(np.isnan(found.replicates).sum())
    return f", {lost} without a class left out" if lost else ""
