"""How many independent patients several records of one patient are worth.

References
----------
.. [1] Kish, Survey Sampling (1965); Rutterford et al., Int J Epidemiol 44:1051 (2015), doi:10.1093/ije/dyv113
"""

from __future__ import annotations

from einthoven.errors import SpecificationError

__all__ = ["design_effect"]


def design_effect(records_per_patient: float, correlation: float) -> float:
    """Return by which factor the variance grows: ``1 + (m - 1) * ICC``.

    Parameters
    ----------
    records_per_patient : float
        ``m``; where patients differ in it, the mean plus variance / mean.
    correlation : float
        ``ICC``, the correlation of two records of one patient, in what the statistic averages (a placement value for an
        AUROC, right or wrong for a sensitivity); at most 1, where a second record tells nothing.

    Examples
    --------
    >>> design_effect(4, 0.5)
    2.5
    """
    if records_per_patient < 1:
        raise SpecificationError(f"a patient has at least one record, got {records_per_patient:g}")
    if not 0 <= correlation <= 1:
        raise SpecificationError(f"the correlation within a patient must lie in [0, 1], got {correlation:g}")
    return 1 + (records_per_patient - 1) * correlation
