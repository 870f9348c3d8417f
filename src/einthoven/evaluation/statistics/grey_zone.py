"""The grey zone: records between a border that rules a diagnosis out and one that rules it in.

References
----------
.. [1] Coste and Pouchot, International Journal of Epidemiology 32:304 (2003), doi:10.1093/ije/dyg054
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.errors import SpecificationError
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.binary_outcome import binary_outcome
from einthoven.evaluation.statistics.proportion import proportion

__all__ = ["GreyZone", "grey_zone"]


@dataclass(frozen=True, slots=True)
class GreyZone:
    """What two borders leave undecided, and how right they are about the rest.

    Attributes
    ----------
    share : Estimate
        Of all records, those at or above the lower border and below the upper one.
    npv_below : Estimate
        Of the records below the lower border, those without the diagnosis.
    ppv_above : Estimate
        Of the records at or above the upper border, those with the diagnosis.
    """

    share: Estimate
    npv_below: Estimate
    ppv_above: Estimate


def grey_zone(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    low: float,
    high: float,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> GreyZone:
    """Return the share of records with ``low <= score < high``, and the predictive values outside.

    Intervals as for ``proportion``. Where no record lies below, or above, that predictive value is undefined with a
    reason.

    Parameters
    ----------
    score : float64 (record,)
        Any scale; NaN is refused.
    truth : 0 or 1 (record,)
        One class alone is accepted.
    low, high : float
        Chosen on other data; ``low = high`` leaves no grey zone.
    clusters, weights : (record,), optional
        Patient of each record, and positive sampling weights.
    level : float in (0, 1)

    Examples
    --------
    >>> zone = grey_zone([0.1, 0.4, 0.35, 0.8, 0.7, 0.2], [0, 0, 1, 1, 1, 0], low=0.3, high=0.6)
    >>> round(zone.share.value, 3), zone.npv_below.value, zone.ppv_above.value
    (0.333, 1.0, 1.0)
    """
    if not low <= high:
        raise SpecificationError(
            f"the lower border of a grey zone must not lie above the upper one, got {low} > {high}"
        )
    data = binary_outcome(score, truth, clusters=clusters, weights=weights, both_classes=False)
    below, above = data.score < low, data.score >= high

    def share(hit: NDArray[np.bool_], kept: NDArray[np.bool_], empty: str) -> Estimate:
        weighed: dict[str, Any] = {} if data.weight is None else {"weights": data.weight[kept]}
        return proportion(hit[kept], clusters=data.patient[kept], level=level, empty=empty, **weighed)

    everyone = np.ones(data.n, dtype=bool)
    return GreyZone(
        share(~below & ~above, everyone, "there is no record"),
        share(~data.truth, below, "no record lies below the lower border"),
        share(data.truth, above, "no record lies above the upper border"),
    )
