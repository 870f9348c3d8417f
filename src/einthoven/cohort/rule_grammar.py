"""From the text of a rule to its tree: ``lvef <= 40 and not (sex == F or age_years is missing)``.

::

    rule    = both ("or" both)*
    both    = single ("and" single)*
    single  = "not" single | "(" rule ")" | ("any" | "all") "(" rule ("," rule)* ")" | test
    test    = value (("<" | "<=" | ">" | ">=") value)+        40 < lvef <= 49
            | value ("==" | "!=") value                       sex == F
            | column ["not"] "in" "[" value ("," value)* "]"  site in [Basel, "St. Gallen"]
            | column "is" ["not"] ("missing" | "known")
            | column                                          of yes and no: diabetes

Words stand for columns, or, to the right of ``==``, ``!=`` and in lists, for text; quotation marks make sure of a text,
backticks of a column, also of one whose name is no plain word. A date without an hour (``2015-12-31``) means the whole
day.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal, cast

from einthoven.cohort.rule_tokens import KEYWORDS, Token, plain_spelling, read_tokens, refusal
from einthoven.errors import SpecificationError

__all__ = [
    "Column",
    "Comparison",
    "Connective",
    "Fixed",
    "Flag",
    "Membership",
    "Missing",
    "Negation",
    "Node",
    "Order",
    "parse",
]

Order = Literal["<", "<=", ">", ">=", "==", "!="]


@dataclass(frozen=True, slots=True)
class Column:
    """A column by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """A number, a text, yes or no, a day, or a point in time.

    Attributes
    ----------
    is_word : bool
        True for a text without quotation marks.
    """

    value: float | str | bool | dt.date | dt.datetime
    is_word: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """``left order right``; at least one of the two is a column."""

    order: Order
    left: Column | Fixed
    right: Column | Fixed


@dataclass(frozen=True, slots=True)
class Membership:
    """The column equals one of the values."""

    column: Column
    values: tuple[Fixed, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """The column has no value; never unknown itself."""

    column: Column


@dataclass(frozen=True, slots=True)
class Flag:
    """A column of yes and no, as it is."""

    column: Column


@dataclass(frozen=True, slots=True)
class Negation:
    """Not."""

    part: Node


@dataclass(frozen=True, slots=True)
class Connective:
    """All of the parts, or any."""

    kind: Literal["all", "any"]
    parts: tuple[Node, ...]


LONGEST = 10_000
Node = Comparison | Membership | Missing | Flag | Negation | Connective


def parse(text: str) -> Node:
    """Return the tree of a rule.

    Raises
    ------
    SpecificationError
        Shows the place in the rule, what stands there and what could.
    """
    if len(text) > LONGEST:
        raise SpecificationError(f"a rule has at most {LONGEST:,} characters, got {len(text):,}")
    parser = _Parser(text)
    try:
        node = parser.rule()
    except RecursionError:
        raise SpecificationError("the rule has too many parentheses or 'not' within each other") from None
    if parser.token.kind != "end":
        decimal = " (the decimal sign is a point)" if parser.token.text == "," else ""
        raise parser.refusal(f"'and' or 'or', or nothing more{decimal}")
    return node


class _Parser:
    """Recursive descent over the tokens of one rule; the state is the place where it reads."""

    def __init__(self, text: str) -> None:
        self._text = plain_spelling(text)
        self._tokens = read_tokens(self._text)
        self._at = 0

    @property
    def token(self) -> Token:
        """The one that is read next."""
        return self._tokens[self._at]

    def rule(self) -> Node:
        return self._connected("or", "any")

    def refusal(self, expected: str) -> SpecificationError:
        """Return the error for the present token."""
        found = repr(self.token.text) if self.token.text else "the end"
        return self._refusal_at(self.token.start, f"expected {expected}, found {found}")

    def _refusal_at(self, start: int, reason: str) -> SpecificationError:
        return refusal(self._text, start, reason=reason)

    def _next(self) -> Token:
        token = self.token
        self._at += 1
        return token

    def _take(self, *texts: str) -> Token | None:
        """Read on when the token is one of these signs or keywords."""
        fits = self.token.text in texts if self.token.kind == "sign" else self.token.kind in texts
        return self._next() if fits else None

    def _require(self, *texts: str) -> Token:
        token = self._take(*texts)
        if token is None:
            raise self.refusal(" or ".join(map(repr, texts)))
        return token

    def _connected(self, word: Literal["or", "and"], kind: Literal["any", "all"]) -> Node:
        parts = [self._connected("and", "all") if word == "or" else self._single()]
        while self._take(word):
            parts.append(self._connected("and", "all") if word == "or" else self._single())
        return parts[0] if len(parts) == 1 else Connective(kind, tuple(parts))

    def _single(self) -> Node:
        if self._take("not"):
            return Negation(self._single())
        if self._take("("):
            node = self.rule()
            self._require(")")
            return node
        for kind in ("any", "all"):
            if self._take(kind):
                self._require("(")
                parts = [self.rule()]
                while self._take(","):
                    parts.append(self.rule())
                self._require(")")
                return Connective("any" if kind == "any" else "all", tuple(parts))
        return self._test()

    def _test(self) -> Node:
        start = self.token.start
        left = self._value()
        if self.token.text in {"<", "<=", ">", ">="}:
            return self._chain(left)
        if sign := self._take("==", "!="):
            right = self._value(word_is_text=isinstance(left, Column))
            return self._comparison(sign.text, left, right, start=start)
        if isinstance(left, Fixed):
            raise self._refusal_at(start, "a test begins with the name of a column, or compares a value with one")
        if self._take("is"):
            return self._presence(left)
        negated = self._take("not")
        if negated or self.token.kind == "in":
            self._require("in")
            member = Membership(left, self._list())
            return Negation(member) if negated else member
        return Flag(left)

    def _presence(self, column: Column) -> Node:
        negated = self._take("not") is not None
        missing = self._require("missing", "known").kind == "missing"
        return Missing(column) if missing != negated else Negation(Missing(column))

    def _chain(self, left: Column | Fixed) -> Node:
        """``40 < lvef <= 49``: each neighbour compared, all in one direction."""
        parts: list[Node] = []
        direction = self.token.text[0]
        while sign := self._take("<", "<=", ">", ">="):
            if sign.text[0] != direction:
                raise self._refusal_at(
                    sign.start, "the signs of a chain point in one direction; write two tests with 'and'"
                )
            start = self.token.start
            right = self._value()
            parts.append(self._comparison(sign.text, left, right, start=start))
            left = right
        return parts[0] if len(parts) == 1 else Connective("all", tuple(parts))

    def _comparison(self, sign: str, left: Column | Fixed, right: Column | Fixed, *, start: int) -> Comparison:
        if isinstance(left, Fixed) and isinstance(right, Fixed):
            raise self._refusal_at(start, "two fixed values are compared; one has to be a column")
        return Comparison(cast("Order", sign), left, right)

    def _list(self) -> tuple[Fixed, ...]:
        self._require("[")
        values = [self._literal()]
        while self._take(","):
            values.append(self._literal())
        self._require("]")
        return tuple(values)

    def _literal(self) -> Fixed:
        start = self.token.start
        value = self._value(word_is_text=True)
        if not isinstance(value, Fixed):
            raise self._refusal_at(start, "a list holds numbers, texts or dates, no columns")
        return value

    def _value(self, *, word_is_text: bool = False) -> Column | Fixed:
        token = self._next()
        match token.kind:
            case "number":
                return Fixed(float(token.text))
            case "text":
                return Fixed(token.text[1:-1])
            case "word":
                return Fixed(token.text, is_word=True) if word_is_text else Column(token.text)
            case "quoted":
                return Column(token.text[1:-1])
            case "true" | "false":
                return Fixed(token.kind == "true")
            case "time":
                return Fixed(self._time(token))
            case _:
                self._at -= 1
                keyword = " (a column of that name stands between backticks)" if token.kind in KEYWORDS else ""
                raise self.refusal(f"a column, a number, a text or a date{keyword}")

    def _time(self, token: Token) -> dt.date | dt.datetime:
        try:
            if len(token.text) == len("2015-12-31"):
                return dt.date.fromisoformat(token.text)
            return dt.datetime.fromisoformat(token.text)
        except ValueError as error:
            raise self._refusal_at(token.start, f"{token.text!r} is no date: {error}") from error
