"""Which number belongs to which name."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from einthoven.cohort.reports.lists import named_lists
from einthoven.cohort.reports.rules import OTHER, QuantityRule, rules
from einthoven.cohort.reports.sentences import Sentence
from einthoven.cohort.reports.tokens import Number, Token
from einthoven.cohort.reports.zones import ARROWS, CLOSING, OPENING, REACH, is_separator, words_between

__all__ = ["Bound", "bind", "measured"]

FARTHEST_WITH_UNIT: Final = 9
FARTHEST_WITHOUT: Final = 3
"""Words that say nothing to us which may stand between a name and its number, with and without a unit."""
NEAR_BEFORE: Final = 2
"""The same for a number before its name: "55 % by visual LVEF"."""
OTHER_TIMES: Final = frozenset(
    ["stress", "rest", "present", "previous", "previous_of", "change", "from", "compare", "compare_after", "baseline"]
)
"""Words that tell why there is a second number."""


class Bound(NamedTuple):
    """A number of a quantity, in the unit of its column.

    ``order`` counts the numbers of one mention; ``listed`` is the place in a list of numbers for a list of names.
    """

    quantity: str
    mention: int
    position: int
    low: float | None
    high: float | None
    order: int
    listed: int = -1


def measured(number: Number, rule: QuantityRule) -> Number | None:
    """Return the number in the quantity's unit; None where the unit is another's or the number isn't plausible."""
    if number.unit:
        factors = [rule.units[number.unit]] if number.unit in rule.units else []
    else:
        factors = list(rule.bare.values())
    sign = number.sign if rule.kind == "signed" else 1
    for factor in factors:
        ends = [None if end is None else round(end * factor, 6) for end in (number.low, number.high)]
        least = rule.low if number.unit else rule.bare_low
        if all(end is None or least <= end <= rule.high for end in ends):
            low, high = ends if sign > 0 else [None if end is None else -end for end in reversed(ends)]
            return number._replace(low=low, high=high, unit=rule.unit)
    return None


def bind(sentence: Sentence, references: AbstractSet[int] = frozenset()) -> list[Bound]:
    """Return the numbers of a sentence that belong to a name, in the order of the text; those of others, too.

    ``references`` are positions of numbers that are nobody's value.
    """
    found: list[Bound] = []
    taken: set[int] = set(references)
    for names, numbers in named_lists(sentence):
        for order, ((name, quantity), position) in enumerate(zip(names, numbers, strict=True)):
            found += _bound(sentence, quantity, mention=name, position=position, order=0, listed=order)
            taken.add(position)
    found += _forward(sentence, taken)
    taken |= {one.position for one in found}
    found += _before_name(sentence, taken, {one.mention for one in found})
    return sorted(found, key=lambda one: one.position)


def _bound(
    sentence: Sentence, quantity: str, *, mention: int, position: int, order: int, listed: int = -1
) -> list[Bound]:
    number = sentence[position].number
    if number is None:
        return []
    if quantity == OTHER:
        return [Bound(OTHER, mention, position, number.low, number.high, order, listed)]
    own = measured(number, rules().quantities[quantity])
    return [Bound(quantity, mention, position, own.low, own.high, order, listed)] if own else []


class _Place(NamedTuple):
    """The name that numbers are looked for, and what was found for it."""

    mention: int = -1
    quantity: str = ""
    last: int = -1  # the last number that belongs to it, or -1
    order: int = 0


def _forward(sentence: Sentence, taken: set[int]) -> list[Bound]:
    """Return the numbers behind their names; behind a bracket the name before it counts again."""
    found: list[Bound] = []
    opened: list[_Place] = []
    place = _Place()
    for index, token in enumerate(sentence):
        if token.text in OPENING:
            opened.append(place)
        elif token.text in CLOSING and opened:
            before = opened.pop()
            same = before.quantity == place.quantity
            place = before if before.mention >= 0 and not same else place
        elif "quantity" in token.tags and "pair" not in token.tags:
            place = _Place(index, token.tags["quantity"])
        elif token.number is not None and place.mention >= 0 and index not in taken and _may(sentence, place, index):
            own = _bound(sentence, place.quantity, mention=place.mention, position=index, order=place.order)
            if own:
                found += own
                place = place._replace(last=index, order=place.order + 1)
    return found


def _may(sentence: Sentence, place: _Place, index: int) -> bool:
    """Whether the number at ``index`` can be one of the name."""
    number = sentence[index].number
    assert number is not None
    if place.quantity == OTHER:
        return place.last < 0
    rule = rules().quantities[place.quantity]
    anchor = place.last if place.last >= 0 else place.mention
    if rule.kind == "grade" or not _is_near(sentence, place.mention, anchor, index):
        return False
    between = sentence[anchor + 1 : index]
    if number.low != number.high and (_is_reference_cell(between, first=place.last < 0) or _is_left_blank(between)):
        return False
    if place.last >= 0:
        return _another(sentence, between, index, rule)
    named_next = _names_next(sentence, index) and any(is_separator(one) for one in between)
    return not named_next and not _reference_in_front(sentence, place.mention, index)


def _is_near(sentence: Sentence, mention: int, anchor: int, index: int) -> bool:
    """Whether few words stand between; a number without a unit has to be nearer, and won't do for every name."""
    number = sentence[index].number
    unit = number is not None and number.unit
    if not unit and sentence[mention].tags.get("role", "") in {"with_unit", "dysfunction"}:
        return False
    farthest = FARTHEST_WITH_UNIT if unit else FARTHEST_WITHOUT
    return index - anchor <= REACH and words_between(sentence, anchor, index) <= farthest


def _reference_in_front(sentence: Sentence, mention: int, index: int) -> bool:
    """Whether bounds in brackets stand between the name and its number: "LVEF (> 55 %) 48 %"."""
    number = sentence[index].number
    if number is None or number.low == number.high or index + 2 >= len(sentence):
        return False
    opens = any(one.text in OPENING for one in sentence[mention + 1 : index])
    return (
        opens
        and sentence[index + 1].text in CLOSING
        and any(one.number is not None for one in sentence[index + 2 : index + 4])
    )


def _is_reference_cell(between: Sequence[Token], *, first: bool) -> bool:
    """Whether bounds stand behind an empty cell, or behind "normal" and a value."""
    marks = [one.text for one in between]
    empty = any(pair == ("|", "|") for pair in itertools.pairwise(marks))
    return empty or (not first and between[-1:] != () and between[-1].tags.get("word function") == "normal")


def _is_left_blank(between: Sequence[Token]) -> bool:
    """Whether a form's place for a value is empty before bounds in brackets: "LVEF ___ (normal >= 55 %)"."""
    opened = next((at for at, one in enumerate(between) if one.text in OPENING), 0)
    return any(one.kind == "leader" or one.text == "%" for one in between[:opened])


def _names_next(sentence: Sentence, index: int) -> bool:
    """Whether a name follows the number at once: the second number of "55 % LVEF, 20 mm TAPSE"."""
    return index + 1 < len(sentence) and "quantity" in sentence[index + 1].tags


def _another(sentence: Sentence, between: tuple[Token, ...], index: int, rule: QuantityRule) -> bool:
    """Whether a further number of a name that has one is another value of it, and no reference or repetition."""
    if any(one.text in ARROWS for one in between) or (between and "to" in between[-1].tags):
        return True
    if between and "range_word" in between[-1].tags:
        return False
    behind = _behind(sentence, index)
    for one in (*between, *behind):
        kinds = one.tags.keys()
        if OTHER_TIMES & kinds or (rule.methods and "method" in kinds):
            return True
    return False


def _behind(sentence: Sentence, index: int) -> tuple[Token, ...]:
    end = index + 1
    while end < min(index + REACH, len(sentence)) and not (
        is_separator(sentence[end]) or sentence[end].number is not None or "quantity" in sentence[end].tags
    ):
        end += 1
    return sentence[index + 1 : end]


def _before_name(sentence: Sentence, taken: set[int], named: set[int]) -> list[Bound]:
    """Return the numbers right before a name that has none behind it: "an estimated 55 % ejection fraction"."""
    found: list[Bound] = []
    for mention, token in enumerate(sentence):
        quantity = token.tags.get("quantity", OTHER)
        if quantity == OTHER or mention in named or rules().quantities[quantity].kind == "grade":
            continue
        for index in range(mention - 1, max(-1, mention - 8), -1):
            before = sentence[index]
            if before.number is not None:
                near = words_between(sentence, index, mention) <= NEAR_BEFORE and before.number.unit
                if near and index not in taken:
                    found += _bound(sentence, quantity, mention=mention, position=index, order=0)
                    taken.add(index)
                break
            if is_separator(before) or before.text in CLOSING or "quantity" in before.tags or before.kind == "break":
                break
    return found
