"""Resolve a component's name in its family's literal table, or in the entry points of other packages.

A family is a module-level table such as ``FORMATS = {"wfdb": "einthoven.ecg.formats.wfdb.read:FORMAT"}``: easy to grep,
nothing is imported before it is asked for. Another package adds a member by the entry point group
``einthoven.<family>``; a study file can name members, never import paths.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterable, Mapping
from importlib import metadata
from typing import Any

from einthoven.errors import UnknownNameError

__all__ = ["names", "nearest", "resolve"]

MOST_SHOWN = 40  # names that a message lists; more than that nobody reads


def resolve(family: str, name: str, table: Mapping[str, str]) -> Any:
    """Return the object that ``name`` stands for in ``family``.

    Parameters
    ----------
    family : str
        Plural, as in the entry point group, for example ``formats``.
    name : str
    table : mapping of name to ``"module:attribute"``
        The members that einthoven ships.

    Raises
    ------
    UnknownNameError
        Names the nearest member.

    Examples
    --------
    >>> resolve("roots", "sqrt", {"sqrt": "math:sqrt"})(9.0)
    3.0
    """
    if name in table:
        return _load(table[name])
    for entry_point in metadata.entry_points(group=f"einthoven.{family}", name=name):
        return entry_point.load()
    raise UnknownNameError(f"{family} has no {name!r}{nearest(name, names(family, table))}")


def names(family: str, table: Mapping[str, str]) -> list[str]:
    """Return all names of a family, those of other packages included, sorted."""
    external = {entry_point.name for entry_point in metadata.entry_points(group=f"einthoven.{family}")}
    return sorted(external | set(table))


def nearest(name: str, accepted: Iterable[str]) -> str:
    """Return the tail of an error message: the nearest accepted name, or all of them when none is near (some of many).

    Examples
    --------
    >>> nearest("hert", ["heart", "lung"])
    "; did you mean 'heart'?"
    """
    accepted = list(accepted)
    close = difflib.get_close_matches(name, accepted, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]!r}?"
    more = f" and {len(accepted) - MOST_SHOWN:,} more" if len(accepted) > MOST_SHOWN else ""
    return f"; accepted: {', '.join(accepted[:MOST_SHOWN])}{more}"


def _load(target: str) -> Any:
    module, _, attribute = target.partition(":")
    return getattr(importlib.import_module(module), attribute)
