"""The text of an ECG statement -> words of one spelling, each with its place in the text.

Capitals, hyphens, plurals, British and American spelling, abbreviations (``statement_words.csv``), one typing error in
a long word, two words run together and a word cut off at the end of the statement are evened out here.
"""

from __future__ import annotations

import csv
import functools
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from einthoven.cohort.labels.statement_phrases import Trie, expand, phrase_rows

__all__ = ["Word", "grammar", "in_one_spelling", "known_words", "words_of"]

# below, one edit too often turns one term into another (QT and QRS, flat and flag)
SHORTEST_CORRECTED = 6
SHORTEST_RUN_TOGETHER = 9
SHORTEST_PART = 4
SHORTEST_CUT = 4
ABBREVIATION_LENGTHS = (3, 4)
# alone at the end: of QT, QRS or "undetermined" rather than a Q or U wave
CUT_LETTERS = ("q", "Q", "u", "U")
# so many times more phrases must hold one completion of a cut word than the next
CLEAR_LEAD = 3
DATE = r"\d{1,2}[-/ ][a-z]{3}[-/ ]\d{2,4}(?:,?\s+\d{1,2}:\d{2}(?::\d{2})?)?(?:\s*[ap]m\b)?|\d+[-/]\d+[-/]\d+|\d+:\d\d+"
TOKEN = re.compile(
    rf"(?P<number>{DATE}(?::\d+)?|\d+\.\d+)|(?P<word>[1-9]:[1-9]\b|\d+(?:st|nd|rd|th|avb)\b|[a-z](?:[a-z0-9]|'(?=[a-z]))*)"
    r"(?:\(e?s\))?|(?P<digits>\d+)|(?P<mark>[,;:.?/&+|()\[\]\n\r°-])"
)
# one abbreviation may hold another: st segment and t wave -> st and t -> stt
MOST_REWRITINGS = 3
NUMBER = "#"
BRACKETS = ("<", ">")
MARKS = {"(": "<", ")": ">", "[": "<", "]": ">", "-": ",", "|": ";", "\n": ";", "\r": ";", ".": ";", "°": "degree"}


@dataclass(frozen=True, slots=True)
class Word:
    """A word in its one spelling, and the characters of the text that it stands for."""

    text: str
    start: int
    end: int


@functools.cache
def grammar() -> dict[str, Any]:
    """Return the rules of ``statement_grammar.toml``."""
    file = resources.files("einthoven.cohort.labels").joinpath("statement_grammar.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def words_of(text: str, *, keep_cut: bool = False) -> list[Word]:
    """Return the words and marks of a statement in one spelling.

    Parameters
    ----------
    text : str
    keep_cut : bool
        Leave a last word that was cut off as it is.
    """
    words = list(_tokens(_lowered(text)))
    if words and not keep_cut:
        first = next(at for at, word in enumerate(words) if word.start == words[-1].start)
        words[first:] = _completed(words[first:], text)
    words = _settled(words)
    return [Word(",", word.start, word.end) if word.text in BRACKETS else word for word in words]


def in_one_spelling(words: Sequence[str]) -> tuple[str, ...]:
    """Return words of a phrase as ``words_of`` gives them."""
    spelt = [Word(part, 0, 0) for word in words for part in (_canonical(word) if word.isalpha() else (word,))]
    return tuple(word.text for word in _settled(spelt))


def _settled(words: list[Word]) -> list[Word]:
    for _ in range(MOST_REWRITINGS):
        rewritten = _rewritten(words)
        if len(rewritten) == len(words) and rewritten == words:
            break
        words = rewritten
    return words


def _lowered(text: str) -> str:
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    # a few letters grow when lowered; the places in the text must stay
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)


def _tokens(text: str) -> Iterable[Word]:
    abbreviations = _abbreviations()
    last = ""
    for match in TOKEN.finditer(text.rstrip()):
        start, end = match.span()
        kind = match.lastgroup
        if kind == "word":
            last = match["word"]
            for word in _canonical(last):
                yield Word(word, start, end)
            continue
        # a single digit may be a type or a degree; longer numbers are measurements and dates
        mark = match.group() if kind == "mark" or (end - start == 1) else NUMBER
        if mark == "-" and text[start - 1 : start].isalnum() and text[end : end + 1].isalnum():
            continue
        if mark == "." and last in abbreviations and text[start - 1].isalnum():
            continue
        mark = MARKS.get(mark, mark)
        last = ""
        for word in _singles().get(mark, (mark,)):
            yield Word(word, start, end)


def _rewritten(words: list[Word]) -> list[Word]:
    trie = _rewrites()
    out: list[Word] = []
    at = 0
    while at < len(words):
        if words[at].text not in trie.root:
            out.append(words[at])
            at += 1
            continue
        found, length = trie.longest([word.text for word in words[at : at + trie.depth]], 0)
        if found is None:
            out.append(words[at])
            at += 1
        else:
            out += [Word(text, words[at].start, words[at + length - 1].end) for text in found]
            at += length
    return out


@functools.cache
def _abbreviations() -> frozenset[str]:
    return frozenset(grammar()["abbreviations"])


@functools.cache
def _word_rows() -> tuple[tuple[str, tuple[str, ...]], ...]:
    file = resources.files("einthoven.cohort.labels").joinpath("statement_words.csv")
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return tuple((row["word"], tuple(row["means"].split())) for row in rows)


@functools.cache
def _singles() -> Mapping[str, tuple[str, ...]]:
    return {word: means for word, means in _word_rows() if " " not in word}


@functools.cache
def _rewrites() -> Trie[tuple[str, ...]]:
    trie: Trie[tuple[str, ...]] = Trie()
    singles = _singles()
    for written, means in _word_rows():
        if " " in written:
            words = tuple(part for word in written.split() for part in singles.get(word, (word,)))
            if words != means:
                trie.add(words, means)
    return trie


@functools.cache
def known_words() -> frozenset[str]:
    """Return every word that a phrase or an abbreviation is made of."""
    return _meant_words() | frozenset(word for written, _ in _word_rows() for word in written.split())


@functools.cache
def _meant_words() -> frozenset[str]:
    words = {word for row in phrase_rows() for phrase in expand(row.phrase) for word in phrase}
    return frozenset(words.union(*(means for _, means in _word_rows())))


@functools.lru_cache(maxsize=65536)
def _canonical(word: str) -> tuple[str, ...]:
    """Return a word in its one spelling; a word nobody knows comes back as it is."""
    direct = _known(word)
    if direct is not None:
        return direct
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
    singles, known = _singles(), known_words()
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


def _completed(last: list[Word], text: str) -> list[Word]:
    """Return the last word of a statement, whole again where it was cut off and can be one word only."""
    start, end = last[0].start, last[0].end
    written = text[start:end]
    if written in CUT_LETTERS:
        return []
    # PAC is an abbreviation, "Demand pac" the beginning of pacing
    if written.islower() and not text.islower() and written in _cuttable():
        last = [Word(written, start, end)]
    elif last[0].text in known_words():
        return last
    if len(written) < SHORTEST_CUT or not written.isalpha():
        return last
    meanings = {_known(other) or (other,) for other in known_words() if other.startswith(written.lower())}
    ranked = sorted(meanings, key=lambda means: sum(_frequency()[part] for part in means), reverse=True)
    if not ranked or (len(ranked) > 1 and _frequency()[ranked[0][0]] < CLEAR_LEAD * _frequency()[ranked[1][0]]):
        return last
    return [Word(part, start, end) for part in ranked[0]]


@functools.cache
def _cuttable() -> frozenset[str]:
    """Return the abbreviations that are the beginning of another word, too."""
    short = {word for word, means in _singles().items() if len(word) in ABBREVIATION_LENGTHS and len(means) > 1}
    beginnings = {word[:size] for word in known_words() for size in ABBREVIATION_LENGTHS if len(word) > size + 1}
    return frozenset(short & beginnings)


@functools.cache
def _frequency() -> Counter[str]:
    return Counter(word for row in phrase_rows() for phrase in expand(row.phrase) for word in phrase)
