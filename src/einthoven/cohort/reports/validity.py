"""Whether a number is a value of this report: not one of an earlier study, a reference, a target or a question."""

from __future__ import annotations

import re
from typing import Final

from einthoven.cohort.reports.binding import Bound
from einthoven.cohort.reports.context import Scope, backwards
from einthoven.cohort.reports.rules import Tags, rules
from einthoven.cohort.reports.sentences import Sentence
from einthoven.cohort.reports.tokens import Number
from einthoven.cohort.reports.zones import ARROWS, CLOSING, OPENING, REACH, Zone, is_separator

__all__ = ["NORMAL", "is_change", "is_of_another_time", "is_of_this_report"]

NORMAL: Final = "normal"
BEFORE_NAME: Final = 6
"""Tokens before a name among which a year or a month is when it was measured."""
WIDTH_OF_NORMAL: Final = 15
"""Of a normal range in its unit, and wider than what one report leaves open."""


def is_of_this_report(sentence: Sentence, bound: Bound, zone: Zone, scope: Scope) -> bool:
    """Whether a number is a value and not a reference, a target, a question, a difference, a definition, or denied."""
    number = _number(sentence, bound)
    inequality = "inequality" in number.flags
    return not (
        scope.target
        or scope.reference
        or _is_questioned(sentence, bound)
        or (bound.low != bound.high and (_defines_disease(sentence, bound) or _is_of_a_sex(sentence, bound.position)))
        or (inequality and _is_for_something(sentence, bound))
        or (bound.low != bound.high and "target" in _tags_behind(sentence, bound))
        or _is_difference(sentence, bound, zone)
        or _is_definition(sentence, bound)
        or _is_denied(sentence, bound)
        or (inequality and _is_denied_in_front(sentence, min(bound.mention, bound.position)))
    )


def _number(sentence: Sentence, bound: Bound) -> Number:
    number = sentence[bound.position].number
    assert number is not None
    return number


def _is_questioned(sentence: Sentence, bound: Bound) -> bool:
    """Whether a question mark stands before the name, or behind the number or its bracket."""
    first = min(bound.mention, bound.position)
    behind = [token.text for token in sentence[bound.position + 1 : bound.position + 3]]
    behind = behind[1:] if behind and behind[0] in CLOSING else behind
    return (first > 0 and sentence[first - 1].text == "?") or behind[:1] == ["?"]


def _is_of_a_sex(sentence: Sentence, position: int) -> bool:
    """Whether bounds are those of women or men: "52-72 % (men)"."""
    return any("sex" in token.tags for token in sentence[position + 1 : position + 3])


def _defines_disease(sentence: Sentence, bound: Bound) -> bool:
    """Whether bounds are those of a disease: "HFmrEF (LVEF 41-49 %)", "(HFimpEF: earlier <= 40 %, now > 40 %)"."""
    near = range(bound.position, max(-1, bound.position - REACH), -1)
    opened = next((at for at in near if sentence[at].text in OPENING), bound.position)
    before = (*sentence[max(0, bound.mention - 4) : bound.mention], *sentence[opened : bound.position])
    return any("disease" in token.tags or token.tags.get("role") == "disease" for token in before)


def _tags_behind(sentence: Sentence, bound: Bound) -> Tags:
    """Return what the word right behind a number means: "41-49 % defines ..."."""
    return sentence[bound.position + 1].tags if bound.position + 1 < len(sentence) else {}


def _is_for_something(sentence: Sentence, bound: Bound) -> bool:
    """Whether a word makes it a bound for something: "EF <= 35 % is an indication for ...", "stop at an EF < 50 %"."""
    before = bound.mention - 1
    while before > 0 and sentence[before].text in {"a", "an", "the", "any"}:
        before -= 1
    if before >= 0 and sentence[before].text in {"for", "at"}:
        return True
    behind = sentence[bound.position + 1 : bound.position + REACH]
    return any("target" in one.tags for one in behind) or any("doubt" in one.tags for one in behind[:2])


def _is_difference(sentence: Sentence, bound: Bound, zone: Zone) -> bool:
    """Whether a number is by how much a value changed: "decreased by 10 %", "a change in EF of 10 points"."""
    first = next((sentence[index] for index in zone.right if "filler" not in sentence[index].tags), None)
    if first is not None and "delta_after" in first.tags:
        return True
    signed = _number(sentence, bound).sign < 0 or sentence[bound.position - 1].text == "+"
    if signed and bound.order > 0 and rules().quantities[bound.quantity].kind == "number":
        return True
    before = _before(sentence, bound.position)
    if "to" in _number(sentence, bound).flags or not before or sentence[before].text not in {"by", "of"}:
        return False
    named = before - 1 == bound.mention and "by" in sentence[bound.mention - 1].tags
    return "change" in sentence[bound.mention - 2 if named and bound.mention > 1 else before - 1].tags


def _is_definition(sentence: Sentence, bound: Bound) -> bool:
    """Whether bounds are those of all healthy people: "normal EF is 55-70 %", "an EF above 50 % is normal"."""
    if bound.low != bound.high and sentence[max(0, bound.mention - 1)].text in {"a", "an", "any"}:
        behind = sentence[bound.position + 1 : bound.position + 3]
        if [one for one in behind if one.text in {"is", "are"}] and behind[-1].tags.get("word function"):
            return True
    normal = bound.mention > 0 and sentence[bound.mention - 1].tags.get("word function") == NORMAL
    said = any("filler" in one.tags or one.text in {":", "="} for one in sentence[bound.mention : bound.position])
    if not normal or not said or bound.low == bound.high:
        return False
    return bound.low is None or bound.high is None or bound.high - bound.low >= WIDTH_OF_NORMAL


def _is_denied(sentence: Sentence, bound: Bound) -> bool:
    """Whether a negation stands between the name and the number, without another way to measure behind it."""
    low, high = sorted((bound.mention, bound.position))
    apart = False
    for index in range(high - 1, low, -1):
        one = sentence[index]
        if one.number is not None or {"method", "but"} & one.tags.keys():
            return False
        apart = apart or is_separator(one) or one.text in OPENING
        if ("unmeasured" in one.tags and "imaging" not in one.tags) or ("negation" in one.tags and not apart):
            return True
    return False


def _is_denied_in_front(sentence: Sentence, first: int) -> bool:
    """Whether a negation stands before the name of an inequality: "no evidence of EF < 40 %"."""
    for index in range(first - 1, max(-1, first - 5), -1):
        if is_separator(sentence[index]) or sentence[index].number is not None:
            return False
        if "negation" in sentence[index].tags:
            return True
    return False


def is_of_another_time(sentence: Sentence, bound: Bound, zone: Zone, scope: Scope) -> bool:
    """Whether a number is one of an earlier study."""
    if backwards(sentence, zone) or _is_compared_with(sentence, bound.position) or _has_recovered(sentence, bound):
        return True
    if is_change(sentence, bound):
        return False
    now = any("present" in sentence[index].tags and not _opens_next(sentence, index) for index in zone.right)
    return (
        (bool(scope.previous or scope.compared) and not now)
        or _is_before_arrow(sentence, bound.position)
        or _is_named_earlier(sentence, bound)
        or _is_left_behind(sentence, bound)
        or _is_of_a_date_past(sentence, bound, zone)
    )


def _opens_next(sentence: Sentence, index: int) -> bool:
    """Whether a word such as "now" belongs to the value that follows it: "이전 EF 30 % 현재 EF 44 %"."""
    behind = next((token for token in sentence[index + 1 : index + REACH] if "filler" not in token.tags), None)
    return behind is not None and "quantity" in behind.tags


def _has_recovered(sentence: Sentence, bound: Bound) -> bool:
    """Whether a value is said to be over: "the LVEF of 45 % has normalized"."""
    return any("recovered" in token.tags for token in sentence[bound.position + 1 : bound.position + 2])


def _is_left_behind(sentence: Sentence, bound: Bound) -> bool:
    """Whether a number is what a value came from: "up from 35 %", "35 %에서 호전되어 55 %"."""
    if "to" in _number(sentence, bound).flags:
        return False
    before = _before(sentence, bound.position)
    if before is not None and "from" in sentence[before].tags:
        return True
    after = sentence[bound.position + 1 : bound.position + REACH]
    return after[:1] != () and after[0].text in {"에서", "부터"} and any(token.number is not None for token in after)


def _is_of_a_date_past(sentence: Sentence, bound: Bound, zone: Zone) -> bool:
    """Whether a number is said of a date with "was", or of a year with "in"."""
    left = [index for index in zone.left if index > bound.mention]
    if _speaks_of_then(sentence, bound.mention):
        return True
    past = any("past" in sentence[index].tags for index in (*left, *zone.right))
    if any(_is_month(sentence, index) for index in (*left, *zone.right)):
        return True
    if any(sentence[i].text == "in" and _is_year(sentence[i + 1].text) for i in zone.right[:-1]):
        return True
    if any(sentence[index].kind == "date" for index in (*left, *zone.right)):
        return past or any(sentence[i].text == "in" and _is_year(sentence[i + 1].text) for i in left)
    in_front = sentence[max(0, bound.mention - 4) : bound.mention]
    return past and any(token.kind == "date" or _is_year(token.text) for token in in_front)


def _speaks_of_then(sentence: Sentence, mention: int) -> bool:
    """Whether a year or a month stands before a name, in which it was: "an echo in March showed an LVEF of 32 %"."""
    for index in range(mention - 1, max(-1, mention - BEFORE_NAME), -1):
        token = sentence[index]
        if token.number is not None or is_separator(token) or "present" in token.tags:
            return False
        if token.text == "in" and (_is_year(sentence[index + 1].text) or _is_month(sentence, index + 1)):
            return True
    return False


def _is_month(sentence: Sentence, index: int) -> bool:
    """Whether a month without a year is a date: "in March"."""
    return sentence[index].kind == "date" and sentence[index].text.isalpha() and sentence[index - 1].text != ":"


def _is_year(text: str) -> bool:
    return re.fullmatch(r"\d{4}", text) is not None


def _is_named_earlier(sentence: Sentence, bound: Bound) -> bool:
    """Whether a bracket behind the name says that it is an earlier one: "EF (last): 50 %"."""
    inside = sentence[bound.mention + 1 : bound.position]
    if len(inside) < len("(x)") or inside[0].text not in OPENING or inside[2].text not in CLOSING:
        return False
    return bool({"previous", "previous_of"} & inside[1].tags.keys())


def _is_before_arrow(sentence: Sentence, position: int) -> bool:
    """Whether an arrow leads from a number, or its bracket, to another: "30 % (2019) -> 45 %"."""
    for index in range(position + 1, min(position + 6, len(sentence))):
        if sentence[index].text in ARROWS:
            return any(token.number is not None for token in sentence[index + 1 : index + 4])
        if sentence[index].number is not None or is_separator(sentence[index]):
            return False
    return False


def _is_compared_with(sentence: Sentence, position: int) -> bool:
    """Whether the words behind a number, or behind its bracket, compare this study with it."""
    for token in sentence[position + 1 : position + 6]:
        if "compare_after" in token.tags:
            return True
        if token.number is not None or token.kind == "break" or token.text == ",":
            return False
    return False


def _before(sentence: Sentence, position: int) -> int | None:
    """Return the token before a number that isn't a filler."""
    for index in range(position - 1, max(-1, position - REACH), -1):
        if "filler" not in sentence[index].tags and sentence[index].text != "~":
            return index
    return None


def is_change(sentence: Sentence, bound: Bound) -> bool:
    """Whether "35 to 55 %" is no range but a change: "improved from 35 to 55 %"."""
    before = _before(sentence, bound.position)
    if "to" not in _number(sentence, bound).flags or (before is not None and "to" in sentence[before].tags):
        return False
    number = _number(sentence, bound)
    if number.second is not None and number.second == number.low != number.high:
        return True
    near = sentence[max(0, bound.position - 6) : bound.position + 6]
    return any("change" in one.tags for one in near)
