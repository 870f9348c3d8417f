"""Look for the identifiers of an input file in the files that were made from it.

A short word can stand in a file by chance: three letters in a compressed signal, a number among the samples. So long
identifiers are looked for in the files themselves, short ones in the same files written with a flat signal; as whole
words, in every encoding, with and without accents. What stands as often in the file of an unknown patient belongs to
the format.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from einthoven.ecg.formats.patient_words import as_date

__all__ = ["found_identifiers", "spellings"]

Files = Mapping[str, bytes]

LONG = 8  # bytes that don't come up by chance: once in 10^14 files of 100 kB
_STRETCH = 4096  # zeros in a row that hold no text, but would be searched for UTF-16
_MIN_LETTERS = 3
_MIN_DIGITS = 5
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
# parts of addresses and of the names of places and devices that stand in many a diagnosis and point to nobody; names
# of several words are looked for as a whole all the same
_COMMON = frozenset((
    "acute", "ambulatory", "and", "arrhythmia", "cardiac", "cardiology", "care", "cart", "center", "centre",
    "chest", "clinic", "clinical", "collection", "com", "coronary", "county", "critical", "department", "device",
    "ecg", "ekg", "electrophysiology", "emergency", "encounter", "exercise", "for", "general", "health", "heart",
    "holter", "hospital", "http", "https", "inpatient", "institute", "intensive", "laboratory", "left", "location",
    "mail", "main", "medical", "medicine", "monitor", "net", "new", "none", "normal", "not", "number",
    "observation", "office", "oid", "old", "org", "organization", "outpatient", "pacemaker", "pain", "patient",
    "pediatric", "person", "practitioner", "rest", "resting", "rhythm", "right", "room", "service", "site",
    "station", "stress", "system", "test", "the", "unit", "university", "unknown", "unspecified", "urn", "uuid",
    "ward", "with", "www",
))  # fmt: skip
_ENCODINGS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be")
_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_NAMED_MONTH = re.compile(r"(\d{1,2})-([A-Za-z]{3})-(\d{4})")
_OUTER_MARKS = re.compile(r"[\s,;^=/]+")
_INNER_MARKS = re.compile(r"[-_.@'’]+")  # Meier-Schmidt, jane.doe@mail; numbers in parts (UIDs) mean nothing one by one
_IDEOGRAPHS = re.compile("[\u2e80-\ud7ff\uf900-\ufaff]")  # two make a name, and no blanks stand around it
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae"})


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
    contents = [_contents(files) for files in (written, flat, anonymous)]
    return sorted({identifier for identifier in identifiers if _is_found(identifier, *contents)})


def spellings(identifier: str) -> list[str]:
    """Return the ways in which an identifier may be written: as it is, its parts, a date in the usual orders.

    Words with accents come without them, too, and numbers without leading zeros.

    Examples
    --------
    >>> spellings("Doe^Jane")
    ['Doe^Jane', 'Doe', 'Jane']
    """
    days = _days(identifier)
    if days:
        return [spelled for day in days for spelled in _dates(day)]
    outer = _OUTER_MARKS.split(identifier)
    inner = [part for word in outer for part in _INNER_MARKS.split(word) if _has_letter(part)]
    written = [variant for word in (identifier, *outer, *inner) for variant in _variants(word)]
    return [word for word in dict.fromkeys(written) if _is_telling(word)]


def _is_telling(word: str) -> bool:
    """Tell whether a word points to a person: not a number of few digits, a pair of letters or a common word."""
    least = _MIN_DIGITS if word.isdecimal() else 2 if _IDEOGRAPHS.search(word) else _MIN_LETTERS
    return len(word) >= least and word.lower() not in _COMMON


def _has_letter(word: str) -> bool:
    return any(character.isalpha() for character in word)


def _variants(word: str) -> list[str]:
    """Return the word composed and decomposed, without accents and with umlauts as two letters."""
    if word.isascii():
        return [word, word.lstrip("0")] if word.isdecimal() else [word]
    composed, decomposed = (unicodedata.normalize(form, word) for form in ("NFC", "NFD"))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return [composed, decomposed, bare, composed.lower().translate(_UMLAUTS)]


def _contents(files: Files) -> list[bytes]:
    """Return names and contents with ASCII letters in lower case, without the long stretches of a flat signal."""
    contents = (*files.values(), "\n".join(files).encode(errors="surrogateescape"))
    return [_unescaped(content).lower().replace(bytes(_STRETCH), bytes(8)) for content in contents]


def _unescaped(content: bytes) -> bytes:
    """Return XML without references to characters: MUSE XML writes ``&#252;`` for an umlaut."""
    if not content.lstrip().startswith(b"<") or b"&" not in content:
        return content
    return html.unescape(content.decode("utf-8", errors="replace")).encode()


def _is_found(identifier: str, written: list[bytes], flat: list[bytes], anonymous: list[bytes]) -> bool:
    for word in spellings(identifier):
        searched = written if len(word) >= LONG and not word.isalpha() else flat
        if _count(word, searched) > _count(word, anonymous):
            return True
    return False


def _count(word: str, contents: list[bytes]) -> int:
    """Return how often a word stands in the contents, with no letter or digit before or behind it.

    The bytes are searched as they are, for the text of a day of ECG in every encoding would take thirty times its size.
    """
    cases = {word, word.lower(), word.upper(), word.title()}
    patterns = {
        (spelled.encode(name, "surrogatepass").lower(), name)
        for spelled in cases
        for name in _ENCODINGS
        if _is_encodable(spelled, name)
    }
    found = {
        (number, at, name)
        for number, content in enumerate(contents)
        for pattern, name in patterns
        for at in _whole(content, pattern, encoding=name, within=bool(_IDEOGRAPHS.search(word)))
    }
    return len(found)


def _is_encodable(word: str, encoding: str) -> bool:
    """Tell whether an encoding spells a word in a way of its own; ASCII stands in Latin 1 as in UTF-8."""
    return encoding != "latin-1" or (not word.isascii() and max(word) <= "\xff")


def _whole(content: bytes, pattern: bytes, *, encoding: str, within: bool) -> Iterator[int]:
    """Yield where a pattern stands as a whole word, or also within words."""
    unit = 2 if encoding.startswith("utf-16") else 4  # bytes that a neighbouring character has at most
    at = content.find(pattern)
    while at >= 0:
        end = at + len(pattern)
        before = content[max(0, at - unit) : at].rjust(unit, b"\0").decode(encoding, errors="replace")[-1:]
        behind = content[end : end + unit].ljust(unit, b"\0").decode(encoding, errors="replace")[:1]
        if within or not (before.isalnum() or behind.isalnum()):
            yield at
        at = content.find(pattern, at + 1)


def _days(text: str) -> list[date]:
    """Return the days that a text may mean: two where day and month can't be told apart."""
    day = as_date(text)
    if day is not None:
        return [day]
    named = _NAMED_MONTH.fullmatch(text.strip())
    if named and named[2].upper() in _MONTHS:
        year, month, day_of_month = int(named[3]), _MONTHS.index(named[2].upper()) + 1, int(named[1])
        return [date(year, month, day_of_month)] if _is_day(year, month, day_of_month) else []
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
