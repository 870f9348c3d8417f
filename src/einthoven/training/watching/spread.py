"""How much of their room embeddings use: a collapsed encoder gives every ECG the same few numbers.

References
----------
.. [1] Garrido et al., RankMe, ICML 2023, arXiv:2210.02885, equation 3: effective rank
.. [2] Chen and He, SimSiam, CVPR 2021, arXiv:2011.10566, section 4.1: deviation of normalised embeddings
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Spread", "dead_share", "effective_rank", "normalised_deviation", "spread"]

_RANK_EPSILON = 1e-7  # of [1], for fp32
# of the typical deviation; a ReLU that is off for all records has 0
_DEAD = 0.01
# of the embeddings' size: below, what differs between records is the rounding of fp32 sums
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Spread:
    """How much of their room embeddings use.

    Attributes
    ----------
    effective_rank : float, 1 to the smaller of records and dimensions
    normalised_deviation : float, 0 to 1
        1 where records fill all directions alike, 0 where all embeddings point in one direction.
    dead_share : float, 0 to 1
        Of the dimensions, which say the same for every record.
    """

    effective_rank: float
    normalised_deviation: float
    dead_share: float


def spread(embeddings: NDArray[np.float64]) -> Spread:
    """Return all three measures of embeddings, float64 (record, D), of at least two records."""
    return Spread(
        effective_rank=effective_rank(embeddings),
        normalised_deviation=normalised_deviation(embeddings),
        dead_share=dead_share(embeddings),
    )


def effective_rank(embeddings: NDArray[np.float64]) -> float:
    """Return ``exp(entropy)`` of the singular values' shares [1]_: how many directions the embeddings use.

    Like the paper's, it isn't centred, so that embeddings which differ by nothing but noise have the rank 1. Singular
    values are taken from the smaller Gram matrix, which is faster and exact to 1e-8 of the largest.

    Parameters
    ----------
    embeddings : float64 (record, D)

    Examples
    --------
    >>> round(effective_rank(np.eye(8)), 3)
    8.0
    >>> round(effective_rank(np.ones((8, 8))), 3)
    1.0
    """
    records, width = embeddings.shape
    gram = embeddings.T @ embeddings if width <= records else embeddings @ embeddings.T
    singular = np.sqrt(np.clip(np.linalg.eigvalsh(gram), 0.0, None))
    total = float(singular.sum())
    if total == 0:
        return 1.0
    share = singular / total + _RANK_EPSILON
    return float(np.exp(-np.sum(share * np.log(share))))


def normalised_deviation(embeddings: NDArray[np.float64]) -> float:
    """Return the deviation of L2-normalised embeddings, averaged over dimensions, times ``sqrt(D)``.

    The paper plots it without the factor: then it is ``1 / sqrt(D)`` for directions that are spread evenly [2]_.

    Examples
    --------
    >>> round(normalised_deviation(np.random.default_rng(0).standard_normal((500, 20))), 2)
    1.0
    """
    length = np.linalg.norm(embeddings, axis=1, keepdims=True)
    normalised = embeddings / np.where(length > 0, length, 1.0)
    return float(normalised.std(axis=0).mean() * math.sqrt(embeddings.shape[1]))


def dead_share(embeddings: NDArray[np.float64]) -> float:
    """Return the share of dimensions whose deviation over the records is below a hundredth of the typical one.

    Typical is the root mean square over the dimensions. Where even that is rounding, all dimensions are dead.

    Examples
    --------
    >>> dead_share(np.array([[1.0, 5.0], [2.0, 5.0], [4.0, 5.0]]))
    0.5
    """
    deviation = embeddings.std(axis=0)
    typical = float(np.sqrt(np.mean(deviation**2)))
    if typical <= _ROUNDING * float(np.sqrt(np.mean(embeddings**2))):
        return 1.0
    return float(np.mean(deviation < _DEAD * typical))
