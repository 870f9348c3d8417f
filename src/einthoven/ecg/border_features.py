"""Classical estimates of where a wave begins or ends, lead by lead, and their weighted mean.

Three families of estimates, each for the lead itself, as the median over the leads, and for all leads jointly.
*Crossings*: the activity (smoothed steepness) is followed outwards until it stays below a share of its height.
*Quantiles*: the time at which a share of the activity's energy has passed, and the same for the *bow*, the distance
from a straight line under the wave. No single share is right for every shape; a weighted mean of them is, with weights
fitted to the marks of cardiologists (``border_weights``). Where a lead is flatter than the others its own estimates
weigh otherwise. Everything is relative to the wave's own height, so that a gain changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

__all__ = ["Activity", "BorderSearch", "activity_of", "border_features", "crossings", "energy_quantiles", "follow_down"]

CROSSING_SHARES = np.array([0.06, 0.1, 0.15, 0.22, 0.32, 0.46, 0.66])
"""Of the highest activity."""

ONSET_QUANTILES = np.array([0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4])
"""Of the energy; an end has the same, counted from behind."""

BASE_QUANTILE = 3
"""Index of the joint quantile from which the others are measured."""


@dataclass(frozen=True, slots=True, eq=False)
class Activity:
    """How steep a beat is.

    Attributes
    ----------
    own : float64 (lead, sample)
        Absolute slope of each lead, smoothed.
    joint : float64 (sample,)
        Length of the slope's vector over all leads, smoothed.
    smooth : float64 (lead, sample)
        The signal itself, smoothed.
    """

    own: NDArray[np.float64]
    joint: NDArray[np.float64]
    smooth: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BorderSearch:
    """Where to look for one border; all in samples of the representative beat.

    Attributes
    ----------
    start, stop : int
        The activity is followed from ``start`` (within the wave) towards ``stop``: down for an onset.
    gap : int
        Samples that it must stay low.
    core : tuple of int
        First and past the last sample of where its height is taken.
    window : tuple of int
        The same for the energy.
    anchors : tuple of int
        Places to which the border may be tied: the wave's apex, its steepest places.
    reach : int
        Estimates further than this from the base are taken for being there.
    """

    start: int
    stop: int
    gap: int
    core: tuple[int, int]
    window: tuple[int, int]
    anchors: tuple[int, ...]
    reach: int


def activity_of(signal: NDArray[np.float64], *, scale: float, smoothing: float, bow_smoothing: float) -> Activity:
    """Return the activity of a beat.

    Parameters
    ----------
    signal : float64 (lead, sample)
    scale, smoothing, bow_smoothing : float
        Standard deviations of Gaussians, in samples: of the slope, of the activity, and of the signal itself.
    """
    slope = gaussian_filter1d(signal, scale, axis=1, order=1, mode="nearest")
    joint = np.sqrt((slope**2).sum(axis=0))
    return Activity(
        gaussian_filter1d(np.abs(slope), smoothing, axis=1, mode="nearest"),
        gaussian_filter1d(joint, smoothing, mode="nearest"),
        gaussian_filter1d(signal, bow_smoothing, axis=1, mode="nearest"),
    )


def border_features(activity: Activity, search: BorderSearch) -> tuple[float, NDArray[np.float64]]:
    """Return the base (a sample) and float64 (lead, feature): estimates of the border in samples from that base.

    Own crossings, quantiles and bow quantiles; the same of all leads, as median and jointly, and the anchors; own
    crossings and quantiles times the lead's relative height, and that height.
    """
    low, high = search.core
    backwards = search.stop > search.start
    heights = activity.own[:, low:high].max(axis=1)
    joint_height = activity.joint[low:high].max(keepdims=True)
    bows, joint_bow = _bows(activity.smooth, search.window)
    own = [
        crossings(activity.own, heights[:, None] * CROSSING_SHARES, search),
        energy_quantiles(activity.own, search.window, backwards=backwards),
        energy_quantiles(bows, search.window, backwards=backwards),
    ]
    joint = [
        crossings(activity.joint[None], joint_height[:, None] * CROSSING_SHARES, search)[0],
        energy_quantiles(activity.joint[None], search.window, backwards=backwards)[0],
        energy_quantiles(joint_bow[None], search.window, backwards=backwards)[0],
    ]
    base = float(joint[1][BASE_QUANTILE])
    middle = [np.median(estimates, axis=0) for estimates in own]
    shared = np.concatenate([*middle, *joint, search.anchors])
    places = np.concatenate([*own, np.broadcast_to(shared, (len(heights), shared.size))], axis=1) - base
    np.clip(places, -search.reach, search.reach, out=places)
    height = _relative(heights)[:, None]
    n_own = 2 * ONSET_QUANTILES.size
    return base, np.concatenate([places, places[:, :n_own] * height, search.reach * height], axis=1)


def _relative(heights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each lead's height in [0, 1]: 0.5 for the median lead, 1 from twice as high."""
    typical = float(np.median(heights))
    return np.clip(heights / (2 * typical), 0, 1) if typical > 0 else np.full(heights.shape, 0.5)


def _bows(smooth: NDArray[np.float64], window: tuple[int, int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the distance from the straight line between a window's ends, (lead, sample) and of all leads (sample,)."""
    low, high = window
    bows = np.zeros(smooth.shape)
    start, end = smooth[:, low, None], smooth[:, min(high, smooth.shape[1] - 1), None]
    bows[:, low:high] = np.abs(smooth[:, low:high] - start - (end - start) * np.linspace(0, 1, high - low))
    return bows, np.sqrt((bows**2).sum(axis=0))


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
    first = np.where(below.any(axis=2), below.argmax(axis=2), way.shape[1] - 1)
    before = np.maximum(first - 1, 0)
    rows = np.arange(len(activity))[:, None]
    above, under = way[rows, before], way[rows, first]
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.clip((above - thresholds) / (above - under), 0, 1)
    found: NDArray[np.float64] = search.start + step * (
        before + np.where((first > 0) & (above > under), part, first - before)
    )
    return found


def energy_quantiles(activity: NDArray[np.float64], window: tuple[int, int], *, backwards: bool) -> NDArray[np.float64]:
    """Return float64 (row, quantile): where the share of the energy in the window has passed that is asked for.

    Parameters
    ----------
    activity : float64 (row, sample)
    window : tuple of int
    backwards : bool
        Count from the window's end.
    """
    low, high = window
    way = activity[:, low:high]
    if backwards:
        way = way[:, ::-1]
    passed = np.cumsum(way**2, axis=1)
    passed /= np.maximum(passed[:, -1:], np.finfo(np.float64).tiny)
    # quantiles are few: a count of the samples below is the place among them
    count = (passed[:, None, :] < ONSET_QUANTILES[:, None]).sum(axis=2)
    rows = np.arange(len(way))[:, None]
    at = np.minimum(count, way.shape[1] - 1)
    above = passed[rows, at]
    under = np.where(at > 0, passed[rows, np.maximum(at - 1, 0)], 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where(above > under, (ONSET_QUANTILES - under) / (above - under), 0.0)
    place = at - 1 + np.clip(part, 0, 1)
    found: NDArray[np.float64] = high - 1 - place if backwards else low + place
    return found


def follow_down(joint: NDArray[np.float64], apex: int, *, share: float, gap: int, reach: int) -> tuple[int, int]:
    """Return the first and the last sample around an apex until the activity stays below a share of it.

    Parameters
    ----------
    joint : float64 (sample,)
    apex : int
    share : float
    gap : int
        Samples that it must stay low.
    reach : int
        No further from the apex.
    """
    borders = []
    for stop in (max(0, apex - reach), min(joint.size - 1, apex + reach)):
        search = BorderSearch(apex, stop, gap, core=(0, 0), window=(0, 0), anchors=(), reach=0)
        borders.append(round(float(crossings(joint[None], share * joint[apex, None, None], search)[0, 0])))
    return borders[0], borders[1]
