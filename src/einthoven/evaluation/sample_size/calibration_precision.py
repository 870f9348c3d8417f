"""How precisely n records will show calibration: observed to expected events, intercept, slope.

References
----------
.. [1] Riley et al., Stat Med 40:4230 (2021), doi:10.1002/sim.9025, criteria 1 and 2
.. [2] Riley et al., BMJ 384:e074821 (2024), doi:10.1136/bmj-2023-074821
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from einthoven.errors import SpecificationError
from einthoven.evaluation.sample_size.risk_distribution import RiskDistribution, check_share

__all__ = [
    "calibration_in_the_large_width",
    "observed_to_expected_width",
    "size_for_calibration_slope",
    "size_for_observed_to_expected",
    "slope_width",
]


def observed_to_expected_width(
    n: float, prevalence: float, *, ratio: float = 1.0, level: float = 0.95, design_effect: float = 1.0
) -> float:
    """Return the expected width of the interval of O/E, ``ratio * 2 sinh(z se)``, ``se**2 = (1 - p) / (n p)``.

    Examples
    --------
    >>> round(observed_to_expected_width(1000, 0.1), 2)
    0.37
    """
    check_share(prevalence, "the prevalence")
    error = math.sqrt((1 - prevalence) * design_effect / (n * prevalence))
    return 2 * ratio * math.sinh(_z(level) * error)


def calibration_in_the_large_width(
    n: float, risks: RiskDistribution, *, level: float = 0.95, design_effect: float = 1.0
) -> float:
    """Return the expected width of the interval of calibration-in-the-large, ``2 z / sqrt(n mean(p (1 - p)))``."""
    return float(2 * _z(level) * np.sqrt(design_effect / (n * risks.information[0, 0])))


def slope_width(n: float, risks: RiskDistribution, *, level: float = 0.95, design_effect: float = 1.0) -> float:
    """Return the expected width of the interval of the calibration slope of a well calibrated model.

    Examples
    --------
    >>> round(slope_width(1000, RiskDistribution.from_auroc(0.85, 0.1)), 2)
    0.4
    """
    return float(2 * _z(level) * np.sqrt(_slope_variance(risks) * design_effect / n))


def size_for_observed_to_expected(prevalence: float, *, width: float, ratio: float = 1.0, level: float = 0.95) -> int:
    """Return how many independent records make the interval of O/E at most so wide.

    Examples
    --------
    >>> size_for_observed_to_expected(0.018, width=1)
    906
    """
    check_share(prevalence, "the prevalence")
    _check_width(width)
    error = math.asinh(width / (2 * ratio)) / _z(level)
    return math.ceil((1 - prevalence) / (prevalence * error**2))


def size_for_calibration_slope(risks: RiskDistribution, *, width: float, level: float = 0.95) -> int:
    """Return how many independent records make the interval of the slope at most so wide.

    ``n = I00 / (se**2 (I00 I11 - I01**2))`` with the information of one record on intercept (0) and slope (1).
    """
    _check_width(width)
    return math.ceil(_slope_variance(risks) * (2 * _z(level) / width) ** 2)


def _slope_variance(risks: RiskDistribution) -> float:
    return float(np.linalg.inv(risks.information)[1, 1])


def _check_width(width: float) -> None:
    if width <= 0:
        raise SpecificationError(f"the width of an interval must be positive, got {width:g}")


def _z(level: float) -> float:
    return float(special.ndtri((1 + level) / 2))
