"""The parameters of the noise, as ``parameters.toml`` beside this file states them with their sources."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

__all__ = ["section"]

_TEXT = resources.files(__package__).joinpath("parameters.toml").read_text(encoding="utf-8")
_SECTIONS: dict[str, dict[str, Any]] = tomllib.loads(_TEXT)


def section(name: str) -> dict[str, Any]:
    """Return one section of ``parameters.toml``."""
    return _SECTIONS[name]
