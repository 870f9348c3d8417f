"""A report's tokens, sentence by sentence; each thing that is measured is either known by now or a word.

A line ends a sentence, unless the next one goes on with it: a number after a name, or small letters after a long line.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from einthoven.cohort.reports.layout import split_tables
from einthoven.cohort.reports.plain import plain
from einthoven.cohort.reports.rules import rules
from einthoven.cohort.reports.tokens import Token, tokenize

__all__ = ["Sentence", "sentences"]

Sentence = tuple[Token, ...]
BEARING: Final = frozenset({"method", "plane_less", "value_label"})
"""Kinds of words by which a line without a wanted name says something of one in another line."""
LONG_LINE: Final = 50
"""Characters after which a line that goes on with a small letter is taken for a wrapped one."""


def sentences(report: str, wanted: AbstractSet[str]) -> list[Sentence]:
    """Return the sentences of a report; none where nothing wanted is named.

    In lines that can't have a bearing on a wanted quantity names and lesions may be left unresolved.
    """
    tokenized = tokenize(report)
    graded = any(rules().quantities[name].kind == "grade" for name in wanted)
    if not any(_may_name(token, wanted, graded=graded) for token in tokenized):
        return []
    tokens, cells = split_tables(plain(report), tokenized)
    found: list[list[Token]] = [*cells, []]
    line_start = 0
    for position, token in enumerate(tokens):
        is_line = token.kind == "break" and "\n" in token.text
        if token.kind == "break" and not (is_line and _goes_on(tokens, position, report, line_start)):
            found[-1].append(token)
            found.append([])
        elif token.kind != "break":
            found[-1].append(token)
        if is_line:
            line_start = token.end
    return [sentence for line in _lines(found) for sentence in _resolved_in_turn(line, wanted, graded=graded)]


def _may_name(token: Token, wanted: AbstractSet[str], *, graded: bool) -> bool:
    """Whether a token may name one of the wanted quantities; that may depend on its sentence."""
    tags = token.tags
    if "quantity" in tags:
        names = (tags["quantity"], tags.get("second quantity", ""), *tags.get("pair", "").split())
        return not wanted.isdisjoint(names)
    return graded and ("lesion" in tags or "valve" in tags)


def _lines(found: Sequence[Sequence[Token]]) -> Iterator[list[Sequence[Token]]]:
    """Yield the sentences of each line, or of what goes on over lines."""
    line: list[Sequence[Token]] = []
    for one in found:
        if one:
            line.append(one)
            if "\n" in one[-1].text:
                yield line
                line = []
    if line:
        yield line


def _resolved_in_turn(line: list[Sequence[Token]], wanted: AbstractSet[str], *, graded: bool) -> Iterator[Sentence]:
    """Yield the sentences of a line resolved, which share the valves that it names; as they are where none matters."""
    matters = any(
        _may_name(token, wanted, graded=graded) or not BEARING.isdisjoint(token.tags) for one in line for token in one
    )
    valves: list[str] = []
    for one in line:
        yield _resolved(one, valves) if matters else tuple(one)


def _goes_on(tokens: Sequence[Token], position: int, report: str, line_start: int) -> bool:
    """Whether the line break at ``position`` lies within a sentence."""
    line = tokens[position]
    if position == 0 or position + 1 == len(tokens) or line.text.count("\n") > 1:
        return False
    before, after = tokens[position - 1], tokens[position + 1]
    if after.kind == "number" or after.text in {"(", ":", "=", "~"} or after.kind == "sign":
        named = "quantity" in before.tags or before.text in {":", "=", ")", "]"} or "filler" in before.tags
        opened = any(t.number and t.start >= line_start for t in tokens[max(0, position - 12) : position])
        return named and not opened
    wrapped = line.start - line_start >= LONG_LINE and report[after.start : after.start + 1].islower()
    return wrapped and after.kind in {"word", "other"}


def _resolved(tokens: Sequence[Token], valves: list[str]) -> Sentence:
    """Make plain words of the names that don't count here, and mentions of lesions ("mitral and tricuspid leak")."""
    if not any({"quantity", "lesion", "valve"} & t.tags.keys() for t in tokens):
        return tuple(tokens)
    contexts = {t.tags["context"] for t in tokens if "context" in t.tags}
    resolved = [_settled(tokens, position, contexts) for position in range(len(tokens))]
    return tuple(_with_lesions(resolved, valves))


def _settled(tokens: Sequence[Token], position: int, contexts: set[str]) -> Token:
    """Return a token with the quantity that its name means here; a word where it means none."""
    token = tokens[position]
    role = token.tags.get("role")
    counts = (role == "with" and _in_context(token, contexts)) or (role == "with_unit" and _counts(tokens, position))
    if role not in {"with", "with_unit"} or counts:
        return token
    if "second quantity" not in token.tags:
        return _as_word(token)
    second = {"quantity": token.tags["second quantity"], "role": token.tags["second role"]}
    tags = {kind: meaning for kind, meaning in token.tags.items() if not kind.startswith("second ")}
    return _settled(
        [*tokens[:position], token._replace(tags=tags | second), *tokens[position + 1 :]], position, contexts
    )


def _in_context(token: Token, contexts: set[str]) -> bool:
    """Whether a word stands here that the name needs; such words are shared by quantities with the same list."""
    quantities = rules().tables["quantity"]
    wanted = quantities[token.tags["quantity"]].get("context", ())
    return any(quantities[one].get("context", ()) == wanted for one in contexts)


def _as_word(token: Token) -> Token:
    tags = {kind: meaning for kind, meaning in token.tags.items() if kind not in {"quantity", "role"}}
    return token._replace(tags=tags)


def _counts(tokens: Sequence[Token], position: int) -> bool:
    """Whether a name that needs a unit has one, or is described in words instead."""
    rule = rules().quantities[tokens[position].tags["quantity"]]
    if rule.words:
        return True
    for token in tokens[position + 1 : position + 4]:
        if token.number:
            return token.number.unit in rule.units
        if not (token.text in {":", "=", "(", ",", "/"} or "filler" in token.tags or "past" in token.tags):
            break
    return False


def _with_lesions(tokens: list[Token], valves: list[str]) -> Iterator[Token]:
    """Yield the tokens with lesions and valves that stand apart made mentions; ``valves`` holds the one named last.

    Of "moderate mitral and mild tricuspid regurgitation" both valves are; of "aortic valve: no stenosis" the lesion is.
    """
    lesions = _lesions_ahead(tokens)
    for position, token in enumerate(tokens):
        if "quantity" in token.tags:
            if own := _valve_of(token):
                valves[:] = [own]
            yield token
            continue
        if "valve" in token.tags:
            valves[:] = [token.tags["valve"]]
            named = rules().tables["lesions"].get(lesions[position], {}).get(token.tags["valve"])
        elif "lesion" in token.tags and valves:
            named = rules().tables["lesions"][token.tags["lesion"]].get(valves[-1])
        else:
            named = None
        yield token._replace(tags={**token.tags, "quantity": named, "role": ""}) if named else token


def _lesions_ahead(tokens: list[Token]) -> list[str]:
    """Return, for each valve of a list, the lesion that ends the list; "" for a valve that its lesion stands beside."""
    ahead = [""] * len(tokens)
    lesion, taken = "", False
    for position in range(len(tokens) - 1, -1, -1):
        token = tokens[position]
        if own := _lesion_of(token):
            lesion, taken = own, "quantity" in token.tags
        elif "valve" in token.tags:
            ahead[position] = lesion if taken else ""
            taken = True
        elif not (token.text in {",", "/", "&"} or {"and", "or", "degree", "negation"} & token.tags.keys()):
            lesion, taken = "", False
    return ahead


def _lesion_of(token: Token) -> str:
    """Return the lesion that a token names, alone or with its valve."""
    if "quantity" not in token.tags:
        return token.tags.get("lesion", "")
    return _lesions_and_valves().get(token.tags["quantity"], ("", ""))[0]


def _valve_of(token: Token) -> str:
    """Return the valve that a lesion is named with; "" for none."""
    return _lesions_and_valves().get(token.tags.get("quantity", ""), ("", ""))[1]


@functools.cache
def _lesions_and_valves() -> dict[str, tuple[str, str]]:
    """Return the lesion and the valve of each quantity that is one of a valve."""
    lesions = rules().tables["lesions"]
    return {
        names[valve]: (lesion, valve)
        for lesion, names in lesions.items()
        for valve in rules().tables["valves"].keys() & names
    }
