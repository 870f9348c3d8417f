"""The largest gap between groups, with an interval that knows that the largest was looked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from einthoven.errors import TooFewObservationsError

__all__ = ["GroupGap", "largest_gap"]

# fewer replicates say nothing of the tail of a maximum
FEWEST_REPLICATES = 20


@dataclass(frozen=True, slots=True)
class GroupGap:
    """The gap, at least 0, with its limits, and the groups it lies between: ``highest`` minus ``lowest``."""

    value: float
    low: float
    high: float
    highest: int
    lowest: int


def largest_gap(
    point: ArrayLike, replicates: ArrayLike, *, least_variance: ArrayLike = 0.0, level: float = 0.95
) -> GroupGap:
    """Return the difference between the highest and the lowest group.

    The largest of several gaps is above the true one whenever groups differ by chance alone, and so is each replicate
    of it: a percentile interval would never reach 0. Instead all pairs get simultaneous intervals ``d -+ q * se`` with
    ``q`` the quantile, over replicates, of the largest ``abs(d* - d) / se`` (single-step max-t [1]_, never below the
    normal quantile). With the chance ``level`` all true gaps lie in theirs, so the largest true gap lies between the
    largest lower and the largest upper limit. A gap is never negative: where every interval holds 0, the lower limit
    is 0.

    Parameters
    ----------
    point : float64 (group,)
    replicates : float64 (resample, group)
        From the same resamples of patients; a resample with NaN is left out.
    least_variance : float64 (group,), optional
        Below which a group's variance isn't believed, for shares of 0 or 1, which no resample moves.
    level : float in (0, 1)

    Raises
    ------
    TooFewObservationsError
        There are fewer than 2 groups or fewer than 20 complete resamples.

    References
    ----------
    .. [1] Romano and Wolf, Journal of the American Statistical Association 100:94 (2005),
       doi:10.1198/016214504000000539

    Examples
    --------
    >>> draws = np.random.default_rng(0).normal([0.9, 0.7, 0.8], 0.01, (1000, 3))
    >>> gap = largest_gap([0.9, 0.7, 0.8], draws)
    >>> round(gap.value, 2), round(gap.low, 2), round(gap.high, 2), gap.highest, gap.lowest
    (0.2, 0.17, 0.23, 0, 1)
    """
    values, drawn = np.asarray(point, dtype=np.float64), np.asarray(replicates, dtype=np.float64)
    drawn = drawn[~np.isnan(drawn).any(axis=1)]
    if values.size < 2 or len(drawn) < FEWEST_REPLICATES:
        raise TooFewObservationsError(
            f"a gap needs 2 groups and {FEWEST_REPLICATES} complete resamples, got {values.size} and {len(drawn)}"
        )
    one, other = np.triu_indices(values.size, k=1)
    gap = values[one] - values[other]
    deviation = drawn[:, one] - drawn[:, other] - gap
    error = np.sqrt(_variance(deviation, least_variance, one, other))
    ratio = np.divide(np.abs(deviation), error, out=np.zeros_like(deviation), where=error > 0)
    reach = max(float(np.quantile(ratio.max(axis=1), level)), float(stats.norm.ppf((1 + level) / 2)))
    low = max(0.0, float((np.abs(gap) - reach * error).max()))
    high = float((np.abs(gap) + reach * error).max())
    highest, lowest = int(values.argmax()), int(values.argmin())
    return GroupGap(float(values[highest] - values[lowest]), low, high, highest, lowest)


def _variance(
    deviation: NDArray[np.float64], least: ArrayLike, one: NDArray[np.intp], other: NDArray[np.intp]
) -> NDArray[np.float64]:
    floor = np.broadcast_to(np.asarray(least, dtype=np.float64), (int(other.max()) + 1,))
    return np.asarray(np.maximum(deviation.var(axis=0, ddof=1), floor[one] + floor[other]))
