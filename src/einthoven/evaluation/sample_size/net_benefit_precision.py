"""How precisely n records will show the standardised net benefit at a threshold of risk.

References
----------
.. [1] Marsh et al., Biometrics 76:843 (2020), doi:10.1111/biom.13190: its variance
.. [2] Riley et al., Stat Med 40:4230 (2021), doi:10.1002/sim.9025, criterion 4
"""

from __future__ import annotations

import math

from scipy import special

from einthoven.errors import SpecificationError
from einthoven.evaluation.sample_size.risk_distribution import check_share

__all__ = ["net_benefit_width", "size_for_net_benefit", "standardised_net_benefit"]


def standardised_net_benefit(threshold: float, *, prevalence: float, sensitivity: float, specificity: float) -> float:
    """Return net benefit over prevalence: ``sensitivity - w (1 - specificity)``, ``w = (1 - p) / p * t / (1 - t)``.

    Examples
    --------
    >>> round(standardised_net_benefit(0.1, prevalence=0.1, sensitivity=0.9, specificity=0.8), 3)
    0.7
    """
    return sensitivity - _odds_weight(threshold, prevalence) * (1 - specificity)


def net_benefit_width(
    n: float,
    threshold: float,
    *,
    prevalence: float,
    sensitivity: float,
    specificity: float,
    level: float = 0.95,
    design_effect: float = 1.0,
) -> float:
    """Return the expected width of the interval of the standardised net benefit."""
    variance = _variance(threshold, prevalence, sensitivity, specificity)
    return float(2 * special.ndtri((1 + level) / 2) * math.sqrt(variance * design_effect / n))


def size_for_net_benefit(
    threshold: float,
    *,
    width: float,
    prevalence: float,
    sensitivity: float,
    specificity: float,
    level: float = 0.95,
) -> int:
    """Return how many independent records make the interval of the standardised net benefit at most so wide.

    Examples
    --------
    >>> size_for_net_benefit(0.1, width=0.2, prevalence=0.1, sensitivity=0.9, specificity=0.8)
    585
    """
    if width <= 0:
        raise SpecificationError(f"the width of an interval must be positive, got {width:g}")
    variance = _variance(threshold, prevalence, sensitivity, specificity)
    return math.ceil(variance * (2 * float(special.ndtri((1 + level) / 2)) / width) ** 2)


def _variance(threshold: float, prevalence: float, sensitivity: float, specificity: float) -> float:
    """Return n times the variance of the standardised net benefit."""
    check_share(sensitivity, "the sensitivity")
    check_share(specificity, "the specificity")
    weight = _odds_weight(threshold, prevalence)
    found = sensitivity * (1 - sensitivity) / prevalence
    spared = weight**2 * specificity * (1 - specificity) / (1 - prevalence)
    of_the_prevalence = weight**2 * (1 - specificity) ** 2 / (prevalence * (1 - prevalence))
    return found + spared + of_the_prevalence


def _odds_weight(threshold: float, prevalence: float) -> float:
    check_share(threshold, "the threshold of risk")
    check_share(prevalence, "the prevalence")
    return (1 - prevalence) / prevalence * threshold / (1 - threshold)
