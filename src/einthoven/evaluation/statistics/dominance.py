"""For each observation, how many others precede or follow it in x and lie below, level with or above it in y.

This is what concordance of survival times, Kendall's tau and Jonckheere's test count. All pairs would be n squared; a
walk down the bits of the ranks of x, with the observations of each block kept in the order of y, takes n log n and is
one of running sums, so a million observations take seconds.

References
----------
.. [1] Knight, Journal of the American Statistical Association 61:436 (1966), doi:10.1080/01621459.1966.10480879
.. [2] Claude, Navarro and Ordonez, Information Systems 47:15 (2015), doi:10.1016/j.is.2014.06.002
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Dominance", "dominance"]


@dataclass(frozen=True, slots=True, eq=False)
class Dominance:
    """Sums of weights over the others, by their place; each float64 (observation,).

    Attributes
    ----------
    before_below, before_level, before_above
        Of those with smaller x, by y; sums of ``before_weight``.
    after_below, after_level, after_above
        Of those with greater x, by y; sums of ``after_weight``.
    """

    before_below: NDArray[np.float64]
    before_level: NDArray[np.float64]
    before_above: NDArray[np.float64]
    after_below: NDArray[np.float64]
    after_level: NDArray[np.float64]
    after_above: NDArray[np.float64]


def dominance(
    x: NDArray[np.int64],
    y: NDArray[np.float64],
    *,
    before_weight: NDArray[np.float64],
    after_weight: NDArray[np.float64],
) -> Dominance:
    """Return for each observation the weight of the others around it.

    Parameters
    ----------
    x : int64 (observation,)
        Ranks from 0 on, equal where tied; those tied in x are counted nowhere.
    y : float64 (observation,)
    before_weight, after_weight : float64 (observation,)
        What an observation counts to those that it precedes in x, and to those that it follows: an observation with
        smaller x adds its ``before_weight``.

    Examples
    --------
    >>> one = np.ones(3)
    >>> found = dominance(np.array([0, 1, 2]), np.array([5.0, 7.0, 5.0]), before_weight=one, after_weight=one)
    >>> found.before_level, found.after_below
    (array([0., 0., 1.]), array([0., 1., 0.]))
    """
    order = np.argsort(y, kind="stable")
    level = np.unique(y, return_inverse=True)[1].reshape(-1)[order]
    rank = x[order].astype(np.int64)
    sums = np.zeros((6, x.size))
    for bit in range(int(x.max()).bit_length() - 1, -1, -1) if x.size else ():
        block = rank >> (bit + 1)
        late = (rank >> bit & 1).astype(bool)
        weights = (before_weight[order], after_weight[order])
        _count(sums, order, level=level, block=block, late=late, weights=weights)
        # earlier half of each block first, each half still in the order of y
        place = np.argsort(rank >> bit, kind="stable")
        order, level, rank = order[place], level[place], rank[place]
    return Dominance(*sums)


def _count(
    sums: NDArray[np.float64],
    order: NDArray[np.int64],
    *,
    level: NDArray[np.int64],
    block: NDArray[np.int64],
    late: NDArray[np.bool_],
    weights: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    # an observation of the later half sees the earlier half of its block before it, and the other way round
    size = order.size
    new_block = np.append(True, block[1:] != block[:-1])
    new_level = new_block | np.append(True, level[1:] != level[:-1])
    block_start, level_start = (np.flatnonzero(new) for new in (new_block, new_level))
    of_block, of_level = np.cumsum(new_block) - 1, np.cumsum(new_level) - 1
    block_end, level_end = np.append(block_start[1:], size), np.append(level_start[1:], size)
    for first, seen, weight in ((0, late, weights[0]), (3, ~late, weights[1])):
        running = np.concatenate([[0.0], np.cumsum(np.where(seen, 0.0, weight))])
        mine = np.flatnonzero(seen)
        whose, group, tie = order[mine], of_block[mine], of_level[mine]
        sums[first, whose] += running[level_start[tie]] - running[block_start[group]]
        sums[first + 1, whose] += running[level_end[tie]] - running[level_start[tie]]
        sums[first + 2, whose] += running[block_end[group]] - running[level_end[tie]]
