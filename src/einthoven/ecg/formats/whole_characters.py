r"""Text of JSON, which may spell half a character (``\ud800``) that no encoding can write."""

from __future__ import annotations

__all__ = ["whole_characters"]


def whole_characters(text: str) -> str:
    r"""Return the text with a mark of replacement for each half of a character.

    Examples
    --------
    >>> ascii(whole_characters("Zo\ud800")), whole_characters("Zoë")
    ("'Zo\\ufffd'", 'Zoë')
    """
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
