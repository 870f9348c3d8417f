"""Whether a number is a value of this report: not of an earlier one, no reference, target, question or change."""

from __future__ import annotations

from typing import Final, NamedTuple

from einthoven.cohort.reports.rules import OTHER, rules
from einthoven.cohort.reports.sections import SectionKind
from einthoven.cohort.reports.sentences import Sentence
from einthoven.cohort.reports.tokens import Token
from einthoven.cohort.reports.zones import CLOSING, OPENING, Zone, is_separator

__all__ = ["Scope", "backwards", "begin_of", "is_bounds", "is_legend", "scopes"]

COMPARING: Final = frozenset({"compare", "change", "from"})
FILLING: Final = frozenset({"filler", "past", "method", "single_plane", "both_planes", "not_alone", "agent"})
FARTHEST: Final = 20
"""Tokens behind a word for "earlier" among which is what it is said of."""
REACH: Final = 4
"""Words over which "compared", "than" or "from" still make an earlier study one of comparison."""


class Scope(NamedTuple):
    """What holds at a token because of the words before it."""

    previous: str = ""  # "", "once" for the next number, "clause" up to a separator, "on" until something says now
    reference: bool = False
    target: bool = False
    stress: bool = False
    compared: bool = False
    history: bool = False


NOTHING: Final = Scope()


def scopes(sentence: Sentence, begin: Scope = NOTHING) -> list[Scope]:
    """Return what holds at each token of a sentence; ``begin`` is what its section says."""
    found: list[Scope] = []
    opened: list[Scope] = []
    scope = begin
    for index, token in enumerate(sentence):
        if token.text in OPENING:
            opened.append(scope)
            scope = scope._replace(previous="on") if scope.compared else scope
        elif token.text in CLOSING:
            scope = opened.pop() if opened else scope
        else:
            scope = _after(scope, sentence, index, inside=bool(opened))
        found.append(scope)
        if token.number is not None and token.number.unit != "other":
            scope = scope._replace(previous="" if scope.previous == "once" else scope.previous, compared=False)
    return found


def is_legend(sentence: Sentence) -> bool:
    """Whether a sentence tells what degrees mean: "mild 45-54 %, moderate 30-44 %"."""
    degrees = {
        token.tags["degree"]
        for index, token in enumerate(sentence)
        if "degree" in token.tags and _bounds_next(sentence, index)
    }
    graded = any(_is_graded(token) for token in sentence)
    return len(degrees) > 1 and not graded


def _is_graded(token: Token) -> bool:
    rule = rules().quantities.get(token.tags.get("quantity", OTHER))
    return rule is not None and rule.kind == "grade"


def is_bounds(token: Token) -> bool:
    """Whether a token is a range or an inequality."""
    return token.number is not None and token.number.low != token.number.high


def _bounds_next(sentence: Sentence, index: int) -> bool:
    """Whether the next number is one or two bounds, and no lesion or other degree stands before it."""
    for token in sentence[index + 1 : index + FARTHEST]:
        if token.number is not None:
            return is_bounds(token)
        if "degree" in token.tags or is_separator(token):
            return False
    return False


def begin_of(sentence: Sentence, section: SectionKind) -> Scope:
    """Return what a section makes of a sentence; a comparison may tell of a change up to now."""
    if section != "earlier":
        return Scope(target=section == "aside")
    first = next((at for at, token in enumerate(sentence) if token.number is not None), len(sentence))
    changed = any("change" in token.tags for token in sentence[:first])
    return Scope() if changed else Scope(previous="on")


def _after(scope: Scope, sentence: Sentence, index: int, *, inside: bool) -> Scope:
    """Return the scope behind a token."""
    token = sentence[index]
    if is_separator(token):
        previous = scope.previous if scope.previous == "on" and "but" not in token.tags else ""
        scope = scope._replace(previous=previous, reference=scope.reference and inside, compared=False)
    if not token.tags:
        return scope._replace(compared=False) if scope.compared and _is_at(sentence, index) else scope
    tags = token.tags.keys()
    when = token.text in {"when", "whenever"} and _speaks_of_earlier(sentence, index)
    stress = scope.stress or ("stress" in tags and "stress_neutral" not in tags)
    reference = "reference" in tags or ("quantity" in tags and _is_range(sentence, index)) or _heads(sentence, index)
    reference = reference or ("sex" in tags and _before_bounds(sentence, index))
    compared = scope.compared and not {"present", "change"} & tags and not _is_at(sentence, index)
    scope = Scope(
        previous="" if {"present", "compare_after"} & tags else "on" if when else scope.previous,
        reference=reference or (scope.reference and not ("quantity" in tags and _names_exact(sentence, index))),
        target=scope.target or ("target" in tags and not when),
        stress=stress and "rest" not in tags,
        compared=compared or "compare" in tags,
        history=(scope.history or "history" in tags) and "present" not in tags,
    )
    if "elsewhere" in tags:
        return scope._replace(previous="on")
    return _earlier(scope, sentence, index) if {"previous", "previous_of"} & tags else scope


def _is_at(sentence: Sentence, index: int) -> bool:
    """Whether a value goes on behind a change: "unchanged from prior at 55 %", "no change since 2020: EF 55 %"."""
    before = sentence[max(0, index - FARTHEST) : index]
    return sentence[index].text in {"at", ":"} and any("change" in token.tags for token in before)


def _speaks_of_earlier(sentence: Sentence, index: int) -> bool:
    """Whether an earlier study is spoken of before "when": "since the last study, when LVEF was 40 %"."""
    return any({"previous", "previous_of", "compare"} & token.tags.keys() for token in sentence[:index])


def _before_bounds(sentence: Sentence, index: int) -> bool:
    """Whether bounds follow a word for a sex: "men 52-72"."""
    following = next((one for one in sentence[index + 1 : index + 4] if one.text not in {":", "=", "("}), None)
    return following is not None and is_bounds(following)


def _names_exact(sentence: Sentence, index: int) -> bool:
    """Whether one number follows a name, and no bounds: "within the normal range with an EF of 62 %"."""
    following = next((one.number for one in sentence[index + 1 : index + FARTHEST] if one.number is not None), None)
    return following is not None and following.low == following.high


def _is_range(sentence: Sentence, index: int) -> bool:
    """Whether a name is that of a normal range: "normal LVEF range"."""
    after = sentence[index + 1 : index + 2]
    normal = any(token.text == "normal" for token in sentence[max(0, index - 2) : index])
    return normal and any("range_word" in token.tags for token in after)


def _heads(sentence: Sentence, index: int) -> bool:
    """Whether "normal:" begins a list of references."""
    after = sentence[index + 1].text if index + 1 < len(sentence) else ""
    return index == 0 and after == ":" and sentence[0].tags.get("word function") == "normal"


def _earlier(scope: Scope, sentence: Sentence, index: int) -> Scope:
    """Return the scope behind a word for "earlier"."""
    tags, follows = sentence[index].tags, _next(sentence, index)
    if _compares(sentence, index):
        return scope
    if "formerly" in tags and not any(t.number or "quantity" in t.tags for t in sentence[:index]):
        return scope._replace(previous="on")
    if follows is None or follows.text in CLOSING or is_separator(follows) or follows.kind == "break":
        return scope
    if follows.number is not None:
        return scope._replace(previous="once")
    study = "study" in follows.tags or follows.kind == "date" or "quantity" in follows.tags or follows.text == ":"
    if (not study and "previous" not in tags) or _of_a_number_before(sentence, index):
        return scope
    return scope._replace(previous="on" if study else "clause")


def _next(sentence: Sentence, index: int) -> Token | None:
    """Return the next token that isn't a filler or a bracket that opens."""
    for token in sentence[index + 1 : index + FARTHEST]:
        filling = bool(token.tags) and token.tags.keys() <= FILLING
        if not (filling or token.text in OPENING or token.text in {"=", ":"}):
            return token
    return None


def _compares(sentence: Sentence, index: int) -> bool:
    """Whether the earlier study is only what this one is compared with: "unchanged from the previous study"."""
    for token in reversed(sentence[max(0, index - REACH) : index]):
        if token.number is not None or token.text in OPENING or token.text in CLOSING:
            return False
        if "compare" in token.tags or "change" in token.tags:
            return True
    return False


def _of_a_number_before(sentence: Sentence, index: int) -> bool:
    """Whether a word for "earlier" belongs to a number before it: "35 % on the previous study"."""
    seen_preposition = False
    for token in reversed(sentence[max(0, index - REACH) : index]):
        if token.number is not None:
            return seen_preposition
        if "quantity" in token.tags or is_separator(token) or token.text in OPENING:
            return False
        seen_preposition = seen_preposition or bool({"by", "from"} & token.tags.keys())
    return False


def backwards(sentence: Sentence, zone: Zone) -> bool:
    """Whether words behind a number make it one of an earlier study: "35 % previously", "35 % in 2018"."""
    for index in zone.right:
        token = sentence[index]
        if not {"previous", "previous_of"} & token.tags.keys() or _compares(sentence, index):
            continue
        follows = _next(sentence, index)
        if follows is not None and follows.number is not None:
            continue
        last = follows is None or follows.text in CLOSING or is_separator(follows) or follows.kind in {"break", "date"}
        if "previous" in token.tags or (last and "previous_behind" in token.tags):
            return True
        if follows is not None and "study" in follows.tags:
            return True
    return False
