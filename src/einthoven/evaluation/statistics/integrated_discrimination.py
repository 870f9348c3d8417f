"""Integrated discrimination improvement: by how much the mean risks of events and non-events move apart."""

from __future__ import annotations

from numpy.typing import ArrayLike

from einthoven.errors import InvalidScoreError
from einthoven.evaluation.statistics.binary_outcome import binary_outcome
from einthoven.evaluation.statistics.class_change import ClassChange, class_change

__all__ = ["integrated_discrimination"]


def integrated_discrimination(
    risks_a: ArrayLike,
    risks_b: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> ClassChange:
    """Return the integrated discrimination improvement of risk ``a`` over risk ``b``, by class and in total.

    Events: the mean of ``a - b`` among them; non-events: the mean of ``b - a``; total: their sum, the change of the
    discrimination slope [1]_. Variance and edge cases as in ``class_change``.

    Caveats: it is the change of a mean on the risk scale, so a risk that is only made more extreme gains, and one that
    is better calibrated may lose; it moves with the prevalence; under no difference at all its law is not normal for
    nested models fitted on these records [2]_ [3]_. Never the only evidence.

    Parameters
    ----------
    risks_a, risks_b : float64 (record,)
        Probabilities: the new risk and the old one.
    truth : 0 or 1 (record,)
    clusters, weights : (record,), optional
    level : float in (0, 1)

    Raises
    ------
    InvalidScoreError, OneClassError
        A risk is no probability; a class is missing.

    References
    ----------
    .. [1] Pencina et al., Statistics in Medicine 27:157 (2008), doi:10.1002/sim.2929
    .. [2] Kerr et al., American Journal of Epidemiology 174:364 (2011), doi:10.1093/aje/kwr086
    .. [3] Hilden and Gerds, Statistics in Medicine 33:3405 (2014), doi:10.1002/sim.5804

    Examples
    --------
    >>> found = integrated_discrimination([0.9, 0.7, 0.2, 0.2], [0.6, 0.6, 0.3, 0.4], [1, 1, 0, 0])
    >>> round(found.events.difference.value, 2), round(found.nonevents.difference.value, 2)
    (0.2, 0.15)
    """
    new = binary_outcome(risks_a, truth, clusters=clusters, weights=weights)
    old = binary_outcome(risks_b, truth)
    for risk in (new.score, old.score):
        wrong = (risk < 0) | (risk > 1)
        if wrong.any():
            raise InvalidScoreError(f"integrated discrimination needs probabilities in [0, 1], got {risk[wrong][0]}")
    return class_change(
        new.score - old.score, new, method="integrated discrimination", level=level, sample_variance=True
    )
