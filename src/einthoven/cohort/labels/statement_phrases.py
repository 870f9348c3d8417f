"""The phrases that the reader of machine statements knows: ``statement_findings.csv`` and ``statement_cues.csv``.

A phrase is a row of words; ``(a|b c)`` is one of, ``[a|b]`` one of or nothing, ``^`` and ``$`` are the ends of the
statement. What it means is a list of concepts (``?`` in front: uncertain, ``-``: absent), or a word of the grammar:

===================================== ==================================================================================
@hedge @hedge_list @hedge_near        what follows is in doubt: to the comma, over commas, the next finding alone
@hedge_after                          what stands before is in doubt
@not @not_after                       what follows, what stands before is absent
@not_now @not_after_now               the same, and it was there in an earlier tracing
@replaced @replaced_by @changed_to    before and behind: which of the two is there now
@now @past @past_after @comparison    of the present tracing, of an earlier one, of both
@and @or @slash @comma @with @in @due how findings hang together
@stop @line @rest                     ends of a clause and of a line; a signature or request up to the end of the line
@head @place @age @lead               infarct, ischaemia and injury with what belongs to them
@neutral @filler                      says nothing; @neutral takes a doubt upon itself ("probable normal variant")
===================================== ==================================================================================
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Generic, TypeVar

from einthoven.errors import CohortError

__all__ = ["PhraseRow", "Trie", "expand", "phrase_rows"]

Value = TypeVar("Value")
PHRASE_FILES = ("statement_cues.csv", "statement_findings.csv")
END = ""


class Trie(Generic[Value]):
    """Sequences of words with a value each, to find the longest one that begins at a word."""

    def __init__(self) -> None:
        self.root: dict[str, Any] = {}
        self.depth = 0

    def add(self, words: Sequence[str], value: Value) -> None:
        """Give a sequence of words a value; a later value replaces an earlier one."""
        node = self.root
        for word in words:
            node = node.setdefault(word, {})
        node[END] = value
        self.depth = max(self.depth, len(words))

    def longest(self, words: Sequence[str], at: int) -> tuple[Value | None, int]:
        """Return the value of the longest sequence that begins at ``at``, and its length; (None, 0) without one."""
        node: Any = self.root
        value, length = None, 0
        for count, index in enumerate(range(at, len(words)), start=1):
            node = node.get(words[index])
            if node is None:
                break
            if END in node:
                value, length = node[END], count
        return value, length

    def longest_over(self, words: Sequence[str], at: int, skipped: Collection[str]) -> tuple[Value | None, int]:
        """Return as ``longest``, but words of ``skipped`` may stand inside of a sequence that lacks them."""
        node: Any = self.root
        value, length = None, 0
        for count, index in enumerate(range(at, len(words)), start=1):
            word = words[index]
            if word not in node and word in skipped and count > 1:
                continue
            node = node.get(word)
            if node is None:
                break
            if END in node:
                value, length = node[END], count
        return value, length

    def cut_off(self, words: Sequence[str], at: int, end: int) -> Value | None:
        """Return the one value that all shortest sequences share that begin with every word from ``at`` to ``end``."""
        node: Any = self.root
        for index in range(at, end):
            node = node.get(words[index])
            if node is None:
                return None
        level = [node]
        while level:
            values = [other[END] for other in level if END in other]
            if values:
                return values[0] if all(value == values[0] for value in values) else None
            level = [child for other in level for word, child in other.items() if word != END]
        return None


@dataclass(frozen=True, slots=True)
class PhraseRow:
    """A row of a phrase file: the pattern, what it means, whose wording it is (muse, glasgow, philips, any)."""

    phrase: str
    meaning: str
    family: str


@functools.cache
def phrase_rows() -> tuple[PhraseRow, ...]:
    """Return all rows of the phrase files."""
    folder = resources.files("einthoven.cohort.labels")
    rows: list[PhraseRow] = []
    for name in PHRASE_FILES:
        lines = folder.joinpath(name).read_text(encoding="utf-8").splitlines()
        rows += [PhraseRow(row["phrase"], row["meaning"], row["family"]) for row in csv.DictReader(lines)]
    return tuple(rows)


def expand(pattern: str) -> Iterator[tuple[str, ...]]:
    """Yield every row of words that a pattern stands for.

    Examples
    --------
    >>> [" ".join(words) for words in expand("[qrs] axis (left|to the left)")]
    ['qrs axis left', 'qrs axis to the left', 'axis left', 'axis to the left']
    """
    choices, at = _choices(pattern, 0)
    if at != len(pattern):
        raise CohortError(f"the phrase {pattern!r} closes a bracket that it did not open")
    for choice in choices:
        if words := tuple(choice.split()):
            yield words


def _choices(pattern: str, at: int) -> tuple[list[str], int]:
    """Return every spelling of ``pattern`` from ``at`` on up to the bracket that closes it, and where that is."""
    done: list[str] = []
    current = [""]
    while at < len(pattern):
        letter = pattern[at]
        if letter in "([":
            inner, at = _choices(pattern, at + 1)
            if at >= len(pattern):
                raise CohortError(f"the phrase {pattern!r} leaves a bracket open")
            inner = inner if letter == "(" else [*inner, ""]
            current = [before + after for before in current for after in inner]
        elif letter in ")]":
            return done + current, at
        elif letter == "|":
            done, current = done + current, [""]
        else:
            current = [before + letter for before in current]
        at += 1
    return done + current, at
