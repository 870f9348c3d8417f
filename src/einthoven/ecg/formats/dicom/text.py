"""Text of DICOM values in the character set that the file declares (PS3.5, chapter 6)."""

from __future__ import annotations

import functools
import warnings

__all__ = ["decoded_text"]


def decoded_text(value: bytes, character_set: bytes) -> str:
    r"""Return the text of a value, without the blanks and zeros that pad it.

    Characters beyond ASCII in a file that declares no set are read as UTF-8 where they are valid UTF-8, else as
    Latin-1: what recorders that forget to declare it write.

    Examples
    --------
    >>> decoded_text(b"M\xfcller^Anna ", b"ISO_IR 100"), decoded_text(b"SMITH^JO\0", b"")
    ('Müller^Anna', 'SMITH^JO')
    """
    trimmed = value.strip(b" \0\r\n\t")
    if trimmed.isascii() and b"\x1b" not in trimmed:
        return trimmed.decode("ascii")
    encodings = _encodings(character_set)
    if not encodings:
        return _undeclared(trimmed)
    if len(encodings) == 1 and b"\x1b" not in trimmed:
        return trimmed.decode(encodings[0], errors="replace")
    from pydicom.charset import decode_bytes

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what can't be decoded is replaced, and seen
            return decode_bytes(trimmed, list(encodings), set(b"^=\\\n\r\f\t"))
    except (LookupError, UnicodeDecodeError):
        return trimmed.decode("latin-1")


@functools.lru_cache(maxsize=64)
def _encodings(character_set: bytes) -> tuple[str, ...]:
    """Return the codecs of the declared sets; none for the default set, unknown sets left out."""
    from pydicom.charset import python_encoding

    names = [name.strip(b" \0").decode("ascii", errors="replace") for name in character_set.split(b"\\")]
    known = [python_encoding[name] for name in names if name in python_encoding]
    return () if not any(names) or not known else tuple(known)


def _undeclared(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
