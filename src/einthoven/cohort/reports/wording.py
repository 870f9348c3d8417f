"""Wordings of the rules, and the tree in which the longest of all of them at a place is found.

A wording is lower case text in which ``" "`` is one to three of white space, hyphen and underscore, ``"_"`` the same or
nothing, ``"(a|b|)"`` a choice, which may be nested, and ``"?"`` makes the character before it optional. A parenthesis
without a bar is a parenthesis.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

__all__ = ["Tree", "expand", "grow", "longest"]

Tree = dict[str, Any]
"""From each character to the tree of what may follow it, "" to the wording that ends here; " " is a separator."""
SEPARATORS: Final = frozenset(" \t\n-_")
MOST_SEPARATORS: Final = 3
OPTIONAL: Final = re.compile(r"(\w)\?")


def expand(wording: str) -> frozenset[str]:
    """Return all texts that a wording stands for, with single spaces for separators.

    Examples
    --------
    >>> sorted(expand("(lv|)_ef"))
    ['ef', 'lv ef', 'lvef']
    >>> expand("ef (rv)")
    frozenset({'ef (rv)'})
    """
    texts = _sequence(OPTIONAL.sub(r"(\1|)", wording.replace("-", " ")))
    return frozenset(re.sub(r" +", " ", text).strip() for text in texts if text.strip())


def _sequence(wording: str) -> list[str]:
    texts = [""]
    for choices in _parts(wording):
        texts = [text + choice for text in texts for choice in choices]
    return texts


def _parts(wording: str) -> Iterator[list[str]]:
    """Yield what may stand at each place in turn."""
    position = 0
    while position < len(wording):
        character = wording[position]
        if character == "(":
            end = _closing(wording, position)
            inner = wording[position + 1 : end]
            branches = _branches(inner)
            yield (
                [text for branch in branches for text in _sequence(branch)]
                if len(branches) > 1
                else [f"({text})" for text in _sequence(inner)]
            )
            position = end
        else:
            yield ["", " "] if character == "_" else [character]
        position += 1


def _closing(wording: str, opening: int) -> int:
    depth = 0
    for position in range(opening, len(wording)):
        depth += {"(": 1, ")": -1}.get(wording[position], 0)
        if depth == 0:
            return position
    raise ValueError(f"the wording {wording!r} opens a parenthesis that it doesn't close")


def _branches(inner: str) -> list[str]:
    branches, depth = [""], 0
    for character in inner:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "|" and depth == 0:
            branches.append("")
        else:
            branches[-1] += character
    return branches


def grow(texts: Iterable[str]) -> Tree:
    """Return the tree of all texts."""
    tree: Tree = {}
    for text in texts:
        node = tree
        for character in text:
            node = node.setdefault(character, {})
        node[""] = text
    return tree


def longest(tree: Tree, text: str, start: int) -> tuple[str, int]:
    """Return the longest wording of the tree that stands at ``text[start:]``, and where it ends; "" where none does.

    A wording that ends in a Latin letter isn't followed by one.
    """
    node: Tree | None = tree
    position, size = start, len(text)
    found, end = "", start
    while node is not None and position < size:
        character = text[position]
        if character in SEPARATORS:
            node = node.get(" ")
            position += 1
            last = min(size, position + MOST_SEPARATORS - 1)
            while position < last and text[position] in SEPARATORS:
                position += 1
        else:
            node = node.get(character)
            position += 1
        if (
            node is not None
            and "" in node
            and not ("a" <= character <= "z" and "a" <= text[position : position + 1] <= "z")
        ):
            found, end = node[""], position
    return found, end
