"""Every value that a report states, in the order of its text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import NamedTuple

from einthoven.cohort.reports.binding import bind
from einthoven.cohort.reports.context import Scope, begin_of, is_bounds, is_legend, scopes
from einthoven.cohort.reports.finding import ReportFinding
from einthoven.cohort.reports.grades import read_grades
from einthoven.cohort.reports.methods import Named, heading_method
from einthoven.cohort.reports.numbers import NO_METHOD, NORMAL, NOW, WEAK, read_numbers
from einthoven.cohort.reports.plain import plain
from einthoven.cohort.reports.rules import OTHER, rules
from einthoven.cohort.reports.sections import section_at, sections
from einthoven.cohort.reports.sentences import Sentence, sentences
from einthoven.cohort.reports.tokens import Token
from einthoven.cohort.reports.words import read_words, side_of

__all__ = ["read_report"]

HEADING_TOKENS = 6
"""Tokens of a sentence among which a date is one of all that follows."""


class _Around(NamedTuple):
    """What the report says around a sentence: its heading, its section, and whether of stress or the right side."""

    heading: Named
    begin: Scope
    stressed: bool
    right: bool


def read_report(text: str, *, quantities: Sequence[str] | None = None) -> tuple[ReportFinding, ...]:
    """Return the values of a report.

    Parameters
    ----------
    text : str
        Free text in English or Korean, sentences or a table, of any length.
    quantities : sequence of str, optional
        Names of ``rules.toml``; all by default.

    Raises
    ------
    CohortError
        For a quantity that no rule knows.

    Examples
    --------
    >>> for one in read_report("LVEF 52 % by biplane Simpson (previously 35 %), mild MR."):
    ...     print(one.quantity, one.value, one.method, one.text)
    lvef 52.0 simpson 52
    mitral_regurgitation 1.0 unnamed mild
    """
    known = rules()
    wanted = known.quantities.keys() if quantities is None else frozenset(map(known.check, quantities))
    return tuple(one for one in _read(text, wanted) if one.quantity in wanted)


def _read(text: str, wanted: AbstractSet[str]) -> list[ReportFinding]:
    found: list[ReportFinding] = []
    words: list[ReportFinding] = []
    heading = Named()
    before: Sentence = ()
    name: Token | None = None
    line: list[Sentence] = []
    all_of_them = sentences(text, wanted)
    parts = sections(text, plain(text)) if all_of_them else []
    stressed = any("stress" in token.tags or "stress_neutral" in token.tags for one in all_of_them for token in one)
    for read in all_of_them:
        sentence = _continued(before, read, name)
        name = _name_alone(read, name)
        said = heading_method(sentence)
        if said.method == "unnamed":
            if _names_any(sentence, wanted):
                part = section_at(parts, read[-1].start if read[-1].kind != "break" else read[0].start)
                around = _Around(heading, begin_of(sentence, part), stressed=stressed, right=side_of(line))
                numbers, levels = _read_sentence(sentence, text, wanted, around)
                found += numbers
                words += levels
            if "\n\n" in sentence[-1].text.replace(" ", ""):
                heading = Named()
        elif not _is_behind(before, sentence):
            heading = said
        elif found:
            found[-1] = _renamed(found[-1], said)
        line.append(sentence)
        if "\n" in sentence[-1].text:
            line.clear()
        before = sentence
    numbered = {one.quantity for one in found}
    found += [one for one in words if one.quantity not in numbered]
    return sorted(_undated(found), key=lambda one: (one.start, one.end))


def _read_sentence(
    sentence: Sentence, text: str, wanted: AbstractSet[str], around: _Around
) -> tuple[list[ReportFinding], list[ReportFinding]]:
    """Return the numbers and grades of a sentence, and what its words say."""
    scope = scopes(sentence, around.begin)
    legend = is_legend(sentence)
    bounds = bind(
        sentence, {at for at, one in enumerate(scope) if one.reference or (legend and is_bounds(sentence[at]))}
    )
    asked = [one for one in bounds if one.quantity in wanted and rules().quantities[one.quantity].kind != "grade"]
    numbers = read_numbers(sentence, text, bounds=asked, scope=scope, heading=around.heading, stressed=around.stressed)
    grades = read_grades(sentence, text, scope=scope)
    date = _heading_date(sentence)
    dated = [_dated(one, date) for one in numbers + grades] if date else numbers + grades
    if legend:
        return dated, []
    return dated, read_words(sentence, text, numbered={one.mention for one in bounds}, scope=scope, right=around.right)


def _heading_date(sentence: Sentence) -> str:
    """Return the date that a sentence begins with: "Echo (2021-03-04): ..."; "" for none."""
    for token in sentence[:HEADING_TOKENS]:
        if "quantity" in token.tags or token.number is not None:
            break
        if token.kind == "date":
            return token.text
    return ""


def _dated(finding: ReportFinding, date: str) -> ReportFinding:
    known = any(flag.startswith("dated ") for flag in finding.flags)
    return finding if known else replace(finding, flags=(*finding.flags, f"dated {date}"))


def _names_any(sentence: Sentence, wanted: AbstractSet[str]) -> bool:
    return any(
        token.tags["quantity"] in wanted or not wanted.isdisjoint(token.tags.get("pair", "").split())
        for token in sentence
        if "quantity" in token.tags
    )


def _name_alone(sentence: Sentence, before: Token | None) -> Token | None:
    """Return the name that a line consists of, for the lines below it, as long as they begin with a method or value."""
    names = [token for token in sentence if "quantity" in token.tags]
    if names:
        alone = len(names) == 1 and names[0].tags["quantity"] != OTHER and not any(token.number for token in sentence)
        return names[0] if alone and "\n" in sentence[-1].text and len(sentence) <= HEADING_TOKENS else None
    return before if _begins_with_method(sentence) else None


def _begins_with_method(sentence: Sentence) -> bool:
    first = {kind for token in sentence[:2] for kind in token.tags}
    return bool({"method", "plane_less", "value_label"} & first) and any(token.number for token in sentence)


def _continued(before: Sentence, sentence: Sentence, name: Token | None) -> Sentence:
    """Return a sentence behind the name of the one before, where it goes on with it: "Today it is 45 %"."""
    if any("quantity" in token.tags for token in sentence):
        return sentence
    if name is not None and _begins_with_method(sentence):
        return (name, *sentence)
    if not before or "\n" in before[-1].text:
        return sentence
    names = [token for token in before if token.tags.get("quantity", OTHER) != OTHER]
    numbers = [token for token in sentence if token.number is not None and token.number.unit]
    first = {kind for token in sentence[:3] for kind in token.tags}
    if len(names) == 1 and len(numbers) == 1 and {"present", "method"} & first and "not_alone" not in first:
        methods = rules().quantities[names[0].tags["quantity"]].methods
        return (names[0], *sentence) if methods else sentence
    return sentence


def _is_behind(before: Sentence, sentence: Sentence) -> bool:
    """Whether a sentence of a method alone ends the line of a value: "EF 58 %. (Biplane Simpson)"."""
    if before and any(t.number for t in before) and "method_label" in sentence[0].tags:
        return True
    same_line = bool(before) and "\n" not in before[-1].text
    return same_line and any(t.number for t in before) and not any(t.text == ":" for t in sentence)


def _renamed(finding: ReportFinding, said: Named) -> ReportFinding:
    """Return a value without a method with that of the words behind it."""
    if finding.method != "unnamed" or said.method not in rules().quantities[finding.quantity].methods:
        return finding
    flags = [flag for flag in finding.flags if flag != NO_METHOD]
    return replace(finding, method=said.method, flags=(*flags, *(["single plane"] if said.single_plane else [])))


def _undated(found: list[ReportFinding]) -> list[ReportFinding]:
    """Leave out values with a date, or "baseline", where the report has one without, or one with a later date."""
    latest: dict[str, tuple[int, ...]] = {}
    strong: set[str] = set()
    undated: set[str] = set()
    for one in found:
        date = _date_of(one)
        latest[one.quantity] = max(latest.get(one.quantity, ()), date)
        if not WEAK & set(one.flags):
            strong.add(one.quantity)
        if not date:
            undated.add(one.quantity)
    kept = []
    for one in found:
        date = _date_of(one)
        if WEAK & set(one.flags) and one.quantity in strong:
            continue
        if date and (one.quantity in undated or latest[one.quantity] > date):
            continue
        flags = ("dated" if flag.startswith("dated ") else flag for flag in one.flags if flag not in {NOW, NORMAL})
        kept.append(replace(one, flags=tuple(flags)))
    return kept


def _date_of(finding: ReportFinding) -> tuple[int, ...]:
    """Return year, month and day as far as they are written; () for a value without a date."""
    written = next((flag for flag in finding.flags if flag.startswith("dated ")), "")
    numbers = [int(one) for one in re.findall(r"\d{1,4}", written)]
    year = [one for one in numbers if one > 1900]
    return tuple(year + [one for one in numbers if one <= 1900]) if written else ()
