"""Small pieces of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["listed", "plain", "table"]


def plain(values: Mapping[str, Any]) -> str:
    """Return settings in one line, nested ones with dots."""
    words = []
    for name, value in values.items():
        if isinstance(value, Mapping):
            words += [f"{name}.{part}" for part in plain(value).split(", ") if part]
        elif isinstance(value, list | tuple):
            words.append(f"{name} = {' '.join(str(one) for one in value) or 'none'}")
        else:
            words.append(f"{name} = {value}")
    return ", ".join(words)


def listed(lines: Iterable[str]) -> str:
    """Return a bullet per line.

    Examples
    --------
    >>> print(listed(["one", "two"]))
    - one
    - two
    """
    return "\n".join(f"- {line}" for line in lines)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""Return a table; a bar in a cell is a bar.

    Examples
    --------
    >>> print(table(["a", "b"], [["1", "2|3"]]))
    | a | b |
    | --- | --- |
    | 1 | 2\|3 |
    """
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
