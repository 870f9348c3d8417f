"""One spelling for the words of ECG statements, out of ``statement_words.csv``.

Plurals, abbreviations, British and American spelling, one typing error in a long word, two words run together, and a
word that was cut off.
"""

from __future__ import annotations

import csv
import functools
from collections import Counter
from collections.abc import Mapping
from importlib import resources

from einthoven.cohort.labels.statement_phrases import expand, phrase_rows

__all__ = ["canonical", "completed", "known_words", "single_words", "word_rows"]

# below, one edit too often turns one term into another (QT and QRS, flat and flag)
SHORTEST_CORRECTED = 6
LONGEST_CORRECTED = 40
SHORTEST_RUN_TOGETHER = 9
SHORTEST_PART = 4
SHORTEST_CUT = 4
ABBREVIATION_LENGTHS = (3, 4)
# so many times more phrases must hold one completion of a cut word than the next
CLEAR_LEAD = 3


@functools.lru_cache(maxsize=65536)
def canonical(word: str) -> tuple[str, ...]:
    """Return a word in its one spelling; a word nobody knows comes back as it is."""
    direct = _known(word)
    if direct is not None or len(word) > LONGEST_CORRECTED:
        return direct or (word,)
    if len(word) >= SHORTEST_RUN_TOGETHER:
        for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
            first, second = _known(word[:cut]), _known(word[cut:])
            if first is not None and second is not None:
                return first + second
    if len(word) >= SHORTEST_CORRECTED:
        near = {nearest for deleted in _deletions(word) for nearest in _misspelt().get(deleted, ())}
        meanings = {_known(nearest) for nearest in near if _is_one_edit(word, nearest)}
        if len(meanings) == 1:
            return meanings.pop() or (word,)
    return (word,)


def _known(word: str) -> tuple[str, ...] | None:
    singles, known = single_words(), known_words()
    if word in singles:
        return singles[word]
    if word in _meant_words():
        return (word,)
    for ending, instead in (("'s", ""), ("ies", "y"), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word[: -len(ending)] + instead
            if stem in singles:
                return singles[stem]
            if stem in known:
                return (stem,)
    return (word,) if word in known else None


def _deletions(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


@functools.cache
def _misspelt() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for word in known_words():
        if len(word) >= SHORTEST_CORRECTED and word.isalpha():
            for deleted in _deletions(word):
                found.setdefault(deleted, []).append(word)
    return {deleted: tuple(words) for deleted, words in found.items()}


def _is_one_edit(word: str, other: str) -> bool:
    """Return whether one letter was added, left out, exchanged, or two neighbours were swapped."""
    if abs(len(word) - len(other)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    if len(word) == len(other):
        swapped = word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]
        return word[at + 1 :] == other[at + 1 :] or swapped == other
    return word[at + 1 :] == other[at:] if len(word) > len(other) else word[at:] == other[at + 1 :]


def completed(written: str, *, is_lower_case: bool) -> tuple[str, ...] | None:
    """Return the words that a last word stands for if it was cut off; None if it may be whole.

    Parameters
    ----------
    written : str
        In lower case.
    is_lower_case : bool
        It was written so, though other words have capitals: PAC is an abbreviation, "Demand pac" the beginning of
        "pacing".
    """
    is_short = is_lower_case and written in _cuttable()
    is_unknown = written not in known_words() and canonical(written) == (written,)
    if not written.isalpha() or not (is_short or is_unknown):
        return None
    if len(written) < SHORTEST_CUT:
        return (written,)
    meanings = {_known(other) or (other,) for other in known_words() if other.startswith(written)}
    ranked = sorted(meanings, key=lambda means: sum(_frequency()[part] for part in means), reverse=True)
    if not ranked or (len(ranked) > 1 and _frequency()[ranked[0][0]] < CLEAR_LEAD * _frequency()[ranked[1][0]]):
        return (written,)
    return ranked[0]


@functools.cache
def _cuttable() -> frozenset[str]:
    """Return the abbreviations that are the beginning of another word, too."""
    short = {word for word, means in single_words().items() if len(word) in ABBREVIATION_LENGTHS and len(means) > 1}
    beginnings = {word[:size] for word in known_words() for size in ABBREVIATION_LENGTHS if len(word) > size + 1}
    return frozenset(short & beginnings)


@functools.cache
def _frequency() -> Counter[str]:
    return Counter(word for row in phrase_rows() for phrase in expand(row.phrase) for word in phrase)


@functools.cache
def known_words() -> frozenset[str]:
    """Return every word that a phrase or an abbreviation is made of."""
    return _meant_words() | frozenset(word for written, _ in word_rows() for word in written.split())


@functools.cache
def _meant_words() -> frozenset[str]:
    words = {word for row in phrase_rows() for phrase in expand(row.phrase) for word in phrase}
    return frozenset(words.union(*(means for _, means in word_rows())))


@functools.cache
def word_rows() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what is written and what it means, row by row."""
    file = resources.files("einthoven.cohort.labels").joinpath("statement_words.csv")
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return tuple((row["word"], tuple(row["means"].split())) for row in rows)


@functools.cache
def single_words() -> Mapping[str, tuple[str, ...]]:
    """Return what single words mean."""
    return {word: means for word, means in word_rows() if " " not in word}
