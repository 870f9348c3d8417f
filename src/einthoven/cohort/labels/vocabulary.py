"""The vocabulary of ECG findings that every code system and every wording is mapped to: ``concepts.csv``.

A concept may imply others: an inferolateral infarction is an inferior and a lateral one, and an infarction.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from einthoven.cohort.labels.presence import Presence
from einthoven.errors import CohortError
from einthoven.registry import nearest

__all__ = ["Vocabulary", "vocabulary"]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All concepts.

    Attributes
    ----------
    category, words : dict of concept to str
        The family a concept belongs to, and what it is called in a text.
    implies : dict of concept to frozenset of str
        Everything that is true when the concept is, directly or by way of others; without the concept itself.
    """

    category: dict[str, str]
    words: dict[str, str]
    implies: dict[str, frozenset[str]]

    def check(self, concept: str) -> str:
        """Return the concept, or refuse an unknown one with the nearest name."""
        if concept not in self.words:
            raise CohortError(f"there is no ECG finding {concept!r}{nearest(concept, self.words)}")
        return concept

    def closure(self, found: Mapping[str, Presence]) -> dict[str, Presence]:
        """Return ``found`` with all that it implies.

        A present concept makes its parents present, whatever else was said of them; an uncertain one makes those
        uncertain of which nothing was said. An absent concept says nothing of its parents.

        Examples
        --------
        >>> found = vocabulary().closure({"sinus_bradycardia": "present", "inferior_infarction": "uncertain"})
        >>> found["sinus_rhythm"], found["infarction"]
        ('present', 'uncertain')
        """
        closed = dict(found)
        for concept, presence in found.items():
            if presence == "uncertain":
                for parent in self.implies[self.check(concept)]:
                    closed.setdefault(parent, "uncertain")
        for concept, presence in found.items():
            if presence == "present":
                closed |= dict.fromkeys(self.implies[self.check(concept)], presence)
        return closed


@functools.cache
def vocabulary() -> Vocabulary:
    """Return the vocabulary that einthoven ships."""
    text = resources.files("einthoven.cohort.labels").joinpath("concepts.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    direct = {row["concept"]: row["implies"].split() for row in rows}
    return Vocabulary(
        category={row["concept"]: row["category"] for row in rows},
        words={row["concept"]: row["words"] for row in rows},
        implies={concept: frozenset(_ancestors(concept, direct)) for concept in direct},
    )


def _ancestors(concept: str, direct: Mapping[str, list[str]]) -> set[str]:
    found: set[str] = set()
    open_ones = list(direct[concept])
    while open_ones:
        parent = open_ones.pop()
        if parent not in found:
            found.add(parent)
            open_ones += direct[parent]
    return found
