"""Breathing, which the rate, the heart's axis and the baseline follow."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from einthoven.simulation.rhythm.parameters import bounded_normal, section

__all__ = ["Breathing", "draw_breathing"]

_PARAMETERS = section("breathing")


@dataclass(frozen=True, slots=True)
class Breathing:
    """One rhythm of breathing: ``rate_hz`` and the ``phase`` in radians at the first sample."""

    rate_hz: float
    phase: float

    def depth(self, time_s: float) -> float:
        """Return how far the chest is lifted, -1 (breathed out) to 1 (breathed in)."""
        return math.sin(2 * math.pi * self.rate_hz * time_s + self.phase)


def draw_breathing(random: np.random.Generator) -> Breathing:
    """Return the breathing of someone at rest."""
    rate_per_min = bounded_normal(_PARAMETERS["rate_per_min"], random=random)
    return Breathing(rate_per_min / 60, 2 * math.pi * float(random.random()))
