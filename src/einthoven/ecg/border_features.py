"""Classical estimates of where a wave begins and ends, lead by lead.

Three families of estimates, each for the lead itself, as the median over the leads, and for all leads jointly.
*Crossings*: the activity (smoothed steepness) is followed outwards until it stays below a share of its height.
*Quantiles*: the time at which a share of the activity's energy has passed, and the same for the *bow*, the distance
from a straight line under the wave. No single share is right for every shape; a weighted mean of them is, with weights
fitted to the marks of cardiologists (``border_weights``). Where a lead is flatter than the others its own estimates
weigh otherwise. Everything is relative to the wave's own height, so that a gain changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import correlate1d, gaussian_filter1d, maximum_filter1d

from einthoven.ecg.small_arrays import middle, ramp, within

__all__ = [
    "Activity",
    "BorderSearch",
    "Estimates",
    "activity_of",
    "border_estimates",
    "crossings",
    "energy_quantiles",
    "smoothed",
]

CROSSING_SHARES = np.array([0.06, 0.1, 0.15, 0.22, 0.32, 0.46, 0.66])
"""Of the highest activity."""

QUANTILES = np.array([0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4])
"""Of the energy, from the start for an onset, from behind for an end."""

BASE_QUANTILE = 3
"""Index of the joint quantile from which all estimates are measured."""

TRUNCATE = 3.0
"""Standard deviations of a Gaussian that are worth their time."""


@dataclass(frozen=True, slots=True, eq=False)
class Activity:
    """How steep a beat is.

    Attributes
    ----------
    steep : float64 (lead + 1, sample)
        Absolute slope of each lead, smoothed; last the length of the slope's vector over all leads.
    smooth : float64 (lead, sample)
        The signal itself, smoothed.
    """

    steep: NDArray[np.float64]
    smooth: NDArray[np.float64]

    @property
    def joint(self) -> NDArray[np.float64]:
        """Activity of all leads, float64 (sample,)."""
        joint: NDArray[np.float64] = self.steep[-1]
        return joint


@dataclass(frozen=True, slots=True)
class BorderSearch:
    """Where to look for one border; all in samples of the activity.

    Attributes
    ----------
    start, stop : int
        The activity is followed from ``start`` (within the wave) towards ``stop``: down for an onset.
    gap : int
        Samples that it must stay low.
    core : tuple of int
        First and past the last sample of where its height is taken.
    """

    start: int
    stop: int
    gap: int
    core: tuple[int, int]


class Estimates(NamedTuple):
    """Estimates of one border: ``base``, a sample, and float64 (lead, feature) in samples from it."""

    base: float
    features: NDArray[np.float64]


def smoothed(signal: NDArray[np.float64], scale: float, *, order: int = 0) -> NDArray[np.float64]:
    """Return the signal (..., sample), or a derivative of it, smoothed by a Gaussian of that standard deviation."""
    result: NDArray[np.float64] = correlate1d(signal, _kernel(scale, order), axis=-1, mode="nearest")
    return result


@lru_cache(maxsize=64)
def _kernel(scale: float, order: int) -> NDArray[np.float64]:
    """Return a Gaussian or its derivative as ``scipy.ndimage.gaussian_filter1d`` has it, made once."""
    reach = int(TRUNCATE * scale + 0.5)
    impulse = np.zeros(4 * reach + 1)
    impulse[2 * reach] = 1
    response: NDArray[np.float64] = gaussian_filter1d(impulse, scale, order=order, truncate=TRUNCATE)
    return response[reach : 3 * reach + 1][::-1].copy()


def activity_of(signal: NDArray[np.float64], *, scale: float, smoothing: float, bow_smoothing: float) -> Activity:
    """Return the activity of a beat.

    Parameters
    ----------
    signal : float64 (lead, sample)
    scale, smoothing, bow_smoothing : float
        Standard deviations of Gaussians, in samples: of the slope, of the activity, and of the signal itself.
    """
    slope = smoothed(signal, scale, order=1)
    steep = np.empty((len(signal) + 1, signal.shape[1]))
    np.abs(slope, out=steep[:-1])
    np.sqrt(np.einsum("ls,ls->s", slope, slope), out=steep[-1])
    return Activity(smoothed(steep, smoothing), smoothed(signal, bow_smoothing))


def border_estimates(
    activity: Activity,
    onset: BorderSearch,
    offset: BorderSearch,
    *,
    window: tuple[int, int],
    anchors: tuple[float, ...],
    reach: int,
) -> tuple[Estimates, Estimates]:
    """Return the estimates of a wave's onset and of its end.

    Features are own crossings, quantiles and bow quantiles; the same as median over the leads and jointly; the anchors;
    own crossings and quantiles times the lead's relative height, and that height.

    Parameters
    ----------
    activity : Activity
    onset, offset : BorderSearch
    window : tuple of int
        First and past the last sample of which the energy counts.
    anchors : tuple of float
        Places to which a border may be tied: the wave's apex, its steepest places.
    reach : int
        Estimates further than this from the base are taken for being there.
    """
    both = np.concatenate([activity.steep[:, window[0] : window[1]], _bows(activity.smooth, window)])
    steep, bow = np.split(energy_quantiles(both) + window[0], 2)
    n = QUANTILES.size
    return (
        _estimates(activity, onset, (steep[:, :n], bow[:, :n]), anchors=anchors, reach=reach),
        _estimates(activity, offset, (steep[:, n:], bow[:, n:]), anchors=anchors, reach=reach),
    )


def _estimates(
    activity: Activity,
    search: BorderSearch,
    quantiles: tuple[NDArray[np.float64], NDArray[np.float64]],
    *,
    anchors: tuple[float, ...],
    reach: int,
) -> Estimates:
    low, high = search.core
    heights = activity.steep[:, low:high].max(axis=1)
    places = np.concatenate([crossings(activity.steep, heights[:, None] * CROSSING_SHARES, search), *quantiles], axis=1)
    base = float(places[-1, CROSSING_SHARES.size + BASE_QUANTILE])
    own, n_places = places[:-1], places.shape[1]
    n_features = 3 * n_places + len(anchors)
    features = np.empty((len(own), n_features + 2 * QUANTILES.size + 1))
    features[:, :n_places] = own
    features[:, n_places : 2 * n_places] = middle(own)
    features[:, 2 * n_places : 3 * n_places] = places[-1]
    features[:, 3 * n_places : n_features] = anchors
    features[:, :n_features] -= base
    features[:, :n_features] = within(features[:, :n_features], -reach, reach)
    height = _relative(heights[:-1])[:, None]
    features[:, n_features:-1] = features[:, : 2 * QUANTILES.size] * height
    features[:, -1:] = reach * height
    return Estimates(base, features)


def _relative(heights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each lead's height in [0, 1]: 0.5 for the median lead, 1 from twice as high."""
    typical = float(middle(heights))
    return within(heights / (2 * typical), 0, 1) if typical > 0 else np.full(heights.shape, 0.5)


def _bows(smooth: NDArray[np.float64], window: tuple[int, int]) -> NDArray[np.float64]:
    """Return float64 (lead + 1, sample): distances from the line between a window's ends, last of all leads."""
    low, high = window
    start, end = smooth[:, low, None], smooth[:, min(high, smooth.shape[1] - 1), None]
    bows = np.empty((len(smooth) + 1, high - low))
    np.subtract(smooth[:, low:high], start + (end - start) * ramp(high - low), out=bows[:-1])
    np.sqrt(np.einsum("ls,ls->s", bows[:-1], bows[:-1]), out=bows[-1])
    return bows


def crossings(
    activity: NDArray[np.float64], thresholds: NDArray[np.float64], search: BorderSearch
) -> NDArray[np.float64]:
    """Return float64 (row, threshold): the sample from which activity stays below each threshold for ``search.gap``.

    Between samples by a straight line; ``search.stop`` where it never does.

    Parameters
    ----------
    activity : float64 (row, sample)
    thresholds : float64 (row, threshold)
    """
    step = 1 if search.stop > search.start else -1
    way = activity[:, search.start :: step][:, : abs(search.stop - search.start) + 1]
    ahead = maximum_filter1d(way, search.gap, axis=1, origin=-(search.gap // 2), mode="nearest")
    below = ahead[:, None, :] < thresholds[:, :, None]
    first = below.argmax(axis=2)
    rows = np.arange(len(activity))[:, None]
    never = ~below[rows, np.arange(thresholds.shape[1]), first]
    first[never] = way.shape[1] - 1
    before = np.maximum(first - 1, 0)
    above, under = way[rows, before], way[rows, first]
    crossed = (first > 0) & (above > under)
    part = np.divide(above - thresholds, above - under, out=np.ones(first.shape), where=crossed)
    found: NDArray[np.float64] = search.start + step * np.where(crossed, before + within(part, 0, 1), first)
    return found


def energy_quantiles(activity: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64 (row, 2 quantiles): where shares ``QUANTILES`` of each row's energy have passed, then are to come.

    Between samples by a straight line; energy stands at its sample's right end.

    Parameters
    ----------
    activity : float64 (row, sample)
    """
    n_rows, n_samples = activity.shape
    passed = np.zeros((n_rows, n_samples + 1))
    np.cumsum(activity * activity, axis=1, out=passed[:, 1:])
    passed /= np.maximum(passed[:, -1:], np.finfo(np.float64).tiny)
    wanted = np.concatenate([QUANTILES, 1 - QUANTILES])
    rows = np.arange(n_rows)[:, None]
    # one ascending line of all rows, two apart, so that one search serves them all
    at = np.searchsorted((passed + 2 * rows).ravel(), (wanted + 2 * rows).ravel()).reshape(n_rows, -1)
    at = np.minimum(np.maximum(at - rows * (n_samples + 1), 1), n_samples)
    under, above = passed[rows, at - 1], passed[rows, at]
    part = np.divide(wanted - under, above - under, out=np.ones(at.shape), where=above > under)
    found: NDArray[np.float64] = at - 2 + within(part, 0, 1)
    return found
