"""Infarcts, ischaemia and injury of a statement with their places and ages.

"Old inferior and anterolateral infarct, possibly acute" is one head (infarct), two places and an age behind a doubt.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources

from einthoven.cohort.labels.statement_items import FIND, HEDGES, UNREAD, Item
from einthoven.cohort.labels.statement_text import grammar

__all__ = ["with_heads_read"]

# injury is named without its place, as in the annotated statements
PLACELESS = ("injury", "subendocardial")
JOINS = ("@and", "@or", "@slash", "@comma")
BETWEEN = ("@filler", "@lead", "@in", "@due", *HEDGES)


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
        at, sign = last + 1, ""
        passed: list[int] = []
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
                    continue
                seen = True
                places = [*(word for word in item.value.split() if word in _places()), *places]
            elif item.kind == "@place":
                places.insert(0, item.value)
            elif item.kind not in (*JOINS, *(BETWEEN if not seen else ("@filler",))):
                break
        return places if seen else []


@functools.cache
def _localised() -> frozenset[str]:
    return frozenset(grammar()["localised"])


@functools.cache
def _places() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    file = resources.files("einthoven.cohort.labels").joinpath("statement_places.csv")
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return {row["place"]: {head: tuple(row[head].split()) for head in ("infarct", "ischaemia")} for row in rows}
