"""Activations of one chamber: when, and from which focus."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from einthoven.simulation.waveform import AtrialKind, VentricularKind

__all__ = ["Activations", "AtrialActivations", "VentricularActivations"]

Kind = TypeVar("Kind")


@dataclass(slots=True)
class Activations(Generic[Kind]):
    """Onsets in seconds, ascending, and the kind of each; grows while a rhythm is being made."""

    times_s: list[float] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=list)

    def add(self, time_s: float, kind: Kind) -> None:
        """Append one activation."""
        self.times_s.append(time_s)
        self.kinds.append(kind)


AtrialActivations = Activations[AtrialKind]
VentricularActivations = Activations[VentricularKind]
