"""Random numbers of one patient: the same for a seed, a site, a number and a purpose, whoever asks and in any order."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from enum import IntEnum

import numpy as np

__all__ = ["Draws", "Purpose", "draws_of"]

BLOCK = 96  # numbers drawn at once: one by one numpy takes ten times as long


class Purpose(IntEnum):
    """What a patient's random numbers are for; each has a stream of its own, so that one never shifts another."""

    COURSE = 1
    VISITS = 2
    STATES = 3
    REPORTS = 4
    RECORDS = 5


class Draws:
    """A stream of random numbers, drawn in blocks.

    Parameters
    ----------
    random : numpy.random.Generator
    """

    def __init__(self, random: np.random.Generator) -> None:
        self._random = random
        self._uniform: list[float] = []
        self._normal: list[float] = []

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """Return a number in [low, high)."""
        if not self._uniform:
            self._uniform = self._random.random(BLOCK).tolist()
        return low + (high - low) * self._uniform.pop()

    def normal(self, mean: float = 0.0, sd: float = 1.0) -> float:
        """Return a normally distributed number."""
        if not self._normal:
            self._normal = self._random.standard_normal(BLOCK).tolist()
        return mean + sd * self._normal.pop()

    def truncated_normal(self, mean: float, sd: float, *, low: float, high: float) -> float:
        """Return a normal number within [low, high]; after 64 misses the nearer bound."""
        for _ in range(64):
            value = self.normal(mean, sd)
            if low <= value <= high:
                return value
        return min(max(mean, low), high)

    def exponential(self, mean: float) -> float:
        """Return a waiting time; infinite where the mean is."""
        return -mean * math.log(1.0 - self.uniform()) if mean < math.inf else math.inf

    def chance(self, probability: float) -> bool:
        """Return whether something of this probability happens; one number is spent whatever it is."""
        return self.uniform() < probability

    def one_of(self, weights: Sequence[float]) -> int:
        """Return an index, each as often as its weight says."""
        left = self.uniform() * sum(weights)
        for index, weight in enumerate(weights):
            left -= weight
            if left < 0:
                return index
        return len(weights) - 1


def draws_of(seed: int, *, site: str, number: int, purpose: int) -> Draws:
    """Return the stream of one patient for one purpose."""
    sequence = np.random.SeedSequence([seed, zlib.crc32(site.encode()), number, purpose])
    return Draws(np.random.Generator(np.random.PCG64(sequence)))
