"""The numbers of a sentence that are values of this report, and what is known of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from einthoven.cohort.reports.binding import Bound, measured
from einthoven.cohort.reports.context import Scope
from einthoven.cohort.reports.finding import ReportFinding
from einthoven.cohort.reports.methods import Named, method_of
from einthoven.cohort.reports.rules import rules
from einthoven.cohort.reports.sentences import Sentence
from einthoven.cohort.reports.tokens import Number
from einthoven.cohort.reports.validity import NORMAL, is_change, is_of_another_time, is_of_this_report
from einthoven.cohort.reports.zones import OPENING, REACH, Zone, zone_of

__all__ = ["NORMAL", "NOW", "NO_METHOD", "WEAK", "read_numbers"]

NO_METHOD: Final = "no method named"
WIDTH_OF_SLASH: Final = 10
"""Of a range that is written with a slash, at most."""
BEFORE_NAME: Final = 3
"""Words before a name among which "baseline" is said of it: "pre-TAVI echo: EF 35 %"."""
NOW: Final = "now"
HISTORY: Final = "history"
WEAK: Final = frozenset({"baseline", HISTORY, NORMAL})
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
        if is_of_another_time(sentence, bound, zone, scope[bound.position]):
            continue
        if not is_of_this_report(sentence, bound, zone, scope[bound.position]):
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
        if scope[bound.position].history or _has_a_past(sentence, bound):
            one = replace(one, flags=(*one.flags, HISTORY))
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
    if is_change(sentence, bound) and number.second is not None:
        scale = rule.units.get(number.unit, 1) if number.unit else 1
        low = high = round(number.second * scale, 6)
    method = named.method if named.method in rule.methods else "unnamed"
    if _is_normal(sentence, bound):
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


def _has_a_past(sentence: Sentence, bound: Bound) -> bool:
    """Whether a number, or its bracket, is followed by a word for a patient's history."""
    return any("history" in token.tags for token in sentence[bound.position + 1 : bound.position + 3])


def _is_normal(sentence: Sentence, bound: Bound) -> bool:
    """Whether bounds may be those of the healthy: "normal LVEF 55-70 %", but not "overall normal LVEF (> 55 %)"."""
    if bound.low == bound.high or not bound.mention:
        return False
    if sentence[bound.mention - 1].tags.get("word function") != NORMAL:
        return False
    bracketed = sentence[bound.position - 1].text in OPENING and None in (bound.low, bound.high)
    return not bracketed or any(token.number is not None for token in sentence[: bound.mention])


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
    first = max(first + 1, min(bound.mention, bound.position) - BEFORE_NAME)
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
