"""English statements of ECG machines and of those who overread them -> concepts.

Wording of GE Marquette 12SL as MUSE prints it, of the Glasgow (Uni-G) program, of Philips DXL (MIMIC-IV-ECG), and free
text with its abbreviations. What is known stands in data files beside this one: words (``statement_words.csv``),
findings (``statement_findings.csv``), places (``statement_places.csv``), doubt, denial and comparison
(``statement_cues.csv``), and ``statement_grammar.toml``. Only the present tracing counts.

What was decided: "consistent with", "compatible with" and "indicates" say present; "likely", "unlikely", "borderline",
"suggests" and "rule out" say uncertain. A doubt about the meaning ("may be normal variant") leaves the finding. An
infarct of undetermined age has no age; one "cited on or before" a date neither. A demand pacemaker whose tracing is
interpreted by its intrinsic rhythm paces now and then: present. Injury has no place.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from einthoven.cohort.labels.presence import Presence
from einthoven.cohort.labels.statement_fragments import whole_statements
from einthoven.cohort.labels.statement_items import UNREAD, items_of
from einthoven.cohort.labels.statement_scope import read_items, spoken
from einthoven.cohort.labels.statement_text import words_of
from einthoven.cohort.labels.vocabulary import vocabulary

__all__ = [
    "StatementCoverage",
    "StatementFinding",
    "read_statement",
    "read_statements",
    "statement_coverage",
    "unread",
]

# 800,000 ECGs repeat a few thousand statements
REMEMBERED = 262_144


@dataclass(frozen=True, slots=True)
class StatementFinding:
    """One finding of a statement.

    Attributes
    ----------
    concept : str
        As in ``concepts.csv``, without what it implies.
    presence : present, absent or uncertain
    start, end : int
        The characters of the text that name it.
    compared : bool
        It is absent because it was there in an earlier tracing ("no longer present", "has replaced").
    """

    concept: str
    presence: Presence
    start: int
    end: int
    compared: bool = False


@dataclass(frozen=True, slots=True)
class StatementCoverage:
    """How much of many statements was understood.

    Attributes
    ----------
    statements, understood : int
        How many there are, repeats included, and in how many every word is known.
    fragments : tuple of (str, int)
        What is not known, lower case, with how many statements hold it; the most frequent first.
    """

    statements: int
    understood: int
    fragments: tuple[tuple[str, int], ...]


@functools.lru_cache(maxsize=REMEMBERED)
def read_statement(text: str) -> tuple[StatementFinding, ...]:
    """Return what one statement says of the present tracing, in the order of its text.

    Examples
    --------
    >>> for found in read_statement("Sinus rhythm has replaced Atrial fibrillation"):
    ...     print(found.concept, found.presence)
    sinus_rhythm present
    atrial_fibrillation absent
    """
    reads = read_items(items_of(words_of(text)))
    return tuple(StatementFinding(read.concept, read.presence, read.start, read.end, read.compared) for read in reads)


def read_statements(texts: Sequence[str]) -> dict[str, Presence]:
    """Return the concepts of all statements of one ECG, with all that they imply.

    Where statements contradict one another: present beats uncertain, uncertain beats absent. Absent by comparison with
    an earlier tracing ("criteria for inferior infarct are no longer present") beats uncertain, because such a line is
    written of both tracings, but never present, because the present tracing is interpreted without the earlier one.
    A summary such as "Borderline ECG" leaves the other statements as they are.

    Parameters
    ----------
    texts : sequence of str
        The lines of the interpretation in their order; empty ones and signatures say nothing. A line that can't stand
        alone ("Cannot rule out", ", age undetermined") is read together with its neighbour.

    Examples
    --------
    >>> found = read_statements(["Sinus bradycardia", "Possible inferior infarct , age undetermined"])
    >>> found["sinus_rhythm"], found["infarction"]
    ('present', 'uncertain')
    """
    rank: dict[str, int] = {}
    for text in whole_statements(texts):
        for found in read_statement(text):
            rank[found.concept] = max(rank.get(found.concept, 0), _rank(found))
    stated: dict[str, Presence] = {concept: _PRESENCE_OF_RANK[value] for concept, value in rank.items()}
    return vocabulary().closure(stated)


_PRESENCE_OF_RANK: dict[int, Presence] = {1: "absent", 2: "uncertain", 3: "absent", 4: "present"}


def _rank(found: StatementFinding) -> int:
    if found.presence == "present":
        return 4
    if found.presence == "uncertain":
        return 2
    return 3 if found.compared else 1


def unread(texts: Iterable[str]) -> list[str]:
    """Return the fragments of the texts that nothing is known of, in their order, repeats included.

    Examples
    --------
    >>> unread(["Sinus rhythm with gremlins , age undetermined"])
    ['gremlins']
    """
    return [fragment for text in texts for fragment in _unread_fragments(text)]


def statement_coverage(texts: Iterable[str]) -> StatementCoverage:
    """Return how many statements were understood in full, and what was not."""
    counts = Counter(list(texts))
    fragments: Counter[str] = Counter()
    understood = 0
    for text, count in counts.items():
        found = set(_unread_fragments(text))
        understood += 0 if found else count
        fragments.update(dict.fromkeys((fragment.lower() for fragment in found), count))
    return StatementCoverage(counts.total(), understood, tuple(fragments.most_common()))


def _unread_fragments(text: str) -> list[str]:
    """Return runs of neighbouring words that no phrase holds."""
    runs: list[tuple[int, int]] = []
    for item in spoken(items_of(words_of(text))):
        if item.kind != UNREAD:
            continue
        if runs and not text[runs[-1][1] : item.start].strip(" -'"):
            runs[-1] = (runs[-1][0], item.end)
        else:
            runs.append((item.start, item.end))
    return [text[start:end] for start, end in runs]
