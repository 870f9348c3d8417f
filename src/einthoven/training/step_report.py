"""What one step of pretraining tells to whoever watches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["StepReport"]


@dataclass(frozen=True, slots=True)
class StepReport:
    """One step of the optimiser, over all processes.

    Attributes
    ----------
    step : int
        From 1.
    epoch : int
        From 1.
    terms : mapping of str to float
        ``loss`` (the weighted sum) and ``<objective>.<term>``.
    gradient_norm : float
        Before clipping.
    learning_rate : float
    samples : int
        Windows that the step learnt from, over all processes.
    micro_batch_size : int
    """

    step: int
    epoch: int
    terms: Mapping[str, float]
    gradient_norm: float
    learning_rate: float
    samples: int
    micro_batch_size: int
