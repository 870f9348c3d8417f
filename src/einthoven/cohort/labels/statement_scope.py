"""Phrases of a statement -> findings with their presence: how far a doubt, a "no" and a comparison reach.

A clause ends at a full stop, a semicolon, a line or "but". In it

* "possible", "probable", "suggests", "may be" reach to the next comma, "consider" and "cannot rule out" over commas,
  and all of them over a list that ends in "or"; "borderline" and "?" reach one finding;
* a doubt with nothing behind it is one of what stands before ("infarct, possible"); one before an age is of the age;
* "no" and "without" reach like "possible"; "no longer present", "ruled out" reach back over "and", "or" and their list;
* "A has replaced B": A as it stands, B and all behind it absent; "replaced by" the other way round;
* "A or B" without a doubt before: both are uncertain;
* "with" ends a doubt, except for what hangs on the doubted finding (``dependents`` in ``statement_grammar.toml``).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from einthoven.cohort.labels.presence import Presence
from einthoven.cohort.labels.statement_fragments import goes_on
from einthoven.cohort.labels.statement_heads import with_heads_read
from einthoven.cohort.labels.statement_items import FIND, HEDGES, UNREAD, Item
from einthoven.cohort.labels.statement_text import grammar
from einthoven.cohort.labels.vocabulary import vocabulary

__all__ = ["Read", "read_items", "spoken"]

# behind the doubt stand words, though none that names a finding: "may be due to cardiomyopathy"
FOLLOWED = "followed"
SILENT = ("@filler", "@lead", "@place", "@age")
PRESENCE: dict[str, Presence] = {"": "present", "?": "uncertain", "-": "absent"}


@dataclass(slots=True)
class Read:
    """A finding that was read; ``compared`` says that an earlier tracing was spoken of."""

    concept: str
    presence: Presence
    start: int
    end: int
    compared: bool = False


def read_items(items: list[Item]) -> list[Read]:
    """Return the findings of a statement in the order of its text."""
    reads: list[Read] = []
    clause: list[Item] = []
    for item in [*spoken(items), Item("@stop", "", 0, 0)]:
        if item.kind != "@stop":
            clause.append(item)
        elif clause:
            _read_clause(clause, reads)
            clause = []
    return reads


def spoken(items: list[Item]) -> Iterator[Item]:
    """Yield the items without signatures and requests, and a stop for each end of a line that ends a statement."""
    is_silent = False
    kinds: list[str] = []
    for item in items:
        is_silent = (is_silent or item.kind == "@rest") and item.kind != "@line"
        if is_silent:
            continue
        if item.kind != "@line":
            kinds.append(item.kind)
            yield item
        elif not goes_on(kinds):
            kinds = []
            yield Item("@stop", "", item.start, item.end)


def _read_clause(clause: list[Item], reads: list[Read]) -> None:
    items = with_heads_read(clause)
    kinds = [item.kind for item in items if item.kind not in SILENT]
    if kinds[:1] == ["@now"] and FIND not in kinds:
        # "no longer present in lateral leads but persists in inferior leads"
        for read in reads:
            read.presence = "present" if read.compared else read.presence
    for item, following in pairwise(items):
        if item.kind in HEDGES and following.kind in SILENT:
            item.value = FOLLOWED
    reads += _Clause([item for item in items if item.kind not in SILENT]).read()


@functools.cache
def _dependents() -> Mapping[str, frozenset[str]]:
    rules = grammar()
    return {
        "@dependent": frozenset(rules["dependents"]),
        "@alternative": frozenset(rules["dependents_of_alternatives"]),
    }


@dataclass(slots=True)
class _Clause:
    """Reads one clause from left to right.

    ``mode`` is the cue whose reach has not ended, ``reached`` how many findings it has reached.
    """

    items: list[Item]
    groups: dict[int, list[Read]] = field(default_factory=dict)
    mode: str = ""
    mode_at: int = -1
    reached: int = 0

    def read(self) -> list[Read]:
        for at, item in enumerate(self.items):
            if item.kind == FIND:
                self._find(at, item)
            elif item.kind in (*HEDGES, "@not", "@not_now", "@past"):
                self._look_back_if_unused(at)
                self.mode, self.mode_at, self.reached = item.kind, at, 0
            elif item.kind == "@comma":
                self._comma(at)
            elif item.kind == "@with":
                self._with()
            elif item.kind == "@in":
                self._in(at)
            elif item.kind == "@due":
                self.mode = "" if self.mode in ("@not", "@not_now") else self.mode
            elif item.kind == "@neutral":
                self.mode = "" if not self.reached else self.mode
            elif item.kind == "@stop" or item.kind in ("@and", "@or", "@slash", UNREAD, "@comparison"):
                continue
            else:
                self._behind(at, item.kind)
        self._look_back_if_unused(len(self.items))
        return _together([read for at in sorted(self.groups) for read in self.groups[at]])

    def _find(self, at: int, item: Item) -> None:
        if self.mode == "@past":
            return
        if self.mode in (*HEDGES, "@not", "@not_now") and self.reached and self._begins_anew(at):
            self.mode = ""
        reads = [Read(concept, PRESENCE[sign], item.start, item.end) for concept, sign in item.concepts]
        self.groups[at] = reads
        for read in reads:
            self._apply(read)
        self.reached += 1
        if not self.mode and self._is_alternative(at):
            # "A, B or C" names three, "A, B versus C" two explanations of A
            listed = self.items[max(at - 2, 0)].kind == "@comma"
            for read in [*reads, *self._before(at, over_commas=listed, over_dependents=False)]:
                read.presence = "uncertain" if read.presence == "present" else read.presence
            self.mode = "@alternative"
        if self.mode == "@hedge_near":
            self.mode = ""

    def _begins_anew(self, at: int) -> bool:
        """Return whether statements were run together here: no mark between two findings, or a summary."""
        categories = vocabulary().category
        is_summary = any(categories.get(concept) == "summary" for concept, _ in self.items[at].concepts)
        return self.items[at - 1].kind == FIND or is_summary

    def _apply(self, read: Read) -> None:
        if self.mode in ("@not", "@not_now", "@replaced"):
            read.presence, read.compared = "absent", self.mode != "@not"
        elif read.presence == "present" and (self.mode in HEDGES or read.concept in _dependents().get(self.mode, ())):
            read.presence = "uncertain"

    def _is_alternative(self, at: int) -> bool:
        before = [item.kind for item in self.items[max(at - 3, 0) : at] if item.kind != "@comma"][-1:]
        if before == ["@or"]:
            return True
        return before == ["@slash"] and all(
            vocabulary().category.get(read.concept) == "rhythm"
            for read in [*self.groups[at], *self._before(at, over_commas=False, over_dependents=False)]
        )

    def _before(
        self, at: int, *, over_commas: bool, over_with: bool = False, over_dependents: bool = True
    ) -> list[Read]:
        """Return the findings before ``at`` that are joined with one another by "and" or "or", or their list."""
        found: list[Read] = []
        joined = True
        listed = False
        for earlier in range(at - 1, -1, -1):
            kind = self.items[earlier].kind
            if kind == FIND and joined:
                if earlier not in self.groups:
                    break
                found = self.groups[earlier] + found
                joined = False
            elif kind in ("@and", "@or", "@slash"):
                joined, listed = True, True
            elif kind == "@comma":
                joined = joined or (over_commas and listed)
            elif kind == "@now" and not found:
                continue
            elif kind == "@with":
                is_dependent = over_dependents and all(read.concept in _dependents()["@dependent"] for read in found)
                if not (over_with or is_dependent):
                    break
                joined = True
            else:
                break
            if kind == "@comma" and not joined:
                break
        return found

    def _comma(self, at: int) -> None:
        if not self.reached or not self.mode or self.mode in ("@hedge_list", "@past"):
            return
        if self.mode == "@replaced":
            later = {item.kind for item in self.items[at:]}
            if later & {"@now", "@not_after", "@not_after_now", "@replaced", *HEDGES}:
                self.mode = ""
        elif not self._list_goes_on(at):
            self.mode = ""

    def _list_goes_on(self, at: int) -> bool:
        for item in self.items[at + 1 :]:
            if item.kind == "@or" or item.value == "or":
                return True
            if item.kind not in (FIND, "@comma", "@and", "@neutral"):
                return False
        return False

    def _with(self) -> None:
        if self.mode in ("@hedge", "@hedge_near") and self.reached:
            self.mode = "@dependent"
        elif self.mode in ("@not", "@not_now") and self.reached:
            self.mode = ""

    def _in(self, at: int) -> None:
        if self.mode in HEDGES and at + 1 < len(self.items) and self.items[at + 1].kind == FIND:
            self.mode = ""

    def _behind(self, at: int, kind: str) -> None:
        """Read a cue that speaks of what stands before it."""
        if kind == "@replaced":
            self.mode, self.mode_at, self.reached = kind, at, 0
        elif kind == "@now":
            self.mode = "" if self.mode == "@past" else self.mode
        elif kind == "@past_after":
            self._drop(self._before(at, over_commas=True, over_with=True))
        elif kind == "@hedge_after":
            for read in self._before(at, over_commas=True):
                read.presence = "uncertain" if read.presence == "present" else read.presence
            self.mode, self.mode_at, self.reached = ("" if self.groups else "@hedge"), at, 0
        elif kind == "@changed_to":
            if self._is_rhythm_change(at):
                self._deny(at, compared=True)
        elif kind in ("@not_after", "@not_after_now", "@replaced_by"):
            has_none = not self.groups
            self._deny(at, compared=kind != "@not_after")
            self.mode, self.mode_at, self.reached = ("@not_now" if has_none else ""), at, 0

    def _deny(self, at: int, *, compared: bool) -> None:
        over_with = self.items[at].kind in ("@replaced_by", "@changed_to")
        for read in self._before(at, over_commas=True, over_with=over_with):
            read.presence, read.compared = "absent", compared

    def _drop(self, reads: list[Read]) -> None:
        for at, group in self.groups.items():
            self.groups[at] = [read for read in group if read not in reads]

    def _is_rhythm_change(self, at: int) -> bool:
        before = self._before(at, over_commas=False)
        after = [concept for item in self.items[at + 1 : at + 2] for concept, _ in item.concepts]
        categories = vocabulary().category
        return bool(before and after) and all(
            categories.get(concept) == "rhythm" for concept in [*(read.concept for read in before), *after]
        )

    def _look_back_if_unused(self, at: int) -> None:
        """Let a doubt with nothing behind it be one of what stands before."""
        if self.mode not in HEDGES or self.reached or self.mode_at < 0:
            return
        if self.items[self.mode_at].value != FOLLOWED and all(
            item.kind == "@comma" for item in self.items[self.mode_at + 1 : at]
        ):
            before = self.mode_at
            while before > 0 and self.items[before - 1].kind == "@comma":
                before -= 1
            for read in self._before(before, over_commas=True):
                read.presence = "uncertain" if read.presence == "present" else read.presence
        self.mode = ""


def _together(reads: list[Read]) -> list[Read]:
    concepts = {read.concept for read in reads}
    for rule in grammar()["together"]:
        first, second = rule["first"], rule["second"]
        if second not in concepts:
            continue
        is_there = any(other.concept in first and other.presence != "absent" for other in reads)
        for read in reads:
            if read.concept == second and (is_there or not first):
                read.concept = rule["becomes"]
    return reads
