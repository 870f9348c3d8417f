"""Texts from files, made fit for terminals and drawings."""

from __future__ import annotations

__all__ = ["printable", "shortened"]


def printable(text: str) -> str:
    r"""Return the text with a blank for what doesn't print: line ends, escape characters, changes of direction.

    Examples
    --------
    >>> printable("MAC 55\x1b[31m\n V9")
    'MAC 55 [31m  V9'
    """
    return text if text.isprintable() else "".join(letter if letter.isprintable() else " " for letter in text)


def shortened(text: str, *, at_most: int) -> str:
    """Return the text, cut with an ellipsis where it is longer than ``at_most`` letters.

    Examples
    --------
    >>> shortened("normal sinus rhythm", at_most=12)
    'normal sinu…'
    """
    return text if len(text) <= at_most else f"{text[: at_most - 1]}…"
