"""Intervals between ventricular beats in atrial fibrillation: an AV node under a hail of impulses.

Impulses arrive as a Poisson process; after a refractory period the chance that one is conducted rises linearly over a
relative refractory period (Cohen et al. 1983; Corino et al. 2011, doi:10.1109/TBME.2011.2166262, with two pathways).
With rate lambda and relative period tau the time x that is waited beyond the refractory period has the hazard
``lambda min(x / tau, 1)``, which is inverted here, so that an interval needs one random number.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.rhythm.parameters import bounded_normal, section

__all__ = ["fibrillation_intervals", "mean_wait", "wait"]

_PARAMETERS = section("fibrillation")


def fibrillation_intervals(mean_s: float, *, n: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Return float64 (n,), seconds: successive RR intervals, independent of each other, with the mean given."""
    refractory_share = bounded_normal(_PARAMETERS["refractory_share"], random=random)
    impulses = bounded_normal(_PARAMETERS["relative_period_impulses"], random=random)
    second_share = bounded_normal(_PARAMETERS["second_pathway_share"], random=random)
    longer = _PARAMETERS["second_pathway_longer"]
    refractory_s = refractory_share * mean_s / (1 + second_share * (longer - 1))
    relative_s = (1 - refractory_share) * mean_s / mean_wait(impulses)
    pathway = np.where(random.random(n) < second_share, longer, 1.0)
    waits = wait(random.standard_exponential(n), impulses=impulses)
    intervals = refractory_s * pathway + relative_s * waits
    return np.asarray(np.maximum(intervals, _PARAMETERS["shortest_s"]))


def wait(exponential: NDArray[np.float64], *, impulses: float) -> NDArray[np.float64]:
    """Return the wait in relative refractory periods, from standard exponential numbers.

    Inverse of the cumulative hazard ``impulses * x^2 / 2`` up to 1 and ``impulses * (x - 1 / 2)`` from there.

    Examples
    --------
    >>> wait(np.array([0.5, 1.0, 2.0]), impulses=2.0).round(3).tolist()
    [0.707, 1.0, 1.5]
    """
    return np.where(exponential < impulses / 2, np.sqrt(2 * exponential / impulses), exponential / impulses + 0.5)


def mean_wait(impulses: float) -> float:
    """Return the mean of ``wait``: the integral of ``exp(-cumulative hazard)``.

    Examples
    --------
    >>> round(mean_wait(2.0), 4)
    0.9307
    """
    rising = math.sqrt(math.pi / (2 * impulses)) * math.erf(math.sqrt(impulses / 2))
    return rising + math.exp(-impulses / 2) / impulses
