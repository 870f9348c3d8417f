"""The learning rate of each step: a straight rise, then half a cosine (Loshchilov and Hutter, arXiv:1608.03983)."""

from __future__ import annotations

import math

__all__ = ["cosine_learning_rate"]


def cosine_learning_rate(
    step: int, *, total_steps: int, warm_up: float, largest: float, smallest: float = 0.0
) -> float:
    """Return the learning rate of a step.

    With ``W = round(warm_up * total_steps)`` it is ``largest * (step + 1) / (W + 1)`` for ``step < W``, and then
    ``smallest + (largest - smallest) * (1 + cos(pi * (step - W) / (total_steps - W))) / 2``: ``largest`` at step ``W``,
    and ``smallest`` would be that of the step after the last. No restarts, as in most pretraining since.

    Parameters
    ----------
    step : int
        From 0 to ``total_steps - 1``.
    total_steps : int
    warm_up : float in [0, 1)
        Share of the steps.
    largest, smallest : float

    Examples
    --------
    >>> [round(cosine_learning_rate(s, total_steps=6, warm_up=0.34, largest=3.0), 3) for s in range(6)]
    [1.0, 2.0, 3.0, 2.561, 1.5, 0.439]
    """
    rise = min(round(warm_up * total_steps), total_steps - 1)
    if step < rise:
        return largest * (step + 1) / (rise + 1)
    turn = math.pi * (step - rise) / (total_steps - rise)
    return smallest + (largest - smallest) * (1 + math.cos(turn)) / 2
