"""The text of an ECG statement -> words of one spelling, each with its place in the text.

Capitals, hyphens, numbers, dates and marks are evened out here; ``statement_spelling`` sees to the single words.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from einthoven.cohort.labels.statement_phrases import Trie
from einthoven.cohort.labels.statement_spelling import canonical, completed, single_words, word_rows

__all__ = ["Word", "grammar", "in_one_spelling", "words_of"]

# alone at the end: of QT, QRS or "undetermined" rather than a Q or U wave
CUT_LETTERS = ("q", "Q", "u", "U")
DATE = r"\d{1,2}[-/ ][a-z]{3}[-/ ]\d{2,4}(?:,?\s+\d{1,2}:\d{2}(?::\d{2})?)?(?:\s*[ap]m\b)?|\d+[-/]\d+[-/]\d+|\d+:\d\d+"
TOKEN = re.compile(
    rf"(?P<number>{DATE}(?::\d+)?|\d+\.\d+)|(?P<word>[1-9]:[1-9]\b|\d+(?:st|nd|rd|th|avb)\b|[a-z](?:[a-z0-9]|'(?=[a-z]))*)"
    r"(?:\(e?s\))?|(?P<digits>\d+)|(?P<mark>[,;:.?/&+|()\[\]\n\r°-])"
)
# one abbreviation may hold another: st segment and t wave -> st and t -> stt
MOST_REWRITINGS = 3
NUMBER = "#"
LINE = "newline"
BRACKETS = ("<", ">")
MARKS = {"(": "<", ")": ">", "[": "<", "]": ">", "-": ",", "|": LINE, "\n": LINE, "\r": LINE, ".": ";", "°": "degree"}


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
        words[first:] = _last(words[first:], text)
    words = _settled(words)
    return [Word(",", word.start, word.end) if word.text in BRACKETS else word for word in words]


def in_one_spelling(words: Sequence[str]) -> tuple[str, ...]:
    """Return words of a phrase as ``words_of`` gives them."""
    spelt = [Word(part, 0, 0) for word in words for part in (canonical(word) if word.isalpha() else (word,))]
    return tuple(word.text for word in _settled(spelt))


def _settled(words: list[Word]) -> list[Word]:
    for _ in range(MOST_REWRITINGS):
        rewritten = _rewritten(words)
        if len(rewritten) == len(words) and rewritten == words:
            break
        words = rewritten
    return words


def _last(words: list[Word], text: str) -> list[Word]:
    """Return the words of the last token, whole again where it was cut off."""
    start, end = words[0].start, words[0].end
    written = text[start:end]
    if written in CUT_LETTERS:
        return []
    whole = completed(written.lower(), is_lower_case=written.islower() and not text.islower())
    return words if whole is None else [Word(part, start, end) for part in whole]


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
            for word in canonical(last):
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
        for word in single_words().get(mark, (mark,)):
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
def _rewrites() -> Trie[tuple[str, ...]]:
    trie: Trie[tuple[str, ...]] = Trie()
    singles = single_words()
    for written, means in word_rows():
        if " " in written:
            words = tuple(part for word in written.split() for part in singles.get(word, (word,)))
            if words != means:
                trie.add(words, means)
    return trie
