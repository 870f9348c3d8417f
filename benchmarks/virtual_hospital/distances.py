"""How far two samples of one quantity lie apart."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

__all__ = ["ANGLES", "Distance", "distance", "turned_together"]

FEWEST = 5
"""Values on each side; below, a distance is chance."""

CHANCE = 1.25
"""Mean Wasserstein distance of two normal samples times ``1 / sqrt(1 / n + 1 / m)``, by drawing them."""

ANGLES = frozenset({"p_axis_deg", "qrs_axis_deg", "t_axis_deg"})
"""Quantities on a circle of 360 degrees."""


class Distance(NamedTuple):
    """Distance between the real and the simulated values of one quantity.

    Attributes
    ----------
    wasserstein_sd : float
        Wasserstein distance divided by the real standard deviation (by the pooled one where all real are equal).
    ks : float in [0, 1]
        Kolmogorov and Smirnov's statistic.
    shift_sd : float
        Simulated less real median in the same unit; its sign says which way.
    absent_difference : float in [-1, 1]
        Share of simulated ECGs without a value less that of real ones.
    chance_sd : float
        What ``wasserstein_sd`` would be on average for two samples of these sizes from one normal distribution.
    """

    wasserstein_sd: float
    ks: float
    shift_sd: float
    absent_difference: float
    chance_sd: float


def distance(real: NDArray[np.float64], simulated: NDArray[np.float64], *, sd: float | None = None) -> Distance:
    """Return how far the values lie apart; NaN values count as absent, and too few of them give NaN.

    Parameters
    ----------
    real, simulated : float64 (n,), (m,)
    sd : float, optional
        What to divide by; by default the standard deviation of ``real``. For a small group that of a larger one.

    Examples
    --------
    >>> round(distance(np.arange(100.0), np.arange(100.0) + 29.0).shift_sd, 2)
    1.0
    """
    absent = float(np.isnan(simulated).mean() - np.isnan(real).mean())
    a, b = real[~np.isnan(real)], simulated[~np.isnan(simulated)]
    if min(a.size, b.size) < FEWEST:
        return Distance(math.nan, math.nan, math.nan, absent, math.nan)
    sd = sd or float(a.std(ddof=1)) or float(np.concatenate([a, b]).std(ddof=1)) or 1.0
    return Distance(
        wasserstein_sd=float(stats.wasserstein_distance(a, b)) / sd,
        ks=float(stats.ks_2samp(a, b).statistic),
        shift_sd=float(np.median(b) - np.median(a)) / sd,
        absent_difference=absent,
        chance_sd=float(CHANCE * np.sqrt(1 / a.size + 1 / b.size)),
    )


def turned_together(
    real: NDArray[np.float64], simulated: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return angles in degrees relative to the real ones' mean direction, -180 to 180, so that no sample is torn apart.

    Examples
    --------
    >>> real, simulated = turned_together(np.array([170.0, -170.0]), np.array([-160.0]))
    >>> real.round().tolist(), simulated.round().tolist()
    ([-10.0, 10.0], [20.0])
    """
    known = np.radians(real[~np.isnan(real)])
    centre = math.degrees(math.atan2(np.sin(known).sum(), np.cos(known).sum())) if known.size else 0.0
    return _folded(real - centre), _folded(simulated - centre)


def _folded(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    return (angle + 180.0) % 360.0 - 180.0
