"""Area under the part of the ROC curve where specificity is high."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from einthoven.errors import SpecificationError
from einthoven.evaluation.statistics.binary_outcome import binary_outcome
from einthoven.evaluation.statistics.curves import roc_curve

__all__ = ["partial_auroc"]


def partial_auroc(score: ArrayLike, truth: ArrayLike, *, min_specificity: float = 0.9) -> float:
    """Return the area under the ROC curve between specificity 1 and ``min_specificity``, not rescaled.

    The trapezoid rule over the curve's corners, cut off at the limit by linear interpolation, as R's pROC does [2]_.

    Parameters
    ----------
    score : float64 (record,)
        NaN is refused; ties give a sloping segment.
    truth : 0 or 1 (record,)
        Both classes are needed (OneClassError).
    min_specificity : float in [0, 1)
        The greatest possible area is ``1 - min_specificity``.

    References
    ----------
    .. [1] McClish, Medical Decision Making 9:190 (1989), doi:10.1177/0272989X8900900307
    .. [2] Robin et al., BMC Bioinformatics 12:77 (2011), doi:10.1186/1471-2105-12-77

    Examples
    --------
    >>> partial_auroc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], min_specificity=0.5)
    0.25
    """
    if not 0 <= min_specificity < 1:
        raise SpecificationError(f"min_specificity must lie in [0, 1), got {min_specificity}")
    data = binary_outcome(score, truth)
    curve = roc_curve(data.score, data.truth, points=data.n + 1)
    limit = 1 - min_specificity
    inside = curve.x <= limit
    # with several corners at one x np.interp returns the last, which is where the curve goes on
    x = np.append(curve.x[inside], limit)
    y = np.append(curve.y[inside], np.interp(limit, curve.x, curve.y))
    return float(np.trapezoid(y, x))
