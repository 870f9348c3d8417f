"""Look for the identifiers of an input file in the files that were made from it.

A short word can stand in a file by chance: three letters in a compressed signal, a number among the samples. So long
identifiers are looked for in the files themselves, short ones in the same files written with a flat signal; as whole
words, in every encoding. What stands as often in the file of an unknown patient belongs to the format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from einthoven.ecg.formats.patient_words import as_date

__all__ = ["found_identifiers", "spellings"]

Files = Mapping[str, bytes]

LONG = 8  # bytes that don't come up by chance: once in 10^14 files of 100 kB
_MIN_LETTERS = 3
_MIN_DIGITS = 5
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
# parts of the names of places and devices that stand in many a diagnosis and point to nobody; names as a whole are
# looked for all the same
_COMMON = frozenset(
    {
        "and",
        "cardiac",
        "cardiology",
        "cart",
        "center",
        "centre",
        "clinic",
        "clinical",
        "collection",
        "county",
        "department",
        "device",
        "ecg",
        "ekg",
        "emergency",
        "for",
        "general",
        "heart",
        "hospital",
        "institute",
        "laboratory",
        "left",
        "main",
        "medical",
        "medicine",
        "monitor",
        "none",
        "normal",
        "not",
        "number",
        "office",
        "right",
        "room",
        "service",
        "site",
        "station",
        "system",
        "test",
        "the",
        "unit",
        "university",
        "unknown",
        "ward",
        "with",
    }
)
_ENCODINGS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be")
_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")


def found_identifiers(identifiers: Iterable[str], *, written: Files, flat: Files, anonymous: Files) -> list[str]:
    """Return the identifiers that are still there.

    Parameters
    ----------
    identifiers : iterable of str
        As the input spells them.
    written : mapping of name to bytes
        The files to be handed out.
    flat : mapping of name to bytes
        The same, written with a signal of zeros.
    anonymous : mapping of name to bytes
        The same again, written for a patient of whom nothing is known.
    """
    texts = [_texts(files) for files in (written, flat, anonymous)]
    return sorted({identifier for identifier in identifiers if _is_found(identifier, *texts)})


def spellings(identifier: str) -> list[str]:
    """Return the ways in which an identifier may be written: as it is, its parts, a date in the usual orders.

    Examples
    --------
    >>> spellings("Doe^Jane")
    ['Doe^Jane', 'Doe', 'Jane']
    """
    days = _days(identifier)
    if days:
        return [spelled for day in days for spelled in _dates(day)]
    parts = [part for part in re.split(r"[\s,;^=/]+", identifier) if part]
    return [word for word in dict.fromkeys([identifier, *parts]) if _is_telling(word)]


def _is_telling(word: str) -> bool:
    """Tell whether a word points to a person: not a number of few digits, a pair of letters or a common word."""
    return len(word) >= (_MIN_DIGITS if word.isdecimal() else _MIN_LETTERS) and word.lower() not in _COMMON


def _texts(files: Files) -> list[str]:
    """Return names and contents as text in lower case, in every encoding; UTF-16 may begin at any byte."""
    readings = [(encoding, start) for encoding in _ENCODINGS for start in range(1 + encoding.startswith("utf-16"))]
    contents = [*files.values(), "\n".join(files).encode()]
    return [content[start:].decode(name, errors="replace").lower() for content in contents for name, start in readings]


def _is_found(identifier: str, written: list[str], flat: list[str], anonymous: list[str]) -> bool:
    for word in spellings(identifier):
        searched = written if len(word) >= LONG and not word.isalpha() else flat
        if _count(word.lower(), searched) > _count(word.lower(), anonymous):
            return True
    return False


def _count(word: str, texts: list[str]) -> int:
    """Return how often a word stands in the texts, with no letter or digit before or behind it."""
    whole = re.compile(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])")
    return sum(len(whole.findall(text)) for text in texts if word in text)  # the plain search is fifty times faster


def _days(text: str) -> list[date]:
    """Return the days that a text may mean: two where day and month can't be told apart."""
    day = as_date(text)
    if day is not None:
        return [day]
    numbers = _DAY_FIRST.fullmatch(text.strip())
    if not numbers:
        return []
    first, second, year = (int(part) for part in numbers.groups())
    return [date(year, month, day) for day, month in {(first, second), (second, first)} if _is_day(year, month, day)]


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _dates(day: date) -> list[str]:
    y, m, d = f"{day.year:04}", f"{day.month:02}", f"{day.day:02}"
    orders = [f"{y}{m}{d}", f"{d}-{_MONTHS[day.month - 1]}-{y}"]
    orders += [mark.join(parts) for mark in "-/." for parts in ((y, m, d), (d, m, y), (m, d, y))]
    return list(dict.fromkeys(orders))
