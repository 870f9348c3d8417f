"""The parameters of the simulated people, with their sources, as ``parameters.toml`` holds them."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from einthoven.errors import SpecificationError
from einthoven.registry import nearest

__all__ = ["Risk", "expit", "parameters", "risk"]

NO_TERM = frozenset({"intercept", "source", "note"})


@dataclass(frozen=True, slots=True)
class Risk:
    """Log odds of something, linear in what is known of a patient."""

    intercept: float
    terms: tuple[tuple[str, float], ...]

    def log_odds(self, facts: Mapping[str, float]) -> float:
        """Return the log odds; a fact that isn't there counts as 0."""
        total = self.intercept
        for name, weight in self.terms:
            total += weight * facts.get(name, 0.0)
        return total

    def probability(self, facts: Mapping[str, float]) -> float:
        """Return the probability."""
        return expit(self.log_odds(facts))


def expit(log_odds: float) -> float:
    """Return the probability of log odds.

    Examples
    --------
    >>> expit(0.0)
    0.5
    """
    return 1.0 / (1.0 + math.exp(-min(max(log_odds, -40.0), 40.0)))


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("parameters.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=256)
def parameters(section: str) -> dict[str, Any]:
    """Return one section, named like ``"echo.error"``.

    Raises
    ------
    SpecificationError
        For a section that the file doesn't hold.
    """
    found: Any = _file()
    for part in section.split("."):
        if part not in found:
            raise SpecificationError(f"parameters.toml has no section {section!r}{nearest(part, found)}")
        found = found[part]
    return dict(found)


@lru_cache(maxsize=256)
def risk(section: str) -> Risk:
    """Return a section as log odds; every number in it but the intercept is a term."""
    found = parameters(section)
    return Risk(
        intercept=float(found["intercept"]),
        terms=tuple((name, float(weight)) for name, weight in found.items() if name not in NO_TERM),
    )
