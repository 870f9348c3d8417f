"""How a value was measured, by the words that belong to its number, its name, or a heading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from einthoven.cohort.reports.binding import Bound
from einthoven.cohort.reports.finding import METHODS, Method
from einthoven.cohort.reports.lists import methods_between
from einthoven.cohort.reports.rules import OTHER, rules
from einthoven.cohort.reports.sentences import Sentence
from einthoven.cohort.reports.tokens import Token
from einthoven.cohort.reports.zones import CLOSING, OPENING, REACH, Zone, is_separator, words_between

__all__ = ["Named", "heading_method", "method_of"]

MOST_OF_HEADING: Final = 60
"""Characters of a line or sentence that says nothing but how the values beside it were measured."""


MOST_OTHER: Final = 2
"""Words that say nothing to us in a heading: "quantification by biplane Simpson", but not "no clot seen by 3D"."""
MOST_OF_SENTENCE: Final = 120
"""The same for a sentence with the name of what was measured."""


class Named(NamedTuple):
    """A method as the report names it."""

    method: Method = "unnamed"
    single_plane: bool = False


def method_of(sentence: Sentence, bound: Bound, zone: Zone) -> Named:
    """Return the method of a number: from beside it, else from beside its name, else from before its name."""
    between = [index for index in zone.left if index > bound.mention]
    listed = _listed(sentence, bound)
    if listed is not None:
        return listed
    own = _best(sentence, between, strict=False)
    right = _best(sentence, zone.right, strict=False)
    if right.method != "unnamed" and (own.method == "unnamed" or bound.order > 0 or _bracketed(sentence, bound)):
        return right
    if own.method != "unnamed":
        return own
    if bound.order > 0:
        return Named()
    if "method" in sentence[bound.mention].tags:
        return _best(sentence, (bound.mention,), strict=False)
    before = _best(sentence, _before_name(sentence, min(bound.mention, bound.position)), strict=True)
    return before if before.method != "unnamed" else _over_all(sentence, bound.position)


def _over_all(sentence: Sentence, position: int) -> Named:
    """Return the method that a sentence begins or ends with: "M-mode: EF 62 %", "EF 62 % | Method: M-mode"."""
    for index in range(position, min(position + REACH, len(sentence))):
        if "method_label" in sentence[index].tags:
            return _best(sentence, range(index + 1, min(index + 5, len(sentence))), strict=True)
    for index, token in enumerate(sentence[:REACH]):
        closes = token.text in CLOSING or token.text == ">"
        if token.text == ":" or (closes and (sentence[0].text in OPENING or sentence[0].text == "<")):
            return _best(sentence, range(index), strict=True)
        if token.number is not None or "quantity" in token.tags:
            break
    return Named()


def _bracketed(sentence: Sentence, bound: Bound) -> bool:
    after = bound.position + 1
    return after < len(sentence) and sentence[after].text == "("


def _listed(sentence: Sentence, bound: Bound) -> Named | None:
    """Return the method at the number's place in a list: "EF (M-mode/Simpson) 62/58 %"."""
    if bound.listed < 0:
        return None
    ways = methods_between(sentence, bound.mention)
    return _best(sentence, ways[bound.listed : bound.listed + 1], strict=False) if bound.listed < len(ways) else None


def _best(sentence: Sentence, indices: Iterable[int], *, strict: bool) -> Named:
    """Return the method that ``choose`` would prefer among the words at ``indices``."""
    named = [
        sentence[index]
        for index in indices
        if "method" in sentence[index].tags
        and not (strict and "not_alone" in sentence[index].tags)
        and not _negated(sentence, index)
    ]
    if not named:
        return Named()
    return _of_tokens(named)


def _of_tokens(named: Sequence[Token]) -> Named:
    order: dict[str, int] = {method: place for place, method in enumerate(METHODS)}
    method = min((token.tags["method"] for token in named), key=order.__getitem__)
    tags = {kind for token in named if token.tags["method"] == method for kind in token.tags}
    single = method == "simpson" and "single_plane" in tags and "both_planes" not in tags
    return Named(method, single)  # type: ignore[arg-type]


def _negated(sentence: Sentence, index: int) -> bool:
    """Whether a method is one that wasn't used: "Simpson not feasible", "without contrast"."""
    if index and "negation" in sentence[index - 1].tags:
        return True
    for token in sentence[index + 1 : index + 5]:
        if token.number is not None or is_separator(token) or "quantity" in token.tags:
            return False
        if {"negation", "unmeasured"} & token.tags.keys():
            return True
    return False


def _before_name(sentence: Sentence, mention: int) -> tuple[int, ...]:
    """Return the words before a name: to the number or the name before it, or to the sentence's beginning."""
    found: list[int] = []
    seen = False
    for index in range(mention - 1, max(-1, mention - REACH), -1):
        token = sentence[index]
        if token.number is not None and token.number.unit != "other":
            seen = True
            break
        if "quantity" in token.tags and found and any("method" in sentence[one].tags for one in found):
            break
        found.append(index)
    if seen:
        cut = next((place for place, index in enumerate(found) if is_separator(sentence[index])), len(found))
        return tuple(found[:cut])
    return tuple(found)


def heading_method(sentence: Sentence) -> Named:
    """Return the method of a sentence that says how values were measured and no value; else unnamed.

    "M-mode:", "Method: biplane Simpson.", "LVEF was calculated by the method of disks."
    """
    if any(token.number is not None for token in sentence) or not any("method" in token.tags for token in sentence):
        return Named()
    named = any("quantity" in token.tags for token in sentence)
    if named and not _tells_how(sentence):
        return Named()
    most = MOST_OF_SENTENCE if named else MOST_OF_HEADING
    if sentence[-1].end - sentence[0].start > most or _is_of_pictures(sentence):
        return Named()
    return _best(sentence, range(len(sentence)), strict=True)


def _tells_how(sentence: Sentence) -> bool:
    """Whether a sentence tells how a quantity was measured, and nothing of what was found."""
    kinds = {kind for token in sentence for kind in token.tags}
    names = {token.tags["quantity"] for token in sentence if "quantity" in token.tags}
    known = OTHER not in names and all(rules().quantities[name].methods for name in names)
    return (
        known
        and bool({"determined", "past"} & kinds)
        and not {"word function", "negation", "unmeasured", "previous"} & kinds
    )


def _is_of_pictures(sentence: Sentence) -> bool:
    """Whether a sentence tells what was looked at, not how values were measured: "M-mode, 2D, Doppler"."""
    kinds = {kind for token in sentence for kind in token.tags}
    if "modality" in kinds or "word function" in kinds:
        return True
    named = [token for token in sentence if "method" in token.tags]
    if "plane_less" in kinds and any(token.tags["method"] == "m_mode" for token in named):
        return True
    if all("agent" in token.tags for token in named):
        return True
    others = words_between(sentence, -1, len(sentence))
    heads = any(token.text == ":" for token in sentence)
    return not {"determined", "method_label"} & kinds and others > (MOST_OTHER if heads else 0)
