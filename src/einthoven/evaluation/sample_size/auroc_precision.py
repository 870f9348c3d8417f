"""How precisely a study of n records will estimate an AUROC.

References
----------
.. [1] Hanley and McNeil, Radiology 143:29 (1982), doi:10.1148/radiology.143.1.7063747
.. [2] Newcombe, Stat Med 25:559 (2006), doi:10.1002/sim.2324, method 4; used by Riley et al., doi:10.1002/sim.9025
.. [3] Plackett, Biometrika 41:351 (1954), doi:10.1093/biomet/41.3-4.351: the integral of ``joint_excess``
"""

from __future__ import annotations

import numpy as np
from scipy import special

from einthoven.evaluation.sample_size.risk_distribution import check_share
from einthoven.evaluation.sample_size.sizes import smallest_size

__all__ = ["auroc_interval_width", "auroc_standard_error", "joint_excess", "newcombe_standard_error", "size_for_auroc"]


def auroc_standard_error(auroc: float, cases: float, controls: float) -> float:
    """Return the exact standard error of the AUROC of scores that are normal with one variance in cases and controls.

    It is what DeLong's method estimates. With ``t`` the AUROC, m cases, n controls:
    ``var = ((m - 1) * q + (n - 1) * q + t * (1 - t)) / (m * n)``, where ``q = P(both Y1 and Y2 < X) - t**2`` is
    Hanley and McNeil's ``Q1 - t**2`` for the normal instead of the exponential distribution.

    Parameters
    ----------
    auroc : float in (0.5, 1)
    cases, controls : float

    Examples
    --------
    >>> round(auroc_standard_error(0.8, 50, 150), 4)
    0.0356
    """
    check_share(auroc, "the AUROC", lowest=0.5)
    distance = float(special.ndtri(auroc))
    shared = joint_excess(distance, distance, 0.5)
    variance = (cases + controls - 2) * shared + auroc * (1 - auroc)
    return float(np.sqrt(variance / (cases * controls)))


def newcombe_standard_error(auroc: float, n: float, prevalence: float) -> float:
    """Return Newcombe's standard error (method 4), which assumes no distribution of the scores.

    ``t (1 - t) (1 + (n/2 - 1) (1 - t)/(2 - t) + (n/2 - 1) t/(1 + t)) / (n**2 p (1 - p))``, its root.

    Examples
    --------
    >>> round(newcombe_standard_error(0.8, 200, 0.25), 4)
    0.0362
    """
    pairs = n / 2 - 1
    spread = 1 + pairs * (1 - auroc) / (2 - auroc) + pairs * auroc / (1 + auroc)
    return float(np.sqrt(auroc * (1 - auroc) * spread / (n**2 * prevalence * (1 - prevalence))))


def auroc_interval_width(
    auroc: float, n: float, prevalence: float, *, level: float = 0.95, design_effect: float = 1.0
) -> float:
    """Return the expected width of the interval, ``2 z`` standard errors.

    Examples
    --------
    >>> round(auroc_interval_width(0.85, 1000, 0.1), 3)
    0.078
    """
    worth = n / design_effect
    error = auroc_standard_error(auroc, worth * prevalence, worth * (1 - prevalence))
    return float(2 * special.ndtri((1 + level) / 2) * error)


def size_for_auroc(auroc: float, prevalence: float, *, width: float, level: float = 0.95) -> int:
    """Return how many independent records make the interval at most so wide, by Newcombe's standard error.

    Examples
    --------
    >>> size_for_auroc(0.8, 0.018, width=0.1)
    4252
    """
    check_share(auroc, "the AUROC", lowest=0.5)
    check_share(prevalence, "the prevalence")
    z = special.ndtri((1 + level) / 2)
    return smallest_size(
        lambda n: 2 * z * newcombe_standard_error(auroc, n, prevalence) <= width, what=f"an AUROC width of {width:g}"
    )


def joint_excess(first: float, second: float, correlation: float) -> float:
    """Return ``P(A < first and B < second) - P(A < first) P(B < second)`` of standard normals with a correlation."""
    # the derivative of the joint probability by the correlation is the bivariate normal density
    nodes, weights = np.polynomial.legendre.leggauss(60)
    end = np.arcsin(correlation)
    angle = end * (nodes + 1) / 2
    exponent = (first**2 + second**2 - 2 * first * second * np.sin(angle)) / (2 * np.cos(angle) ** 2)
    return float(end / 2 * np.sum(weights * np.exp(-exponent)) / (2 * np.pi))
