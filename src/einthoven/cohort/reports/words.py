"""What words alone say of a quantity: "preserved LV systolic function", "EF moderately reduced"."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from einthoven.cohort.reports.context import Scope
from einthoven.cohort.reports.finding import ReportFinding
from einthoven.cohort.reports.rules import OTHER, rules
from einthoven.cohort.reports.sentences import Sentence
from einthoven.cohort.reports.tokens import Token
from einthoven.cohort.reports.zones import CLOSING, OPENING, is_separator, words_between

__all__ = ["read_words", "side_of"]

NEAR: Final = 1
FARTHEST: Final = 4
"""Words that say nothing to us between a name and what is said of it: before it, and behind it."""
REACH: Final = 40
"""Tokens within which a sentence says which ventricle, or goes on after what couldn't be measured."""
FARTHEST_BACK: Final = 200
"""Tokens of the sentences before one in which a ventricle may be named."""
LEFT: Final = ("lv", "left", "좌심")
RIGHT: Final = ("rv", "right", "우심")
EITHER: Final = ("biventricular",)


class _Said(NamedTuple):
    """What is said of a name: the level, and the tokens that say it."""

    level: str
    first: int
    last: int
    negated: bool


def read_words(
    sentence: Sentence, text: str, *, numbered: AbstractSet[int], scope: list[Scope], right: bool
) -> list[ReportFinding]:
    """Return what the words of a sentence say of quantities that have words; not of the names that have a number.

    ``right`` says whether the sentences before it are about the right ventricle.
    """
    found = []
    for index, token in enumerate(sentence):
        quantity = token.tags.get("quantity", OTHER)
        if quantity == OTHER or not rules().quantities[quantity].words or token.tags["role"] == "disease":
            continue
        if index in numbered:
            continue
        if (
            scope[index].previous
            or scope[index].target
            or scope[index].reference
            or scope[index].stress
            or scope[index].history
            or _is_doubted(sentence, index)
            or _of_the_right(sentence, index, right=right)
        ):
            continue
        said = _said(sentence, index, rules().quantities[quantity].words)
        if said is not None and not scope[said.last].previous and not scope[said.last].history:
            found.append(_finding(sentence, said, quantity, text))
    return found


def _finding(sentence: Sentence, said: _Said, quantity: str, text: str) -> ReportFinding:
    rule = rules().quantities[quantity]
    level = rules().tables["words_for"][rule.words][said.level]
    start, end = sentence[said.first].start, sentence[said.last].end
    flags = ("qualitative", "negated") if said.negated else ("qualitative",)
    low, high = level.get("low"), level.get("high")
    bounds = [None if one is None else float(one) for one in (low, high)]
    return ReportFinding(
        quantity, None, bounds[0], bounds[1], rule.unit, "qualitative", flags, start, end, text[start:end]
    )


def side_of(line: Sequence[Sentence]) -> bool:
    """Whether the right ventricle was named last in the sentences of a line."""
    for token in itertools.islice(itertools.chain.from_iterable(map(reversed, reversed(line))), FARTHEST_BACK):
        if any(side in token.text for side in (*LEFT, *EITHER)):
            return False
        if token.text.startswith(RIGHT):
            return True
    return False


def _is_doubted(sentence: Sentence, index: int) -> bool:
    """Whether words beside a name make it a question: "possible LV dysfunction", "reduced LVEF can't be excluded"."""
    first, last = max(0, index - REACH), min(index + REACH, len(sentence))
    low = next((at for at in range(index, first, -1) if is_separator(sentence[at])), first)
    high = next((at for at in range(index, last) if is_separator(sentence[at])), last)
    return any("doubt" in token.tags for token in sentence[low:high])


def _of_the_right(sentence: Sentence, index: int, *, right: bool) -> bool:
    """Whether a name without a side ("systolic function") is said of the right ventricle."""
    if any(side in sentence[index].text for side in (*LEFT, *EITHER)):
        return False
    for token in reversed(sentence[max(0, index - REACH) : index]):
        if any(side in token.text for side in (*LEFT, *EITHER)):
            return False
        if any(token.text.startswith(side) for side in RIGHT):
            return True
    return right


def _said(sentence: Sentence, index: int, scale: str) -> _Said | None:
    """Return what stands right before a name, else behind it, else somewhat before it."""
    if _is_unmeasured(sentence, index):
        return _by_eye(sentence, index, scale)
    before = _first(sentence, range(index - 1, -1, -1), index, scale)
    if sentence[index].tags["role"] == "dysfunction":
        return _dysfunction(sentence, index, scale)
    behind = _first(sentence, range(index + 1, len(sentence)), index, scale)
    if before is not None and words_between(sentence, before.last, index) <= NEAR:
        return before
    return behind or before


def _is_unmeasured(sentence: Sentence, index: int) -> bool:
    """Whether it is said behind a name, before any other name, number or "but", that it couldn't be measured."""
    for token in sentence[index + 1 : index + REACH]:
        if "unmeasured" in token.tags:
            return True
        if _ends(token):
            return False
    return False


def _by_eye(sentence: Sentence, index: int, scale: str) -> _Said | None:
    """Return what is said behind a method that could do: "cannot be calculated; visually mildly reduced"."""
    for at in range(index + 1, min(index + REACH, len(sentence))):
        if sentence[at].tags.get("method") == "visual" or "but" in sentence[at].tags:
            return _first(sentence, range(at + 1, len(sentence)), at, scale)
    return None


def _first(sentence: Sentence, indices: Iterable[int], index: int, scale: str) -> _Said | None:
    for at in indices:
        token = sentence[at]
        low, high = sorted((at, index))
        if words_between(sentence, low, high) > FARTHEST or _ends(token):
            return None
        level = token.tags.get(f"word {scale}")
        if level and not _is_unchecked(sentence, at) and not _begins_reference(sentence, at):
            return _graded(sentence, at, level, scale)
    return None


def _begins_reference(sentence: Sentence, at: int) -> bool:
    """Whether a word begins a bracket with bounds: "LVEF ___ (normal >= 55 %)"."""
    after = sentence[at + 1].number if at + 1 < len(sentence) else None
    return at > 0 and sentence[at - 1].text in OPENING and after is not None and after.low != after.high


def _is_unchecked(sentence: Sentence, at: int) -> bool:
    """Whether an empty box stands before a word or its degree: "[ ] normal [x] mildly reduced"."""
    first = at - ("degree" in sentence[at - 1].tags) - 1
    return first > 0 and sentence[first].text in CLOSING and sentence[first - 1].text in OPENING


def _ends(token: Token) -> bool:
    return (
        "quantity" in token.tags
        or token.number is not None
        or token.kind == "break"
        or (is_separator(token) and token.text != "/")
    )


def _graded(sentence: Sentence, at: int, level: str, scale: str) -> _Said | None:
    """Return a level with the degree before its word, turned round by a negation."""
    first = at
    degree = ""
    if level == "reduced":
        degree, first = _degree(sentence, at)
    negated = any("negation" in token.tags for token in sentence[max(0, first - 2) : first]) or (
        at + 1 < len(sentence) and "negation" in sentence[at + 1].tags
    )
    if negated:
        return _Said("normal" if level == "reduced" else "reduced", first, at, negated) if not degree else None
    return _Said(_level(scale, degree) or level, first, at, negated)


def _degree(sentence: Sentence, at: int) -> tuple[str, int]:
    for before in range(at - 1, max(-1, at - 3), -1):
        if "degree" in sentence[before].tags:
            return sentence[before].tags["degree"], before
    return "", at


def _level(scale: str, degree: str) -> str:
    levels = rules().tables["words_for"][scale]
    return next((name for name, table in levels.items() if degree and table.get("degree") == degree), "")


def _dysfunction(sentence: Sentence, index: int, scale: str) -> _Said | None:
    """Return the level of a name that says by itself that it is reduced: "severe LV dysfunction"."""
    degree, first = "", index
    for at in range(index - 1, max(-1, index - 4), -1):
        token = sentence[at]
        if "negation" in token.tags:
            return _Said("normal", at, index, negated=True)
        if _ends(token):
            break
        if "degree" in token.tags:
            degree, first = token.tags["degree"], at
    return _Said(_level(scale, degree) or "reduced", first, index, negated=False)
