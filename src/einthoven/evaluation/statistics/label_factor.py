"""Label factor: how many times more labels a network needs from scratch than pretrained, for the same AUROC.

Each learning curve, averaged over draws, is made monotone by isotonic regression on log n and joined by straight lines;
the factor at an AUROC is the ratio of the smallest n at which the two curves reach it. A curve that doesn't reach it
within the sizes that were tried gives a bound and no number: nothing is extrapolated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import TooFewObservationsError
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.learning_curve import LearningCurve
from einthoven.evaluation.statistics.learning_curve_difference import refuse_unpaired

__all__ = ["LabelFactor", "label_factor"]


@dataclass(frozen=True, slots=True)
class LabelFactor:
    """How many times more labels the curve from scratch needs.

    Attributes
    ----------
    at_smallest : Estimate
        At the lowest AUROC that both curves have: where pretraining helps, that of the pretrained curve at its smallest
        n. Where the other curve never reaches it, ``value`` is the bound and ``reason`` says so.
    over_range : Estimate
        Geometric mean over all AUROCs that both curves reach, each alike; undefined where there are none.
    area : float
        The AUROC of ``at_smallest``.
    """

    at_smallest: Estimate
    over_range: Estimate
    area: float


def label_factor(
    pretrained: LearningCurve, scratch: LearningCurve, *, level: float = 0.95, resamples: int = 2000, seed: int = 0
) -> LabelFactor:
    """Return n(scratch) / n(pretrained) at equal macro AUROC.

    Exchanging the curves inverts the factor. Intervals are percentiles of a bootstrap that draws label draws, the same
    of both curves, and, where scores were given, test patients, crossed (the pigeonhole bootstrap of Owen [1]_, which
    doesn't understate the spread). In a resample whose curve ends too early the factor counts as infinite (or 0), so an
    upper limit at infinity says that more than ``(1 - level) / 2`` of the resamples gave a bound alone.

    Parameters
    ----------
    pretrained, scratch : LearningCurve
        Of the same draws and test patients.
    level : float in (0, 1)
    resamples, seed : int

    Raises
    ------
    StatisticsError
        The curves differ in sizes, draws or test patients.
    TooFewObservationsError
        There are fewer than two sizes or two draws.

    References
    ----------
    .. [1] Owen, Annals of Applied Statistics 1:386 (2007), doi:10.1214/07-AOAS122

    Examples
    --------
    Twice as many labels for the same area at every size:

    >>> from einthoven.evaluation.statistics.learning_curve import learning_curve_of_areas
    >>> sizes, draws = [64, 128, 256, 512], np.zeros((2, 1))
    >>> scratch = learning_curve_of_areas(draws + [0.6, 0.7, 0.8, 0.9], sizes=sizes)
    >>> pretrained = learning_curve_of_areas(draws + [0.7, 0.8, 0.9, 0.95], sizes=sizes)
    >>> factor = label_factor(pretrained, scratch, resamples=10)
    >>> round(factor.at_smallest.value, 6), round(factor.over_range.value, 6)
    (2.0, 2.0)
    """
    refuse_unpaired(pretrained, scratch)
    draws, sizes = pretrained.area.shape
    if sizes < 2 or draws < 2:
        raise TooFewObservationsError(
            f"a label factor needs at least 2 sizes and 2 draws, got {sizes} and {draws}: with fewer there is no curve"
        )
    log_n = np.log(pretrained.sizes)
    found = _factors(log_n, pretrained.area.mean(axis=0), scratch.area.mean(axis=0))
    drawn = _resampled(pretrained, scratch, log_n, resamples=resamples, seed=seed)
    over = "draws and test patients" if pretrained.replicates.shape[0] else "draws alone"
    method = f"isotonic on log n, {draws} draws; percentile bootstrap over {over}"
    counts = (pretrained.records, pretrained.events, pretrained.patients)
    bound = math.log(pretrained.sizes[-1] / pretrained.sizes[0])
    return LabelFactor(
        at_smallest=_at_smallest(
            found.at_smallest, drawn[:, 0], bound=bound, level=level, counts=counts, method=method
        ),
        over_range=_over_range(found.over_range, drawn[:, 1], level=level, counts=counts, method=method),
        area=found.area,
    )


@dataclass(frozen=True, slots=True)
class _Factors:
    """Logarithms of both factors: infinite where a curve ends too early, NaN where there is no common range."""

    at_smallest: float
    over_range: float
    area: float


def _factors(log_n: NDArray[np.float64], pretrained: NDArray[np.float64], scratch: NDArray[np.float64]) -> _Factors:
    from sklearn.isotonic import isotonic_regression  # takes longer to import than all of the rest

    ours, theirs = isotonic_regression(pretrained), isotonic_regression(scratch)
    area = float(max(ours[0], theirs[0]))
    at = _needed(log_n, theirs, np.array([area]))[0] - _needed(log_n, ours, np.array([area]))[0]
    highest = float(min(ours[-1], theirs[-1]))
    if highest <= area:
        return _Factors(float(at), math.nan, area)
    knots = np.concatenate([ours, theirs, [area, highest]])
    knots = np.unique(knots[(knots >= area) & (knots <= highest)])
    # between two knots both inverses are straight, so the value in the middle is the mean
    middle, width = (knots[1:] + knots[:-1]) / 2, np.diff(knots)
    ratio = _needed(log_n, theirs, middle) - _needed(log_n, ours, middle)
    return _Factors(float(at), float((ratio * width).sum() / width.sum()), area)


def _needed(log_n: NDArray[np.float64], area: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the smallest log n at which an ascending curve reaches each wanted area; infinite where it doesn't."""
    after = np.searchsorted(area, wanted, side="left")
    inside = np.clip(after, 1, area.size - 1)
    rise = area[inside] - area[inside - 1]
    share = np.divide(wanted - area[inside - 1], rise, out=np.zeros_like(wanted), where=rise > 0)
    straight = log_n[inside - 1] + share * (log_n[inside] - log_n[inside - 1])
    return np.where(after == 0, log_n[0], np.where(after == area.size, np.inf, straight))


def _resampled(
    pretrained: LearningCurve, scratch: LearningCurve, log_n: NDArray[np.float64], *, resamples: int, seed: int
) -> NDArray[np.float64]:
    """Return the logarithms of both factors in each resample, float64 (resample, 2)."""
    generator = np.random.default_rng(np.random.SeedSequence([seed]))
    draws = pretrained.area.shape[0]
    # a resample that lost a class has no area
    whole = np.flatnonzero(~np.isnan(pretrained.replicates + scratch.replicates).any(axis=(1, 2)))
    found = np.empty((resamples, 2))
    for resample in range(resamples):
        chosen = generator.integers(draws, size=draws)
        ours, theirs = pretrained.area, scratch.area
        if whole.size:
            of = whole[resample % whole.size]
            ours, theirs = pretrained.replicates[of], scratch.replicates[of]
        factors = _factors(log_n, ours[chosen].mean(axis=0), theirs[chosen].mean(axis=0))
        found[resample] = factors.at_smallest, factors.over_range
    return found


def _limits(log_factors: NDArray[np.float64], *, level: float) -> tuple[float, float]:
    """Return the percentile limits of factors, some of which may be infinite or 0."""
    low, high = np.quantile(log_factors, [(1 - level) / 2, (1 + level) / 2], method="inverted_cdf")
    return float(np.exp(low)), float(np.exp(high))


def _at_smallest(
    found: float,
    drawn: NDArray[np.float64],
    *,
    bound: float,
    level: float,
    counts: tuple[int, int, int],
    method: str,
) -> Estimate:
    low, high = _limits(drawn, level=level)
    if math.isfinite(found):
        value = math.exp(found)
        return Estimate(value, min(low, value), max(high, value), *counts, method, level)
    if found > 0:
        value = math.exp(bound)
        reason = f"at least {value:.3g}: the curve from scratch doesn't reach the pretrained one's smallest area"
        return Estimate(value, min(low, value), math.inf, *counts, method, level, reason)
    value = math.exp(-bound)
    reason = f"at most {value:.3g}: the pretrained curve doesn't reach the smallest area of the one from scratch"
    return Estimate(value, 0.0, max(high, value), *counts, method, level, reason)


def _over_range(
    found: float, drawn: NDArray[np.float64], *, level: float, counts: tuple[int, int, int], method: str
) -> Estimate:
    if math.isnan(found):
        n, events, clusters = counts
        nothing = "the curves have no area in common, so there is no range to average over"
        return Estimate.undefined(nothing, n=n, events=events, clusters=clusters, method=method)
    common = drawn[~np.isnan(drawn)]
    low, high = _limits(common, level=level)
    value, lost = math.exp(found), 1 - common.size / drawn.size
    reason = f"{lost:.0%} of the resamples had no common range and are left out" if lost > (1 - level) / 2 else None
    return Estimate(value, min(low, value), max(high, value), *counts, method, level, reason)
