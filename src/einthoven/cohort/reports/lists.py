"""Lists of names, or of methods, with as many numbers behind them: "LVIDd/LVIDs 48/30 mm"."""

from __future__ import annotations

from collections.abc import Iterator

from einthoven.cohort.reports.rules import OTHER, rules
from einthoven.cohort.reports.sentences import Sentence
from einthoven.cohort.reports.zones import OPENING, REACH

__all__ = ["methods_between", "named_lists"]


def named_lists(sentence: Sentence) -> Iterator[tuple[list[tuple[int, str]], list[int]]]:
    """Yield lists of names with as many numbers: "LVIDd/LVIDs 48/30 mm", "IVS and PW 10 and 9 mm"."""
    yield from _lists_of_methods(sentence)
    index = 0
    while index < len(sentence):
        if "quantity" not in sentence[index].tags:
            index += 1
            continue
        pair = sentence[index].tags.get("pair", "")
        names = [(index, one) for one in pair.split()] or [(index, sentence[index].tags["quantity"])]
        last = index
        while (after := _next_of(sentence, last, name=True)) is not None and not pair:
            names.append((after, sentence[after].tags["quantity"]))
            last = after
        if len(names) > 1:
            numbers = _numbers_after(sentence, last)
            if len(numbers) == len(names):
                yield names, numbers
                last = numbers[-1]
        index = last + 1


def _lists_of_methods(sentence: Sentence) -> Iterator[tuple[list[tuple[int, str]], list[int]]]:
    """Yield a name as often as it has methods with a number each: "EF (M-mode/Simpson) 62/58 %"."""
    for index, token in enumerate(sentence):
        methods = (
            rules().quantities[token.tags["quantity"]].methods if token.tags.get("quantity", OTHER) != OTHER else ()
        )
        if not methods:
            continue
        ways = methods_between(sentence, index)
        numbers = _numbers_after(sentence, ways[-1]) if len(ways) > 1 else []
        if len(numbers) == len(ways) > 1:
            yield [(index, token.tags["quantity"])] * len(ways), numbers


def methods_between(sentence: Sentence, mention: int) -> list[int]:
    """Return the methods of a list behind a name, before its first number; 2D counts as one without a name."""
    ways: list[int] = []
    linked = True
    for index in range(mention + 1, min(mention + REACH, len(sentence))):
        token = sentence[index]
        if {"method", "plane_less"} & token.tags.keys():
            if not linked:
                return []
            ways.append(index)
            linked = False
        elif token.text in {"/", ",", "&"} or "and" in token.tags:
            linked = True
        elif token.text not in OPENING and "by" not in token.tags:
            break
    return ways


def _next_of(sentence: Sentence, index: int, *, name: bool) -> int | None:
    """Return the next name or number, where nothing but a separator stands between."""
    after = index + 1
    while after < min(index + 4, len(sentence)) and (
        sentence[after].text in {"/", ",", "&", "+"} or "and" in sentence[after].tags
    ):
        after += 1
    if after == index + 1 or after == len(sentence):
        return None
    token = sentence[after]
    return after if (("quantity" in token.tags) if name else (token.number is not None)) else None


def _numbers_after(sentence: Sentence, last: int) -> list[int]:
    for index in range(last + 1, min(last + 8, len(sentence))):
        token = sentence[index]
        if token.number is not None:
            numbers = [index]
            while (after := _next_of(sentence, numbers[-1], name=False)) is not None:
                numbers.append(after)
            return numbers
        if "quantity" in token.tags or token.text in {",", ";"}:
            return []
    return []
