"""Words of a statement -> the phrases in it, the longest first, from left to right."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field

from einthoven.cohort.labels.statement_phrases import Trie, expand, phrase_rows
from einthoven.cohort.labels.statement_spelling import known_words
from einthoven.cohort.labels.statement_text import Word, grammar, in_one_spelling

__all__ = ["FIND", "HEDGES", "UNREAD", "Item", "items_of", "phrases"]

FIND = "find"
FILLER = "@filler"
NEUTRAL = "@neutral"
# fewer words begin too many phrases
SHORTEST_CUT_PHRASE = 3
HEDGES = ("@hedge", "@hedge_list", "@hedge_near")
UNREAD = "@unread"


@dataclass(slots=True)
class Item:
    """A phrase of a statement.

    Attributes
    ----------
    kind : str
        ``find`` for findings, else a word of the grammar (``@hedge``, ``@place``, ...), ``@unread`` for a word that
        nobody knows.
    value : str
        What the word of the grammar is about: a place, a head, an age. Of a finding: the places inside of its phrase.
    concepts : list of (concept, sign)
        Sign is ``""`` (present), ``?`` (uncertain) or ``-`` (absent).
    start, end : int
        Characters of the text.
    """

    kind: str
    value: str
    start: int
    end: int
    concepts: list[tuple[str, str]] = field(default_factory=list)


@functools.cache
def phrases() -> Trie[str]:
    """Return every phrase with what it means."""
    trie: Trie[str] = Trie()
    # a word that says nothing by itself never hides one that does
    for row in sorted(phrase_rows(), key=lambda row: row.meaning != FILLER):
        for words in expand(row.phrase):
            trie.add(in_one_spelling(words), row.meaning)
    return trie


def items_of(words: Sequence[Word]) -> list[Item]:
    """Return the longest known phrases from left to right."""
    if not words:
        return []
    texts = ["^", *[word.text for word in words], "$"]
    last = len(texts) - 1
    has_places = not _skippable().isdisjoint(texts)
    items: list[Item] = []
    at = 0
    while at < last:
        meaning, length = _longest(texts, at, has_places=has_places)
        if at == 0 and meaning is None:
            at = 1
            continue
        if at + length < last and (cut := _cut_off(texts, at, length)) is not None:
            meaning, length = cut, last - at
        first = words[max(at, 1) - 1]
        if meaning is None:
            text = texts[at]
            kind = UNREAD if text[0].isalpha() and text not in known_words() else "@filler"
            items.append(Item(kind, "", first.start, first.end))
            at += 1
            continue
        final = words[min(at + length, last) - 2]
        item = _item(meaning, first.start, final.end)
        if item.kind == FIND:
            item.value = " ".join(text for text in texts[at : at + length] if text in _skippable())
        items.append(item)
        at += length
    return items


def _longest(texts: Sequence[str], at: int, *, has_places: bool) -> tuple[str | None, int]:
    """Return the longest phrase at a word.

    A place inside of a finding is passed over ("nonspecific inferior T wave abnormality"), and a phrase that says
    nothing yields to a finding that begins in it and ends behind it ("probable normal" to "normal sinus rhythm").
    """
    trie = phrases()
    meaning, length = trie.longest(texts, at)
    if has_places:
        over, over_length = trie.longest_over(texts, at, _skippable())
        if over_length > length and over is not None and (over == "@filler" or not over.startswith("@")):
            return over, over_length
    if meaning == NEUTRAL:
        for inner in range(at + 1, at + length):
            found, found_length = trie.longest(texts, inner)
            if found is not None and not found.startswith("@") and inner + found_length > at + length:
                return trie.longest(texts[:inner], at)
    return meaning, length


@functools.cache
def _skippable() -> frozenset[str]:
    return frozenset(grammar()["passed_over"])


def _cut_off(texts: Sequence[str], at: int, length: int) -> str | None:
    """Return the finding that the end of the statement begins, if it can be one alone."""
    left = len(texts) - 1 - at
    if left < SHORTEST_CUT_PHRASE or left <= length or at == 0:
        return None
    trie = phrases()
    meaning = trie.cut_off(texts, at, len(texts) - 1)
    if meaning is None or meaning.startswith(("@", "-", "?")):
        return None
    inner = (trie.longest(texts, later)[0] for later in range(at + 1, len(texts) - 1))
    if any(found is not None and not found.startswith("@") for found in inner):
        return None
    return meaning


def _item(meaning: str, start: int, end: int) -> Item:
    kind, value, concepts = _parsed(meaning)
    return Item(kind, value, start, end, list(concepts))


@functools.cache
def _parsed(meaning: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    if not meaning.startswith("@"):
        return FIND, "", tuple(_signed(concept) for concept in meaning.split())
    word, *more = meaning.split()
    kind, _, value = word.partition(":")
    return kind, value, tuple(_signed(concept) for concept in more)


def _signed(concept: str) -> tuple[str, str]:
    concept = concept.lstrip("+")
    return (concept[1:], concept[0]) if concept[0] in "?-" else (concept, "")
