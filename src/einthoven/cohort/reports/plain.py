"""A report in lower case, with one sign for each kind of dash, tilde, quote and space.

It changes character by character, so that all positions are those of the report.
"""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["plain"]

SIGNS: Final = {
    **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
    **dict.fromkeys("～∼〜˜∽", "~"),
    **dict.fromkeys("≧⩾", "≥"),
    **dict.fromkeys("≦⩽", "≤"),
    **dict.fromkeys("‘’ʼ′`´", "'"),
    **dict.fromkeys("\u00a0\u2009\u202f\u2007\u3000\u2002\u2003", " "),
    **dict.fromkeys("⇒➔➜➝⟶⇨▶►", "→"),
    **dict.fromkeys("\r\v\f\u2028\u2029", "\n"),
    "∕": "/",
    "⁄": "/",
    "│": "|",
    "¦": "|",
    "•": "\n",
    "·": ".",
    "“": '"',
    "”": '"',
}


class _Plain(dict[int, str]):
    """What each character becomes; filled as characters are met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        plain = SIGNS.get(character)
        if plain is None:
            wide = unicodedata.normalize("NFKC", character)
            keep = character in "±≥≤²³→½¼" or len(wide) != 1
            plain = character if keep else wide
            lower = plain.lower()
            plain = lower if len(lower) == 1 else plain
        self[code] = plain
        return plain


_PLAIN: Final = _Plain()


def plain(text: str) -> str:
    """Return the text in lower case with one sign for each kind of dash, tilde, quote and space; as long as it was."""
    return text.lower().replace("\r", "\n").replace("`", "'") if text.isascii() else text.translate(_PLAIN)
