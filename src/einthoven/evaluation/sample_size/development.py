"""How many patients the development of a regression model needs, so that it isn't fitted to chance.

References
----------
.. [1] Riley et al., BMJ 368:m441 (2020), doi:10.1136/bmj.m441
.. [2] Riley et al., Stat Med 38:1276 (2019), doi:10.1002/sim.7992
.. [3] Riley et al., Stat Med 40:859 (2021), doi:10.1002/sim.8806: Cox and Snell's R2 from an AUROC
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from einthoven.errors import SpecificationError
from einthoven.evaluation.sample_size.risk_distribution import RiskDistribution, check_share

__all__ = ["cox_snell_r2", "size_for_overall_risk", "size_for_r2_optimism", "size_for_shrinkage"]


def cox_snell_r2(risks: RiskDistribution) -> float:
    """Return Cox and Snell's R2 of a well calibrated model, ``1 - exp(-2 (logL - logL0) / n)``.

    Examples
    --------
    >>> round(cox_snell_r2(RiskDistribution.from_auroc(0.78, 0.2)), 3)
    0.159
    """
    fitted = np.mean(-special.entr(risks.risk) - special.entr(1 - risks.risk))
    return float(1 - np.exp(-2 * (fitted - _null_log_likelihood(risks.prevalence))))


def size_for_shrinkage(r2: float, parameters: int, *, shrinkage: float = 0.9) -> int:
    """Return how many patients keep the shrinkage of the coefficients at ``shrinkage``: ``p / ((S - 1) ln(1 - R2/S))``.

    Examples
    --------
    >>> size_for_shrinkage(0.288, 24)
    623
    """
    _check(r2, parameters)
    return math.ceil(parameters / ((shrinkage - 1) * math.log(1 - r2 / shrinkage)))


def size_for_r2_optimism(r2: float, parameters: int, prevalence: float, *, optimism: float = 0.05) -> int:
    """Return how many patients keep apparent and true Nagelkerke R2 within ``optimism``.

    Examples
    --------
    >>> size_for_r2_optimism(0.288, 24, 0.174)
    662
    """
    _check(r2, parameters)
    greatest = 1 - math.exp(2 * _null_log_likelihood(prevalence))
    return size_for_shrinkage(r2, parameters, shrinkage=r2 / (r2 + optimism * greatest))


def size_for_overall_risk(prevalence: float, *, margin: float = 0.05, level: float = 0.95) -> int:
    """Return how many patients give the overall risk to within ``margin``.

    Examples
    --------
    >>> size_for_overall_risk(0.174)
    221
    """
    check_share(prevalence, "the prevalence")
    return math.ceil((float(special.ndtri((1 + level) / 2)) / margin) ** 2 * prevalence * (1 - prevalence))


def _null_log_likelihood(prevalence: float) -> float:
    check_share(prevalence, "the prevalence")
    return prevalence * math.log(prevalence) + (1 - prevalence) * math.log1p(-prevalence)


def _check(r2: float, parameters: int) -> None:
    check_share(r2, "Cox and Snell's R2")
    if parameters < 1:
        raise SpecificationError(f"a model has at least 1 parameter, got {parameters}")
