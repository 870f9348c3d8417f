"""Words of a statement -> the phrases in it, and infarcts, ischaemia and injury with their places and ages.

"Old inferior and anterolateral infarct, possibly acute" is one head (infarct), two places and an age behind a doubt.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources

from einthoven.cohort.labels.statement_phrases import Trie, expand, phrase_rows
from einthoven.cohort.labels.statement_text import Word, grammar, in_one_spelling, known_words

__all__ = ["FIND", "HEDGES", "UNREAD", "Item", "items_of", "phrases", "with_heads_read"]

FIND = "find"
FILLER = "@filler"
NEUTRAL = "@neutral"
# fewer words begin too many phrases
SHORTEST_CUT_PHRASE = 3
HEDGES = ("@hedge", "@hedge_list", "@hedge_near")
UNREAD = "@unread"
PLACELESS = ("injury", "subendocardial")
BETWEEN = ("@filler", "@lead", "@in", "@due", *HEDGES)
JOINS = ("@and", "@or", "@slash", "@comma")


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
    items: list[Item] = []
    at = 0
    while at < last:
        meaning, length = _longest(texts, at)
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
            item.value = " ".join(text for text in texts[at : at + length] if text in _places())
        items.append(item)
        at += length
    return items


def _longest(texts: Sequence[str], at: int) -> tuple[str | None, int]:
    """Return the longest phrase at a word.

    A place inside of a finding is passed over ("nonspecific inferior T wave abnormality"), and a phrase that says
    nothing yields to a finding that begins in it and ends behind it ("probable normal" to "normal sinus rhythm").
    """
    trie = phrases()
    meaning, length = trie.longest(texts, at)
    if not _skippable().isdisjoint(texts):
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
    meaning = phrases().cut_off(texts[:-1], at)
    return meaning if meaning is not None and not meaning.startswith(("@", "-", "?")) else None


def _item(meaning: str, start: int, end: int) -> Item:
    if meaning.startswith("@"):
        word, *more = meaning.split()
        kind, _, value = word.partition(":")
        return Item(kind, value, start, end, [_signed(concept) for concept in more])
    return Item(FIND, "", start, end, [_signed(concept) for concept in meaning.split()])


@functools.cache
def _signed(concept: str) -> tuple[str, str]:
    concept = concept.lstrip("+")
    return (concept[1:], concept[0]) if concept[0] in "?-" else (concept, "")


@functools.cache
def _places() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    file = resources.files("einthoven.cohort.labels").joinpath("statement_places.csv")
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return {row["place"]: {head: tuple(row[head].split()) for head in ("infarct", "ischaemia")} for row in rows}


def with_heads_read(items: list[Item]) -> list[Item]:
    """Return the items of one clause with every head, its places and its ages made one finding."""
    heads = [at for at, item in enumerate(items) if item.kind == "@head"]
    if not heads:
        return items
    reader = _HeadReader(items)
    for head in heads:
        reader.read(head)
    return [item for at, item in enumerate(items) if at not in reader.dropped]


@dataclass(slots=True)
class _HeadReader:
    """Reads the heads of one clause from left to right."""

    items: list[Item]
    dropped: set[int] = field(default_factory=set)
    last_head: int = -1
    last_places: list[str] = field(default_factory=list)

    def read(self, head: int) -> None:
        """Turn the head into a finding and take its places and ages out of the clause."""
        item = self.items[head]
        places, ages, doubt, first = self._to_the_left(head)
        last = self._ages_to_the_right(head, ages)
        if not places:
            places, doubt, last = self._places_to_the_right(last)
            last = self._ages_to_the_right(last, ages)
        if not places and self._continues_last(first):
            places = self.last_places
        if not places and item.value == "ischaemia":
            places = self._places_of_sign(first)
        self.last_head, self.last_places = last, places
        item.concepts = self._concepts(item, places, ages, doubt=doubt)
        item.kind = FIND
        span = [at for at in range(first, last + 1) if at == head or at in self.dropped]
        item.start, item.end = self.items[span[0]].start, self.items[span[-1]].end

    def _concepts(
        self, item: Item, places: list[str], ages: list[tuple[str, str]], *, doubt: bool
    ) -> list[tuple[str, str]]:
        meaning = grammar()["heads"][item.value]
        aged = [(meaning[age], sign) for age, sign in ages if age in meaning] + item.concepts
        placed: list[tuple[str, str]] = []
        if item.value not in PLACELESS:
            sign = "?" if doubt else ""
            placed = [(concept, sign) for place in places for concept in _places()[place][item.value]]
        specific = [(concept, sign) for concept, sign in placed if concept != meaning["none"]]
        if not specific and not any(sign == "" for _, sign in aged):
            specific = [(meaning["none"], "")]
        return list(dict.fromkeys(specific + aged))

    def _free(self, at: int, kinds: tuple[str, ...]) -> bool:
        return 0 <= at < len(self.items) and at not in self.dropped and self.items[at].kind in kinds

    def _to_the_left(self, head: int) -> tuple[list[str], list[tuple[str, str]], bool, int]:
        places: list[str] = []
        ages: list[tuple[str, str]] = []
        doubt = False
        at, first = head - 1, head
        while at > self.last_head:
            item = self.items[at]
            if self._free(at, ("@place", "@age")):
                if item.kind == "@place":
                    places.insert(0, item.value)
                else:
                    ages.insert(0, (item.value, ""))
                self.dropped.add(at)
                first = at
            elif item.kind in JOINS and first < head and self._free(at - 1, ("@place", "@age")) and first == at + 1:
                doubt = doubt or item.kind == "@or"
                self.dropped.add(at)
                first = at
            elif item.kind != "@filler":
                break
            at -= 1
        return places, ages, doubt, first

    def _ages_to_the_right(self, last: int, ages: list[tuple[str, str]]) -> int:
        at, sign, passed = last + 1, "", []
        while at < len(self.items):
            item = self.items[at]
            if item.kind == "@age" and not self._belongs_to_later_head(at):
                ages.append((item.value, sign))
                self.dropped.update([*passed, at])
                last, sign, passed = at, "", []
            elif (item.kind in HEDGES and not sign) or (item.kind == "@or" and last in self.dropped):
                sign = "?"
                passed.append(at)
            elif item.kind in ("@comma", "@filler"):
                passed.append(at)
            else:
                break
            at += 1
        return last

    def _belongs_to_later_head(self, at: int) -> bool:
        if self.items[at].value in ("unknown", "known"):
            return False
        later = at + 1
        while later < len(self.items) and self.items[later].kind in ("@place", "@filler", "@age", "@and"):
            later += 1
        return later < len(self.items) and self.items[later].kind in ("@head", FIND)

    def _places_to_the_right(self, last: int) -> tuple[list[str], bool, int]:
        places: list[str] = []
        doubt, at, end, seen = False, last + 1, last, set()
        while at < len(self.items):
            item = self.items[at]
            if self._free(at, ("@place",)):
                places.append(item.value)
                seen.add(at)
                end = at
            elif item.kind in JOINS and (not places or self._free(at + 1, ("@place",))):
                doubt = doubt or (item.kind == "@or" and bool(places))
                seen.add(at)
            elif item.kind in ("@in", "@filler") and not places:
                seen.add(at)
            elif item.kind == "@lead" and places:
                seen.add(at)
                end = at
                break
            else:
                break
            at += 1
        following = self.items[end + 1].kind if end + 1 < len(self.items) else ""
        if not places or following in (FIND, "@head", UNREAD):
            return [], False, last
        self.dropped.update(other for other in seen if other <= end)
        return places, doubt, end

    def _continues_last(self, first: int) -> bool:
        if self.last_head < 0 or not self.last_places:
            return False
        between = [item.kind for item in self.items[self.last_head + 1 : first]]
        return bool(between) and all(kind in (*JOINS, "@filler") for kind in between)

    def _places_of_sign(self, first: int) -> list[str]:
        """Return where the sign is that the head explains: "inferior T wave inversion, consider ischemia"."""
        places: list[str] = []
        seen = False
        for at in range(first - 1, self.last_head, -1):
            item = self.items[at]
            if item.kind == FIND and not seen:
                if not any(concept in _localised() for concept, _ in item.concepts):
                    return []
                seen = True
                places = [*item.value.split(), *places]
            elif item.kind == "@place":
                places.insert(0, item.value)
            elif item.kind not in (*JOINS, *(BETWEEN if not seen else ("@filler",))):
                break
        return places if seen else []


@functools.cache
def _localised() -> frozenset[str]:
    return frozenset(grammar()["localised"])
