"""The parameters of the rhythm, as ``parameters.toml`` beside this file states them with their sources."""

from __future__ import annotations

import math
import tomllib
from importlib import resources
from typing import Any

import numpy as np

__all__ = ["bounded_normal", "lognormal", "section"]

_TEXT = resources.files(__package__).joinpath("parameters.toml").read_text(encoding="utf-8")
_SECTIONS: dict[str, dict[str, Any]] = tomllib.loads(_TEXT)


def section(name: str) -> dict[str, Any]:
    """Return one section of ``parameters.toml``."""
    return _SECTIONS[name]


def bounded_normal(spread: dict[str, float], *, random: np.random.Generator) -> float:
    """Return a draw of ``{mean, sd, low, high}``; what lies outside is brought to the nearer end."""
    draw = spread["mean"] + spread["sd"] * random.standard_normal()
    return float(min(max(draw, spread["low"]), spread["high"]))


def lognormal(spread: dict[str, float], *, random: np.random.Generator) -> float:
    """Return a draw of ``{median, sd_of_log}``, between ``low`` and ``high`` where these are given."""
    draw = spread["median"] * math.exp(spread["sd_of_log"] * random.standard_normal())
    return float(min(max(draw, spread.get("low", 0.0)), spread.get("high", math.inf)))
