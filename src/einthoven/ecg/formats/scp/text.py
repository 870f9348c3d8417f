"""Text, dates and times in SCP-ECG (EN 1064, annex A and clause 5.4)."""

from __future__ import annotations

from datetime import date, datetime, time

__all__ = ["UTF_8", "encoding_of", "scp_date", "scp_text", "scp_texts", "scp_time"]

UTF_8 = 0x37
_WIDE = "utf-16-le"
# language support codes: the lowest bit says more than ASCII, the next one more than Latin-1
_ENCODINGS = {
    0x03: "iso8859-2",
    0x0B: "iso8859-4",
    0x13: "iso8859-5",
    0x1B: "iso8859-6",
    0x23: "iso8859-7",
    0x2B: "iso8859-8",
    0x33: "iso8859-11",
    0x3B: "iso8859-15",
    0x07: _WIDE,
    0x0F: "shift_jis",
    0x17: "euc_jp",
    0x1F: "euc_jp",
    0x27: "gb2312",
    0x2F: "cp949",
    UTF_8: "utf-8",
}
FIRST_UNICODE_VERSION = 30


def encoding_of(language: int, *, protocol: int) -> str:
    """Return the name of the encoding that a language support code stands for; from version 3.0 on it is UTF-8."""
    return "utf-8" if protocol >= FIRST_UNICODE_VERSION else _ENCODINGS.get(language, "latin-1")


def scp_text(content: bytes, encoding: str) -> str:
    r"""Return the text up to its terminating zero; Latin-1 where it breaks the rules of its encoding.

    Examples
    --------
    >>> scp_text(b"Zo\xc3\xab\x00rest", "utf-8")
    'Zoë'
    """
    return next(iter(scp_texts(content, encoding)), "")


def scp_texts(content: bytes, encoding: str) -> list[str]:
    """Return all texts that zeros separate, stripped."""
    if encoding == _WIDE:
        content = content[: len(content) // 2 * 2]
        return [word.strip() for word in content.decode(_WIDE, errors="replace").removeprefix("\ufeff").split("\0")]
    return [_decoded(word, encoding).strip() for word in content.split(b"\0")]


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return content.decode("latin-1")


def scp_date(content: bytes) -> date | None:
    """Return the day that 4 bytes (year, month, day) stand for, None when they stand for none."""
    try:
        return date(int.from_bytes(content[:2], "little"), content[2], content[3])
    except (IndexError, ValueError):
        return None


def scp_time(day: bytes, clock: bytes) -> datetime | None:
    """Return date and time of day, midnight where the clock is missing or out of range."""
    known = scp_date(day)
    if known is None:
        return None
    try:
        return datetime.combine(known, time(clock[0], clock[1], clock[2]))
    except (IndexError, ValueError):
        return datetime.combine(known, time())
