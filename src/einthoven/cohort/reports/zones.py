"""Which words of a sentence belong to a number: those before it up to the last separator, and those behind it."""

from __future__ import annotations

from typing import Final, NamedTuple

from einthoven.cohort.reports.sentences import Sentence
from einthoven.cohort.reports.tokens import Token

__all__ = ["ARROWS", "CLOSING", "OPENING", "REACH", "Zone", "is_separator", "words_between", "zone_of"]

OPENING: Final = frozenset("([{")
CLOSING: Final = frozenset(")]}")
ARROWS: Final = frozenset({"->", "=>", "→", "-->", "==>", ">>", "--->", ">"})
SEPARATORS: Final = frozenset({",", ";", "|", "\t", "/"})
REACH: Final = 40
"""Tokens that are looked at on either side of a number, at most."""
TIMES: Final = frozenset({"previous", "previous_of", "present", "compare", "change", "from"})
LATIN_WORDS_PER_SYLLABLE: Final = 1 / 3


class Zone(NamedTuple):
    """The indices of the tokens that belong to a number."""

    left: tuple[int, ...]
    right: tuple[int, ...]


def is_separator(token: Token) -> bool:
    """Whether what follows a token is said of something else."""
    return (
        token.text in SEPARATORS
        or bool({"and", "but"} & token.tags.keys())
        or (token.kind == "mark" and token.text.startswith("   "))
    )


def words_between(sentence: Sentence, first: int, last: int) -> float:
    """Return how many words that say nothing to us stand between two tokens; a Korean syllable is a third of one."""
    words = 0.0
    for token in sentence[first + 1 : last]:
        if token.kind == "other":
            words += 1 if token.text[0] < "가" else LATIN_WORDS_PER_SYLLABLE
        elif token.number is not None:
            words += 1
    return words


def zone_of(sentence: Sentence, position: int, *, mention: int) -> Zone:
    """Return the words of the number at ``position``, whose name stands at ``mention``."""
    left = _left(sentence, position, mention=mention)
    right = _right(sentence, position)
    return Zone(left, right)


def _left(sentence: Sentence, position: int, *, mention: int) -> tuple[int, ...]:
    found: list[int] = []
    depth = 0
    for index in range(position - 1, max(-1, position - REACH), -1):
        token = sentence[index]
        if token.text in CLOSING:
            depth += 1
        elif token.text in OPENING:
            depth = max(0, depth - 1)
        if (
            depth == 0
            and index > mention
            and token.number is None
            and is_separator(token)
            and not _within_name(sentence, index, mention)
        ):
            break
        if token.number is not None and depth == 0 and index > mention:
            found = _taken_by_next(sentence, index, found)
            break
        if index == mention:
            break
        found.append(index)
    return tuple(reversed(found))


def _within_name(sentence: Sentence, index: int, mention: int) -> bool:
    """Whether no number stands between the name and a separator: "LVEF, by Simpson, 55 %"."""
    return all(token.number is None for token in sentence[mention:index])


def _taken_by_next(sentence: Sentence, number: int, found: list[int]) -> list[int]:
    """Return those of ``found``, tokens between two numbers, that belong to the second."""
    own = set(_right(sentence, number))
    return [index for index in found if index not in own]


def _right(sentence: Sentence, position: int) -> tuple[int, ...]:
    found: list[int] = []
    index = position + 1
    while index < min(position + REACH, len(sentence)):
        token = sentence[index]
        if token.text in OPENING:
            end = _bracket_end(sentence, index)
            if token.text == "[" and end < len(sentence) and "quantity" in sentence[end].tags:
                break  # a heading: "EF 46 % [MUGA] EF 43 %"
            inside = sentence[index:end]
            if any(one.number is not None and not one.number.unit for one in inside) or any(
                one.number is not None and one.number.unit != "other" for one in inside
            ):
                found += _method_in_front(sentence, index)
                break
            found += range(index, end)
            index = end
            continue
        if is_separator(token) and (end := _method_behind(sentence, index)):
            found += range(index, end)
            break
        if token.text in CLOSING or token.kind == "break" or "quantity" in token.tags or is_separator(token):
            break
        if token.number is not None:
            if token.number.unit == "other":
                index += 1
                continue
            return () if _announces(sentence, position, index) else tuple(found)
        found.append(index)
        index += 1
    return tuple(found)


def _method_in_front(sentence: Sentence, opening: int) -> range:
    """Return the method that a bracket with other numbers begins with: "58 % (biplane; normal 52-72)"."""
    index = opening + 1
    while index < len(sentence) and {"method", "filler", "by", "plane_less"} & sentence[index].tags.keys():
        index += 1
    named = any("method" in token.tags for token in sentence[opening:index])
    return range(opening, index if named and index < len(sentence) and is_separator(sentence[index]) else opening)


def _method_behind(sentence: Sentence, separator: int) -> int:
    """Return the index behind a method that a separator sets apart from its number: "36 %, Simpson"; 0 for none."""
    index, depth = separator + 1, 0
    while index < min(separator + REACH, len(sentence)):
        depth += (sentence[index].text in OPENING) - (sentence[index].text in CLOSING)
        named = {"method", "filler", "by", "plane_less"} & sentence[index].tags.keys()
        if depth < 0 or not (named or sentence[index].text in OPENING | CLOSING):
            break
        index += 1
    end = depth < 0 or index == len(sentence) or sentence[index].kind == "break" or is_separator(sentence[index])
    return index if end and any("method" in token.tags for token in sentence[separator + 1 : index]) else 0


def _announces(sentence: Sentence, first: int, second: int) -> bool:
    """Whether the words between two numbers belong to the second: "Simpson: 58", or "M-mode 62 Simpson 58"."""
    between = sentence[first + 1 : second]
    if not between:
        return False
    last = between[-1]
    if last.text in {":", "="} or TIMES & last.tags.keys() or any(one.text in ARROWS for one in between):
        return True
    kinds = {"method", "stress", "rest"} & {kind for one in between for kind in one.tags}
    kinds |= {"plane_less"} if "method" in kinds else set()
    for token in reversed(sentence[max(0, first - REACH) : first]):
        if kinds & token.tags.keys() or token.number is not None or "quantity" in token.tags:
            return bool(kinds & token.tags.keys())
    return False


def _bracket_end(sentence: Sentence, opening: int) -> int:
    """Return the index behind the bracket that closes the one at ``opening``; the sentence's end where none does."""
    depth = 0
    for index in range(opening, min(opening + REACH, len(sentence))):
        depth += (sentence[index].text in OPENING) - (sentence[index].text in CLOSING)
        if depth == 0:
            return index + 1
    return min(opening + REACH, len(sentence))
