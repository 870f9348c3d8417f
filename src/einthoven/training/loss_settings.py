"""Which loss yes and no labels are learnt with; free of torch, as reading a study has to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from einthoven.errors import SpecificationError

__all__ = ["LossKind", "LossSettings"]

LossKind = Literal["cross_entropy", "focal", "asymmetric"]


@dataclass(frozen=True, slots=True)
class LossSettings:
    """The loss of one label of one ECG; scores of the last two are no probabilities.

    Attributes
    ----------
    kind : ``cross_entropy``, ``focal`` or ``asymmetric``
    gamma : float
        Of the focal loss: how much less an entry counts that is nearly right.
    alpha : float in [0, 1)
        Of the focal loss: weight of positives, negatives have ``1 - alpha``; 0 for no such weights.
    gamma_negative, gamma_positive : float
        Of the asymmetric loss: the same for negatives and for positives.
    clip : float in [0, 1)
        Of the asymmetric loss: negatives with a smaller probability don't count at all.
    """

    kind: LossKind = "cross_entropy"
    gamma: float = 2.0
    alpha: float = 0.25
    gamma_negative: float = 4.0
    gamma_positive: float = 0.0
    clip: float = 0.05

    def __post_init__(self) -> None:
        if self.kind not in get_args(LossKind):
            raise SpecificationError(f"loss.kind must be one of {', '.join(get_args(LossKind))}, got {self.kind!r}")
        for name in ("gamma", "gamma_negative", "gamma_positive"):
            if not getattr(self, name) >= 0:
                raise SpecificationError(f"loss.{name} starts at 0, got {getattr(self, name)}")
        for name in ("alpha", "clip"):
            if not 0 <= getattr(self, name) < 1:
                raise SpecificationError(f"loss.{name} must lie in [0, 1), got {getattr(self, name)}")
