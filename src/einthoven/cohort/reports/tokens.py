"""A report as tokens: words with a meaning, numbers with their units, dates, breaks between sentences."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from einthoven.cohort.reports.lexer import lexer
from einthoven.cohort.reports.plain import plain
from einthoven.cohort.reports.rules import Rules, Tags, rules
from einthoven.cohort.reports.wording import longest

__all__ = ["Number", "Token", "tokenize"]

NO_TAGS: Final[Tags] = {}
BLOOD_PRESSURE: Final = re.compile(r"b\.?p\.?[\s:=]{0,3}(?:(?:of|was|is|at)\s)?\d{2,3}\s?/\s?\d{2,3}(?![\d.]*\s?%)")
TWO_WORDS: Final = re.compile(r"(e[a-z]{4,10})[ -]{1,2}(f[a-z]{4,10})(?![a-z])")
NEARLY: Final = 0.8
"""How alike a misspelt word is at least, as ``SequenceMatcher`` measures it; "function" and "fraction" are less."""
LONGEST_MISSPELT: Final = 2
LETTER_DIGITS: Final = str.maketrans("oil,", "011.")


class Number(NamedTuple):
    """A number, a range or an inequality as written, in the report's unit.

    ``sign`` is -1 where a minus stands before the number; whether it is one, the quantity decides.
    """

    low: float | None
    high: float | None
    unit: str
    sign: int = 1
    flags: tuple[str, ...] = ()
    second: float | None = None  # the one of a range that is written last

    @property
    def value(self) -> float | None:
        """The middle; None for an inequality."""
        return None if self.low is None or self.high is None else (self.low + self.high) / 2


class Token(NamedTuple):
    """A piece of the report.

    ``kind`` is one of word, number, date, break, sign; a sign's meaning is its text.
    """

    kind: str
    text: str
    start: int
    end: int
    tags: Tags = NO_TAGS
    number: Number | None = None


def tokenize(report: str) -> tuple[Token, ...]:
    """Return the tokens of a report, in its order."""
    known = rules()
    text = plain(report)
    tokens = []
    tree, next_token, end, size = known.tree, lexer().match, 0, len(text)
    while end < size:
        start = end
        if text[start] == " " and text[start + 1 : start + 3] != "  ":
            end = start + 1
            continue
        if text[start] in "be" and (special := _special(text, start, known)):
            tokens.append(special)
            end = special.end
            continue
        if text[start] in tree:
            wording, end = longest(tree, text, start)
            if wording:
                tokens.append(Token("word", wording, start, end, _tags(wording, report[start:end], known)))
                continue
        match = next_token(text, start)
        assert match is not None  # its last branch matches any character
        kind, end = str(match.lastgroup), match.end()
        if kind == "nothing":
            continue
        tags, number = NO_TAGS, None
        if kind == "number":
            number, last = _number(match, text, known)
            start = match.start("n1")
            start -= number.sign < 0 and text[start - 1] == "-"
        elif kind == "unit":
            tags = {"unit": _unit(match[0], known)}
        tokens.append(Token(kind, text[start : last if number else end], start, last if number else end, tags, number))
    return tuple(_joined(tokens))


def _special(text: str, start: int, known: Rules) -> Token | None:
    """Return a blood pressure, whose "BP" is no biplane, or a misspelt ejection fraction; None for anything else."""
    if start and "a" <= text[start - 1] <= "z":
        return None
    if text[start] == "b":
        pressure = BLOOD_PRESSURE.match(text, start)
        return Token("other", pressure[0], start, pressure.end()) if pressure else None
    words = TWO_WORDS.match(text, start)
    if words is None or words[0] in known.wordings or not (_is_nearly("ejection", words[1])):
        return None
    if not _is_nearly("fraction", words[2]):
        return None
    return Token("word", "ejection fraction", start, words.end(), known.wordings["ejection fraction"])


def _is_nearly(word: str, written: str) -> bool:
    return SequenceMatcher(None, word, written).ratio() >= NEARLY


def _tags(lower: str, written: str, known: Rules) -> Tags:
    tags = known.wordings.get(lower, NO_TAGS)
    cased = known.capitals.get(lower)
    return {**cased.get(re.sub(r"[\s\-_]+", " ", written), NO_TAGS), **tags} if cased else tags


def _unit(written: str | None, known: Rules) -> str:
    return known.unit_of.get(re.sub(r"[\s()\[\]]", "", written).removeprefix("."), "") if written else ""


def _number(match: re.Match[str], text: str, known: Rules) -> tuple[Number, int]:
    """Return the number of a match, and where its digits end."""
    group = match.groupdict()
    first, second = _figure(group["n1"]), _figure(group["n2"] or "0")
    sign = -1 if re.search(r"(?<![\d%)])-\s?$", text[max(0, match.start("n1") - 3) : match.start("n1")]) else 1
    flags = ("misspelt",) if re.search(r"\d[oil]|[oil]\d", f"{group['n1']} {group['n2']}") else ()
    unit = _unit(group["u1"], known) or _unit(group["u2"] or group["u3"], known)
    if group["decade"]:
        unit = "%" if re.search("%|퍼", group["decade"]) else ""
        words = known.tables["decade"].values()
        digits = next((one["digits"] for one in words if group["late"] in one["after"]), (0, 9))
        return Number(first + digits[0], first + digits[1], unit, sign, (*flags, "decade")), match.end("decade")
    end = max(match.end(one) for one in ("n1", "n2", "pm"))
    behind = next((sign_of for name, sign_of in BEHIND.items() if group[name] and not group["n2"]), "")
    if behind:
        side, strict = BOUND[behind]
        flags = (*flags, "inequality", *([strict] if strict else []))
        low, high = (first, None) if side == "low" else (None, first)
        return Number(low, high, unit, sign, flags), end
    if group["pm"]:
        return Number(first, first, unit, sign, (*flags, "plus-minus")), end
    plus = ("plus",) if group["plus"] else ()
    if group["n2"]:
        said = ("to",) if group["sep"] in {"to", "에서", "부터"} else ()
        return Number(min(first, second), max(first, second), unit, sign, (*flags, *said, *plus), second), end
    return Number(first, first, unit, sign, (*flags, *plus)), end


def _figure(written: str) -> float:
    if "a" <= written[0] <= "z" and len(written) > LONGEST_MISSPELT:
        tables = rules().tables
        return float(
            sum((tables["number_words"] | tables["number_digits"])[one] for one in re.split(r"[\s-]", written))
        )
    return float(written.translate(LETTER_DIGITS))


SIGN_OF: Final = {
    ">or=": ">=",
    ">/=": ">=",
    "<or=": "<=",
    "</=": "<=",
    ">": ">",
    "<": "<",
    "≥": ">=",
    "≤": "<=",
    ">=": ">=",
    "<=": "<=",
    "=<": "<=",
    "=>": ">=",
}
BEHIND: Final = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
BOUND: Final = {">=": ("low", ""), ">": ("low", "low excluded"), "<=": ("high", ""), "<": ("high", "high excluded")}


def _joined(tokens: list[Token]) -> list[Token]:
    """Join inequality signs and decade words with the number that follows, units in brackets with the next number."""
    joined: list[Token] = []
    unit = ""
    for token in tokens:
        if token.kind == "unit":
            unit = token.tags["unit"]
        elif token.number is not None:
            bounded = _with_unit(token, unit)
            unit = ""
            while joined and (before := _before(joined)):
                bounded = _bounded(bounded, before)
                joined.pop()
            joined.append(bounded)
        else:
            unit = "" if "quantity" in token.tags or token.kind == "break" else unit
            joined.append(token)
    return joined


def _with_unit(token: Token, unit: str) -> Token:
    number = token.number
    return token._replace(number=number._replace(unit=unit)) if number and unit and not number.unit else token


def _before(tokens: list[Token]) -> str:
    """Return the inequality or the part of a decade that the last token announces; "35 % > 55 %" is an arrow."""
    token = tokens[-1]
    if token.kind == "sign":
        if len(tokens) > 2 and tokens[-3].text == "<":  # a tag of markup: "<LVEF>54"
            return ""
        near = tokens[-2:-1] if token.text == ">" else tokens[-5:-1] if token.text == "=>" else []
        if any(one.number is not None for one in near):
            return ""
        return SIGN_OF.get(re.sub(r"\s", "", token.text), "")
    return token.tags.get("inequality_before") or token.tags.get("decade", "")


def _bounded(token: Token, before: str) -> Token:
    number = token.number
    if number is None or number.low is None or number.high is None:
        return token
    if before not in BOUND:
        if "decade" not in number.flags:
            return token
        low, high = rules().tables["decade"][before]["digits"]
        return token._replace(number=number._replace(low=number.low + low, high=number.low + high))
    side, strict = BOUND[before]
    if number.low != number.high:
        return token
    flags = (*number.flags, "inequality", *([strict] if strict else []))
    bounds = (number.low, None) if side == "low" else (None, number.high)
    return token._replace(number=number._replace(low=bounds[0], high=bounds[1], flags=flags))
