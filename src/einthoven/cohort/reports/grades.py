"""How severe the valves' lesions are: "mild MR", "AS: moderate to severe", "no AR or MR", "TR 2+"."""

from __future__ import annotations

import itertools
import re
from typing import Final, NamedTuple

from einthoven.cohort.reports.context import Scope
from einthoven.cohort.reports.finding import ReportFinding
from einthoven.cohort.reports.rules import OTHER, rules
from einthoven.cohort.reports.sentences import Sentence
from einthoven.cohort.reports.zones import CLOSING, OPENING, REACH, is_separator, words_between

__all__ = ["read_grades"]

FARTHEST: Final = 3
"""Words that say nothing to us which may stand between a lesion and its grade."""
ROMAN: Final = r"(?:iv|iii|ii|i)"
CLASS: Final = rf"(?:{ROMAN}(?:\s?[-~]\s?{ROMAN})?|[1-4](?:\s?\+?\s?[-~]\s?[1-4])?)"
BEHIND: Final = re.compile(
    rf"[\s:=,]{{0,3}}\(?(?P<word>(?:grade|gr\.?|degree|severity|등급)\s?)?[\s:=]{{0,2}}(?P<class>{CLASS})(?P<sure>\s?\+?\s?/\s?(?:4\+?|iv)|\s?\+|도)?(?![\w.%/])"
)
BEFORE: Final = re.compile(
    rf"(?P<word>(?:grade|gr\.?)\s?)?(?<![\w./])(?P<class>{CLASS})(?P<sure>\s?\+?\s?/\s?(?:4\+?|iv)|\s?\+|도)?\s{{0,2}}$"
)
OUT_OF: Final = re.compile(r"\s?/\s?(?:4|iv)$")


class _Grade(NamedTuple):
    """A grade as written: its words, and where."""

    value: float
    start: int
    end: int
    at: int
    flags: tuple[str, ...] = ()


def read_grades(sentence: Sentence, text: str, *, scope: list[Scope]) -> list[ReportFinding]:
    """Return the grades that a sentence gives."""
    names = [index for index, token in enumerate(sentence) if "quantity" in token.tags]
    graded = [index for index in names if _quantities(sentence, index)]
    if not graded:
        return []
    grades = _own_grades(sentence, names, graded, text)
    _inherit(sentence, graded, grades)
    found = []
    for index in graded:
        grade = grades.get(index)
        if grade is None or scope[index].previous or scope[index].target or scope[grade.at].previous:
            continue
        found += [_finding(quantity, grade, text) for quantity in _quantities(sentence, index)]
    return found


def _finding(quantity: str, grade: _Grade, text: str) -> ReportFinding:
    unit = rules().quantities[quantity].unit
    value = float(grade.value)
    written = text[grade.start : grade.end]
    return ReportFinding(quantity, value, value, value, unit, "unnamed", grade.flags, grade.start, grade.end, written)


def _quantities(sentence: Sentence, index: int) -> list[str]:
    tags = sentence[index].tags
    names = tags["pair"].split() if "pair" in tags else [tags["quantity"]]
    return [name for name in names if name != OTHER and rules().quantities[name].kind == "grade"]


def _own_grades(sentence: Sentence, names: list[int], graded: list[int], text: str) -> dict[int, _Grade]:
    """Return each lesion's own grade: the words before it, or else those behind it that no other lesion claims."""
    grades: dict[int, _Grade] = {}
    used: set[int] = set()
    used_up_to = 0
    following_of = dict(zip(names, [*names[1:], len(sentence)], strict=True))
    for index in graded:
        before = _before(sentence, index, used) or _class_before(sentence, index, text)
        if before is not None and before.start < used_up_to:
            before = None
        following = following_of[index]
        grade = before or _class_behind(sentence, index, text) or _behind(sentence, index, following)
        if grade is not None:
            grades[index] = grade
            used.add(grade.at)
            used_up_to = max(used_up_to, grade.end)
    return grades


def _before(sentence: Sentence, index: int, used: set[int]) -> _Grade | None:
    for at in range(index - 1, max(-1, index - REACH), -1):
        token = sentence[at]
        if words_between(sentence, at, index) > FARTHEST or at in used:
            return None
        if "degree" in token.tags:
            return None if _denied(sentence, at) else _grade(sentence, at, at)
        if "negation" in token.tags:
            return _none(sentence, at)
        if "quantity" in token.tags or token.number is not None or token.text in CLOSING or token.text in OPENING:
            return None
        if is_separator(token) and "valve" not in sentence[at - 1].tags:
            return None
    return None


def _denied(sentence: Sentence, at: int) -> bool:
    """Whether "no" stands before a degree: "no severe MR" says nothing of a mild one; "no more than mild" is mild."""
    return at > 0 and "negation" in sentence[at - 1].tags


def _behind(sentence: Sentence, index: int, following: int) -> _Grade | None:
    for at in range(index + 1, min(index + REACH, following)):
        token = sentence[at]
        if "from" in sentence[at - 1].tags:
            continue
        if words_between(sentence, index, at) > FARTHEST:
            return None
        if "degree" in token.tags:
            return _grade(sentence, at, at)
        if "negation" in token.tags:
            return _none(sentence, at)
        if is_separator(token) or token.number is not None:
            follows = sentence[at + 2] if at + 2 < len(sentence) else None
            alone = follows is None or is_separator(follows) or follows.kind == "break"
            if token.text == "," and at + 1 < following and "degree" in sentence[at + 1].tags and alone:
                return _grade(sentence, at + 1, at + 1)
            return None
    return None


def _grade(sentence: Sentence, first: int, last: int) -> _Grade:
    value = rules().tables["grades"][sentence[first].tags["degree"]]["value"]
    return _Grade(value, sentence[first].start, sentence[last].end, first)


def _none(sentence: Sentence, at: int) -> _Grade:
    return _Grade(rules().tables["grades"]["none"]["value"], sentence[at].start, sentence[at].end, at)


def _class_behind(sentence: Sentence, index: int, text: str) -> _Grade | None:
    start = sentence[index].end
    if re.match(r"\s?[:=]?\s?\(-\)", text[start : start + 8]):
        return _Grade(0, start, start + text[start:].index(")") + 1, index)
    return _class(BEHIND.match(text[start : start + 24].lower()), start, index)


def _class_before(sentence: Sentence, index: int, text: str) -> _Grade | None:
    end = sentence[index].start
    start = max(0, end - 16)
    return _class(BEFORE.search(text[start:end].lower()), start, index)


def _class(match: re.Match[str] | None, offset: int, index: int) -> _Grade | None:
    """Return the grade of a class like "2+" or "II/IV"; a number alone needs a word or a sign beside it."""
    if match is None or not (match["word"] or match["sure"]):
        return None
    written = OUT_OF.sub("", re.sub(r"\s", "", match["class"])).replace("~", "-").replace("/iv", "")
    for level in rules().tables["grades"].values():
        classes = {one.replace("+", "") for one in level.get("number", ())}
        if written.replace("+", "") in classes:
            return _Grade(
                level["value"],
                offset + match.start("class"),
                offset + match.end("sure" if match["sure"] else "class"),
                index,
            )
    return None


def _inherit(sentence: Sentence, graded: list[int], grades: dict[int, _Grade]) -> None:
    """Give lesions without a grade that of the lesion they are listed with: "no AS or AR", "MR and TR: mild"."""
    for first, second in itertools.pairwise(graded):
        if _linked(sentence, first, second) and first in grades and second not in grades and grades[first].at < first:
            grades[second] = grades[first]
    for second, first in itertools.pairwise(graded[::-1]):
        if (
            _linked(sentence, first, second)
            and second in grades
            and first not in grades
            and grades[second].start > sentence[second].start
        ):
            grades[first] = grades[second]


def _linked(sentence: Sentence, first: int, second: int) -> bool:
    between = sentence[first + 1 : second]
    return bool(between) and all(
        token.text in {",", "/", "&", "+"} or {"and", "or", "negation"} & token.tags.keys() for token in between
    )
