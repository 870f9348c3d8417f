"""One slip of the finger in a text."""

from __future__ import annotations

import re

import numpy as np

__all__ = ["with_typing_error"]

_WORD = re.compile(r"[A-Za-z]{5,}")  # shorter ones and numbers are looked at again by whoever types them


def with_typing_error(text: str, random: np.random.Generator) -> str:
    """Return the text with two letters swapped, one left out, or one doubled, in one of its longer words.

    Examples
    --------
    >>> with_typing_error("Normal ejection fraction", np.random.default_rng(3))
    'Normal ejection farction'
    """
    words = list(_WORD.finditer(text))
    if not words:
        return text
    word = words[int(random.integers(len(words)))]
    at = word.start() + int(random.integers(1, len(word.group()) - 1))
    kind = int(random.integers(3))
    if kind == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    return text[:at] + text[at] + text[at:]
