"""Power of comparing the AUROCs of two models on the same records, and of showing that one is not inferior.

References
----------
.. [1] Obuchowski, Stat Med 17:1 (1998): sample size for the comparison of ROC curves; Obuchowski and McClish, Stat Med
   16:1529 (1997), doi:10.1002/(SICI)1097-0258(19970715)16:13<1529::AID-SIM565>3.0.CO;2-H
.. [2] DeLong et al., Biometrics 44:837 (1988), doi:10.2307/2531595: the test whose power it is
"""

from __future__ import annotations

import numpy as np
from scipy import special

from einthoven.errors import SpecificationError
from einthoven.evaluation.sample_size.auroc_precision import auroc_standard_error, joint_excess
from einthoven.evaluation.sample_size.risk_distribution import check_share
from einthoven.evaluation.sample_size.sizes import smallest_size

__all__ = ["difference_standard_error", "noninferiority_power", "paired_power", "size_for_power"]


def difference_standard_error(
    auroc: float, other: float, cases: float, controls: float, *, correlation: float
) -> float:
    """Return the exact standard error of ``auroc - other``, both of binormal scores on the same records.

    Parameters
    ----------
    auroc, other : float in (0.5, 1)
    cases, controls : float
    correlation : float in [0, 1)
        Of the two scores among the cases and among the controls (not of the two areas); 0 for unpaired samples of this
        size each. Not sure? Take 0.5: less makes the study larger.

    Examples
    --------
    >>> round(difference_standard_error(0.85, 0.82, 100, 900, correlation=0.6), 4)
    0.0199
    """
    if not 0 <= correlation < 1:
        raise SpecificationError(f"the correlation of the two scores must lie in [0, 1), got {correlation:g}")
    first, second = special.ndtri(auroc), special.ndtri(other)
    across = joint_excess(first, second, correlation / 2)
    within = joint_excess(first, second, correlation)
    covariance = ((cases + controls - 2) * across + within) / (cases * controls)
    variances = (auroc_standard_error(one, cases, controls) ** 2 for one in (auroc, other))
    return float(np.sqrt(sum(variances) - 2 * covariance))


def paired_power(
    auroc: float,
    other: float,
    n: float,
    prevalence: float,
    *,
    correlation: float,
    level: float = 0.95,
    design_effect: float = 1.0,
) -> float:
    """Return the power of DeLong's paired test, two-sided at ``1 - level``.

    ``Phi(|difference| / se - z) + Phi(-|difference| / se - z)``.

    Examples
    --------
    >>> round(paired_power(0.85, 0.80, 1000, 0.1, correlation=0.6), 2)
    0.68
    """
    shift = abs(auroc - other) / _error(auroc, other, n / design_effect, prevalence, correlation)
    z = special.ndtri((1 + level) / 2)
    return float(special.ndtr(shift - z) + special.ndtr(-shift - z))


def noninferiority_power(
    auroc: float,
    other: float,
    n: float,
    prevalence: float,
    *,
    correlation: float,
    margin: float,
    level: float = 0.95,
    design_effect: float = 1.0,
) -> float:
    """Return the probability that the lower limit of ``auroc - other`` lies above ``-margin``.

    Examples
    --------
    >>> round(noninferiority_power(0.85, 0.85, 1000, 0.1, correlation=0.6, margin=0.05), 2)
    0.75
    """
    if margin <= 0:
        raise SpecificationError(f"the margin must be positive, got {margin:g}")
    error = _error(auroc, other, n / design_effect, prevalence, correlation)
    return float(special.ndtr((auroc - other + margin) / error - special.ndtri((1 + level) / 2)))


def size_for_power(
    auroc: float,
    other: float,
    prevalence: float,
    *,
    correlation: float,
    power: float = 0.8,
    level: float = 0.95,
    margin: float = 0.0,
) -> int:
    """Return how many independent records give the paired test this power; with a margin, that of non-inferiority.

    Examples
    --------
    >>> size_for_power(0.85, 0.80, 0.1, correlation=0.6)
    1325
    """
    check_share(power, "the power")
    if margin <= 0 and auroc == other:
        raise SpecificationError("two equal AUROCs have no difference to find; give a margin to show non-inferiority")
    if margin > 0 and auroc - other + margin <= 0:
        raise SpecificationError(f"a model that is worse by {other - auroc:g} can't be shown to be within {margin:g}")

    def enough(n: int) -> bool:
        if margin > 0:
            found = noninferiority_power(
                auroc, other, n, prevalence, correlation=correlation, margin=margin, level=level
            )
        else:
            found = paired_power(auroc, other, n, prevalence, correlation=correlation, level=level)
        return found >= power

    # two cases and two controls at least
    least = int(np.ceil(2 / min(prevalence, 1 - prevalence)))
    return smallest_size(enough, what=f"a power of {power:g}", least=least)


def _error(auroc: float, other: float, n: float, prevalence: float, correlation: float) -> float:
    check_share(prevalence, "the prevalence")
    return difference_standard_error(auroc, other, n * prevalence, n * (1 - prevalence), correlation=correlation)
