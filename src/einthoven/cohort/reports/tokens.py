"""A report as tokens: words with a meaning, numbers with their units, dates, breaks between sentences.

Texts are lower-cased and their signs unified character by character, so that all positions are those of the report.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Final, NamedTuple

from einthoven.cohort.reports.rules import Rules, Tags, rules
from einthoven.cohort.reports.wording import expand, longest

__all__ = ["Number", "Token", "plain", "tokenize"]

NO_TAGS: Final[Tags] = {}
SIGNS: Final = {
    **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
    **dict.fromkeys("～∼〜˜∽", "~"),
    **dict.fromkeys("≧⩾", "≥"),
    **dict.fromkeys("≦⩽", "≤"),
    **dict.fromkeys("‘’ʼ′`´", "'"),
    **dict.fromkeys("\u00a0\u2009\u202f\u2007\u3000\u2002\u2003", " "),
    **dict.fromkeys("⇒➔➜➝⟶⇨▶►", "→"),
    **dict.fromkeys("\r\v\f\u2028\u2029", "\n"),
    "∕": "/",
    "⁄": "/",
    "│": "|",
    "¦": "|",
    "•": "\n",
    "·": ".",
    "“": '"',
    "”": '"',
}


class _Plain(dict[int, str]):
    """What each character becomes; filled as characters are met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        plain = SIGNS.get(character)
        if plain is None:
            wide = unicodedata.normalize("NFKC", character)
            keep = character in "±≥≤²³→½¼" or len(wide) != 1
            plain = character if keep else wide
            lower = plain.lower()
            plain = lower if len(lower) == 1 else plain
        self[code] = plain
        return plain


_PLAIN: Final = _Plain()


def plain(text: str) -> str:
    """Return the text in lower case with one sign for each kind of dash, tilde, quote and space; as long as it was."""
    return text.lower().replace("\r", "\n").replace("`", "'") if text.isascii() else text.translate(_PLAIN)


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


MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
DATE: Final = rf"""
    \d{{2,}}-\d{{4,}}
  | (?:19|20)\d\d\s?[-./년]\s?\d{{1,2}}(?:\s?[-./월]\s?\d{{1,2}}(?!\d)일?|월)?(?!\d)
  | \d{{1,2}}[-./]\d{{1,2}}[-./](?:19|20)?\d\d(?![\d.])
  | \d{{1,2}}/(?:19|20)\d\d(?!\d)
  | {MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,\s?(?:19|20)\d\d
  | {MONTH},?\s?(?:19|20)\d\d(?!\d)
  | \d{{1,2}}(?:st|nd|rd|th)?\s?{MONTH},?(?:\s?(?:19|20)\d\d|\s'?\d\d(?!\d|\s?%))?(?![a-z])
  | \d{{1,2}}(?:st|nd|rd|th)(?![a-z])
  | \d{{1,2}}월(?:\s?\d{{1,2}}일)?
  | (?:19|20)\d\d(?:년(?:도)?)?(?![\d]|[.,]\d|\s?%|\s?m)
  | '(?:0|1|2)\d(?![\d%])
  | \d{{1,2}}:\d\d(?::\d\d)?(?!\d)
  | \d{{2,4}}-\d{{3,4}}-\d{{4}}
  | \d{{5,}}
  | \d[ ]\d(?=\s?%)
"""
NUMBER: Final = (
    r"(?:\d[oil](?=\s?%|\s?[-~]\s?\d\d)|[oil]\d(?=\s?%)"  # letters typed for digits
    r"|(?!0\d)\d{1,4}(?:[.,]\d{1,2})?(?!\d)|(?<![.\d])\.\d{1,2}(?!\d)|{words})"
)
LONGEST_MISSPELT: Final = 2
LETTER_DIGITS: Final = str.maketrans("oil,", "011.")


@functools.cache
def _lexer() -> re.Pattern[str]:
    return _compile(rules())


def _compile(known: Rules) -> re.Pattern[str]:
    """Return the expression that matches one token at a place."""
    unit = _units(known)
    figure = NUMBER.replace("{words}", _number_words(known))
    after = "|".join(
        rf"(?P<{name}>{'|'.join(re.escape(one).replace(chr(92) + ' ', r'[ ]') for one in words)})"
        for name, words in zip(("ge", "gt", "le", "lt"), _expanded(known.tables["inequality_after"]), strict=True)
    )
    number = rf"""
        (?P<n1>{figure})
        (?: (?P<decade>(?:(?:%|퍼센트)\s?대|대(?=\s?(?:로|이|의|,|\.|초반|중반|후반|$))|'?s(?![a-z]))\s?%?)
          (?:\s?(?P<late>초반|중반|후반))?
        | (?P<u1>{unit})?
          (?: [ ]{{0,2}}(?:±|\+\s?/?\s?-)[ ]{{0,2}}(?P<pm>{figure})(?P<u3>{unit})?
            | [ ]{{0,2}}(?P<sep>-|~|to|up[ ]to|에서|부터|내지|through|thru|\.\.|(?(between)and|(?!)))
              [ ]{{0,2}}-?(?P<n2>{figure})(?P<u2>{unit})?
          )?
          (?: [ ]{{0,2}}(?:{after}) | (?P<plus>\+)(?!\s?[\d/-]) )?
        )
    """
    return re.compile(
        rf"""
        (?P<date>{DATE})
      | (?P<unit>[(\[]{unit}\s?[)\]])
      | (?P<between>between\s+)?(?P<number>{number})
      | (?P<sign>[<>]\s?(?:/|or)\s?=|->|-{{2,4}}>|=>|>=|=<|<=|={{2,4}}>|>{{2,3}}|[→≥≤<>?])
      | (?P<leader>[.]{{2,}}|_{{3,}}|…+)
      | (?P<break>[.。!]+(?=\s|$|[a-z가-힣(*])|\n\s*)
      | (?P<mark>[,:;=()\[\]{{}}/|&+~*#]|\t|[ ]{{3,}})
      | (?P<other>[a-z][a-z']*|[가-힣])
      | (?P<nothing>[ ]{{1,2}}|.)
        """,
        re.VERBOSE,
    )


def _number_words(known: Rules) -> str:
    tens, digits = ("|".join(known.tables[table]) for table in ("number_words", "number_digits"))
    return rf"(?:(?:{tens})(?:[\s-](?:{digits})(?![a-z]))?(?![a-z]))"


def _units(known: Rules) -> str:
    """Return the expression of a unit behind a number; a letter may not follow one that ends with a letter."""
    spellings = sorted({one for words in known.tables["units"].values() for one in words}, key=len, reverse=True)
    korean = [re.escape(one) for one in spellings if one[-1] >= "가" and len(one) == 1]
    rest = [
        re.escape(one) + ("(?![a-z])" if "a" <= one[-1] <= "z" else "")
        for one in spellings
        if one[-1] < "가" or len(one) > 1
    ]
    plain_unit = rf"(?:{'|'.join(rest)})"
    counted = rf"(?:{'|'.join(korean)})(?=[전간후경에째]|[^가-힣]|$)"
    return rf"(?:[ ]{{0,2}}\.?{plain_unit}|{counted}|\s?[(\[]\s?{plain_unit}\s?[)\]])"


def _expanded(tables: dict[str, list[str]]) -> list[list[str]]:
    """Return the wordings behind a number that make it >=, >, <= and <."""
    return [
        sorted({text.strip() for one in tables[sign] for text in expand(one)}, key=len, reverse=True)
        for sign in (">=", ">", "<=", "<")
    ]


def tokenize(report: str) -> tuple[Token, ...]:
    """Return the tokens of a report, in its order."""
    known = rules()
    text = plain(report)
    tokens = []
    tree, next_token, end, size = known.tree, _lexer().match, 0, len(text)
    while end < size:
        start = end
        if text[start] == " " and text[start + 1 : start + 3] != "  ":
            end = start + 1
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
