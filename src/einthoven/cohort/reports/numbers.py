"""The numbers of a sentence that are values of this report, and what is known of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from einthoven.cohort.reports.binding import Bound, measured
from einthoven.cohort.reports.context import Scope, backwards
from einthoven.cohort.reports.finding import ReportFinding
from einthoven.cohort.reports.methods import Named, method_of
from einthoven.cohort.reports.rules import rules
from einthoven.cohort.reports.sentences import Sentence
from einthoven.cohort.reports.tokens import Number
from einthoven.cohort.reports.zones import ARROWS, CLOSING, OPENING, REACH, Zone, is_separator, zone_of

__all__ = ["NORMAL", "NOW", "NO_METHOD", "WEAK", "read_numbers"]

NO_METHOD: Final = "no method named"
WIDTH_OF_NORMAL: Final = 15
"""Of a normal range in its unit, and wider than what one report leaves open."""
WIDTH_OF_SLASH: Final = 10
"""Of a range that is written with a slash, at most."""
NOW: Final = "now"
NORMAL: Final = "normal"
WEAK: Final = frozenset({"baseline", NORMAL})
"""Flags of values that give way to any other of their quantity; NOW and NORMAL are not handed out."""


def read_numbers(
    sentence: Sentence, text: str, *, bounds: Sequence[Bound], scope: list[Scope], heading: Named, stressed: bool
) -> list[ReportFinding]:
    """Return the numbers of a sentence that are values of this report.

    ``stressed`` says whether the report is one of a stress test: "baseline" is at rest then, else an earlier study.
    Flags that begin with "dated " carry the date; NOW and NORMAL are for the reader of the whole report only.
    """
    found: list[ReportFinding] = []
    now: set[str] = set()
    for bound in _with_slashes(sentence, bounds):
        zone = zone_of(sentence, bound.position, mention=bound.mention)
        if _of_another_time(sentence, bound, zone, scope[bound.position]):
            continue
        if _no_value(sentence, bound, zone, scope[bound.position]):
            continue
        named = method_of(sentence, bound, zone)
        named = heading if named.method == "unnamed" else named
        under_stress = _stressed(sentence, bound, zone, scope)
        one = _finding(sentence, bound, zone, text=text, stressed=under_stress, named=named)
        if not stressed and _at_baseline(sentence, bound, zone):
            if any("present" in token.tags for token in sentence):
                continue
            one = replace(one, flags=(*one.flags, "baseline"))
        if _said_now(sentence, bound, zone):
            now.add(one.quantity)
            one = replace(one, flags=(*one.flags, NOW))
        found.append(one)
    return [one for one in found if NOW in one.flags or one.quantity not in now or one.method != "unnamed"]


def _with_slashes(sentence: Sentence, bounds: Sequence[Bound]) -> list[Bound]:
    """Return the numbers with those of "55/60 %" made one range; methods or names in lists have their own numbers."""
    joined: list[Bound] = []
    for bound in bounds:
        rule = rules().quantities[bound.quantity]
        second = _behind_slash(sentence, bound.position) if bound.listed < 0 and bound.low == bound.high else None
        number = measured(second, rule) if second is not None else None
        if number is None or number.low is None or bound.low is None or number.low != number.high:
            joined.append(bound)
        else:
            close = 0 < number.low - bound.low <= WIDTH_OF_SLASH
            joined.append(bound._replace(high=number.low) if close else bound)
    return joined


def _behind_slash(sentence: Sentence, position: int) -> Number | None:
    """Return the number with a percent sign that a slash joins to one without."""
    first, rest = sentence[position].number, sentence[position + 1 : position + 3]
    if first is None or first.unit or len(rest) < 2 or rest[0].text != "/" or rest[1].number is None:
        return None
    return rest[1].number if rest[1].number.unit == "%" else None


def _said_now(sentence: Sentence, bound: Bound, zone: Zone) -> bool:
    """Whether "now" stands beside a number or its name: then the others beside it without a word are earlier ones."""
    near = [*zone.left, *zone.right]
    if bound.order == 0:
        near += range(max(0, bound.mention - 2), bound.mention)
    return any("present" in sentence[index].tags for index in near)


def _finding(sentence: Sentence, bound: Bound, zone: Zone, *, text: str, stressed: bool, named: Named) -> ReportFinding:
    token = sentence[bound.position]
    number = token.number
    assert number is not None
    rule = rules().quantities[bound.quantity]
    low, high = bound.low, bound.high
    flags = [flag for flag in number.flags if flag not in {"to", "plus"}]
    if "plus" in number.flags and low == high:
        high = None
        flags.append("inequality")
    if _is_change(sentence, bound) and number.second is not None:
        scale = rule.units.get(number.unit, 1) if number.unit else 1
        low = high = round(number.second * scale, 6)
    method = named.method if named.method in rule.methods else "unnamed"
    if low != high and bound.mention and sentence[bound.mention - 1].tags.get("word function") == NORMAL:
        flags.append(NORMAL)
    if stressed:
        method = "other"
        flags.append("stress")
    elif method == "simpson" and named.single_plane:
        flags.append("single plane")
    if method == "unnamed" and rule.methods:
        flags.append(NO_METHOD)
    if date := _date(sentence, bound, zone):
        flags.append(f"dated {date}")
    value = None if low is None or high is None else round((low + high) / 2, 6)
    return ReportFinding(
        bound.quantity,
        value,
        low,
        high,
        rule.unit,
        method,
        tuple(flags),
        token.start,
        token.end,
        text[token.start : token.end],
    )


def _of_another_time(sentence: Sentence, bound: Bound, zone: Zone, scope: Scope) -> bool:
    """Whether the number is one of an earlier study."""
    kinds = {kind for index in zone.right for kind in sentence[index].tags}
    if backwards(sentence, zone) or _is_compared_with(sentence, bound.position):
        return True
    if _is_change(sentence, bound):
        return False
    if (scope.previous or scope.compared) and "present" not in kinds:
        return True
    if _before_arrow(sentence, bound.position):
        return True
    after = sentence[bound.position + 1] if bound.position + 1 < len(sentence) else None
    number = sentence[bound.position].number
    assert number is not None
    before = _before(sentence, bound.position)
    if before is not None and "from" in sentence[before].tags and "to" not in number.flags:
        return True
    later = any(t.number is not None for t in sentence[bound.position + 1 : bound.position + REACH])
    if (
        after is not None
        and "from" in after.tags
        and "to" not in number.flags
        and later
        and after.text in {"에서", "부터"}
    ):
        return True
    own = [sentence[index] for index in zone.left if index > bound.mention]
    dated = any(token.kind == "date" for token in (*own, *(sentence[index] for index in zone.right)))
    if dated:
        in_a_year = any(
            sentence[index].text == "in" and re.fullmatch(r"\d{4}", sentence[index + 1].text)
            for index in zone.left
            if index > bound.mention
        )
        return in_a_year or any("past" in token.tags for token in own)
    year = any(re.fullmatch(r"\d{4}", token.text) for token in sentence[max(0, bound.mention - 4) : bound.mention])
    return year and any("past" in token.tags for token in own)


def _before_arrow(sentence: Sentence, position: int) -> bool:
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


def _is_change(sentence: Sentence, bound: Bound) -> bool:
    """Whether "35 to 55 %" is no range but a change: "improved from 35 to 55 %"."""
    number = sentence[bound.position].number
    assert number is not None
    if "to" not in number.flags:
        return False
    before = _before(sentence, bound.position)
    if before is not None and "to" in sentence[before].tags:
        return False
    near = sentence[max(0, bound.position - 6) : bound.position + 6]
    return any("change" in one.tags for one in near)


def _no_value(sentence: Sentence, bound: Bound, zone: Zone, scope: Scope) -> bool:
    """Whether the number is a reference, a target, a question, a change, or denied."""
    number = sentence[bound.position].number
    assert number is not None
    if scope.target or scope.reference:
        return True
    after = sentence[bound.position + 1 : bound.position + 3]
    ahead = sentence[min(bound.mention, bound.position) - 1] if min(bound.mention, bound.position) else None
    if ahead is not None and ahead.text == "?":
        return True
    if after and (after[0].text == "?" or (after[0].text in CLOSING and len(after) > 1 and after[1].text == "?")):
        return True
    if bound.low != bound.high and any(
        "disease" in token.tags or token.tags.get("role") == "disease"
        for token in sentence[max(0, bound.mention - 4) : bound.mention]
    ):
        return True
    if "inequality" in number.flags and _defines(sentence, bound.position):
        return True
    if bound.order > 0:
        return any("baseline" in sentence[index].tags for index in (*zone.left, *zone.right))
    first = next((sentence[index] for index in zone.right if "filler" not in sentence[index].tags), None)
    if first is not None and "delta_after" in first.tags:
        return True
    if "to" not in number.flags and _is_difference(sentence, bound.position):
        return True
    return _is_definition(sentence, bound) or _denied(sentence, bound, inequality="inequality" in number.flags)


def _is_difference(sentence: Sentence, position: int) -> bool:
    """Whether a number is by how much a value changed: "decreased by 10 %"."""
    before = _before(sentence, position)
    if not before or sentence[before].text not in {"by", "of"}:
        return False
    return "change" in sentence[before - 1].tags


def _is_definition(sentence: Sentence, bound: Bound) -> bool:
    """Whether bounds are those of all healthy people: "normal EF is 55-70 %"."""
    normal = bound.mention > 0 and sentence[bound.mention - 1].tags.get("word function") == NORMAL
    if (
        not normal
        or bound.low == bound.high
        or not any("filler" in t.tags for t in sentence[bound.mention : bound.position])
    ):
        return False
    return bound.low is None or bound.high is None or bound.high - bound.low >= WIDTH_OF_NORMAL


def _defines(sentence: Sentence, position: int) -> bool:
    """Whether a word behind the number makes it a bound for something: "EF <= 35 % is an indication for ..."."""
    return any("target" in one.tags for one in sentence[position + 1 : position + REACH])


def _denied(sentence: Sentence, bound: Bound, *, inequality: bool) -> bool:
    """Whether a negation stands between the name and the number, or before both of an inequality."""
    low, high = sorted((bound.mention, bound.position))
    apart = False
    for index in range(high - 1, low, -1):
        one = sentence[index]
        if one.number is not None or {"method", "but"} & one.tags.keys():
            return False
        apart = apart or is_separator(one) or one.text in OPENING
        if "unmeasured" in one.tags or ("negation" in one.tags and not apart):
            return True
    if apart:
        return False
    if not inequality:
        return False
    for index in range(low - 1, max(-1, low - 5), -1):
        if is_separator(sentence[index]) or sentence[index].number is not None:
            return False
        if "negation" in sentence[index].tags:
            return True
    return False


def _stressed(sentence: Sentence, bound: Bound, zone: Zone, scope: list[Scope]) -> bool:
    """Whether the value is one under stress: the word beside the number counts before the one further off."""
    left = [index for index in zone.left if index > bound.mention]
    for indices in (reversed(left), zone.right):
        for index in indices:
            tags = sentence[index].tags
            if "rest" in tags:
                return False
            if "stress" in tags and "stress_neutral" not in tags:
                return True
    return scope[bound.position].stress


def _at_baseline(sentence: Sentence, bound: Bound, zone: Zone) -> bool:
    """Whether "baseline" stands beside a number or its name."""
    if bound.order > 0:
        return any("baseline" in sentence[index].tags for index in (*zone.left, *zone.right))
    first = next(
        (
            at
            for at in range(bound.position - 1, max(-1, bound.position - REACH), -1)
            if sentence[at].number is not None
        ),
        -1,
    )
    first = max(first + 1, min(bound.mention, bound.position) - 2)
    near = (*sentence[first : bound.position], *(sentence[index] for index in zone.right))
    return any("baseline" in token.tags for token in near)


def _date(sentence: Sentence, bound: Bound, zone: Zone) -> str:
    """Return the date beside a number or before its name, with the year first; "" for none."""
    for index in (*zone.right, *(index for index in zone.left if index > bound.mention)):
        if sentence[index].kind == "date":
            return sentence[index].text
    for index in range(bound.mention - 1, max(-1, bound.mention - 4), -1):
        if sentence[index].kind == "date":
            return sentence[index].text
        if sentence[index].number is not None:
            break
    return ""
