"""The tables of numbers and words beside this file."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources
from typing import Any

__all__ = ["table_of"]


@functools.cache
def table_of(name: str) -> dict[str, Any]:
    """Return a parameter file of this folder by its name without suffix; it is read once and never changed."""
    text = resources.files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
