"""Settings as TOML text that reads back as what they were."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

__all__ = ["toml_text"]

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_text(values: Mapping[str, Any], *, heading: str = "") -> str:
    """Return a TOML document of nested mappings, lists, text, numbers, truth values and dates.

    Parameters
    ----------
    values : mapping
        None is left out: TOML has no word for it.
    heading : str
        Stands above it as a comment.

    Examples
    --------
    >>> print(toml_text({"seed": 7, "hospital": {"A": {"start": date(2012, 1, 1)}}}), end="")
    seed = 7
    <BLANKLINE>
    [hospital.A]
    start = 2012-01-01
    """
    comment = "".join(f"# {line}\n" for line in heading.splitlines())
    return comment + "\n".join(_tables(values, ())).lstrip("\n") + "\n"


def _tables(values: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    """Return the lines of a table: its own values first, since a table below it would take them up."""
    own = [f"{_key(name)} = {_value(value)}" for name, value in values.items() if not _is_left(value)]
    inner = {name: value for name, value in values.items() if isinstance(value, Mapping)}
    lines = ["", f"[{'.'.join(map(_key, path))}]"] if path and (own or not inner) else []
    lines += own
    for name, value in inner.items():
        lines += _tables(value, (*path, name))
    return lines


def _is_left(value: Any) -> bool:
    return value is None or isinstance(value, Mapping)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # TOML's basic strings escape as JSON's do
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    return repr(value)
