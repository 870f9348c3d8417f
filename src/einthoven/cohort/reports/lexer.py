"""The regular expression that matches one token of a plain report: a date, a number with its unit, a sign, a break."""

from __future__ import annotations

import functools
import re
from typing import Final

from einthoven.cohort.reports.rules import Rules, rules
from einthoven.cohort.reports.wording import expand

__all__ = ["lexer"]

MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
DATE: Final = rf"""
    \d{{2,}}-\d{{4,}}
  | (?:19|20)\d\d\s?[-./년]\s?\d{{1,2}}(?:\s?[-./월]\s?\d{{1,2}}(?!\d)일?|월)?(?!\d)
  | \d{{1,2}}[-./]\d{{1,2}}[-./](?:19|20)?\d\d(?!\d|\.\d)
  | \d{{1,2}}/(?:19|20)\d\d(?!\d)
  | (?:(?<=on\s)|(?<=dated\s)|(?=0))\d{{1,2}}/\d{{1,2}}(?![\d/]|\s?%)
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
  | (?:(?<=in\s)|(?<=since\s)){MONTH}
  | (?:january|february|april|june|july|august|september|october|november|december)(?![a-z])
  | \d[ ]\d(?=\s?%)
"""
NUMBER: Final = (
    r"(?:\d[oil](?=\s?%|\s?[-~]\s?\d\d)|[oil]\d(?=\s?%)"  # letters typed for digits
    r"|(?!0\d)\d{1,4}(?:[.,]\d{1,2})?(?!\d)|(?<![.\d])\.\d{1,2}(?!\d)|{words})"
)
HEART_RATE: Final = r"(?!\s?[:=]?\s?\d)"
"""What doesn't stand behind hours: "EF 34 HR 60"."""


@functools.cache
def lexer() -> re.Pattern[str]:
    """Return the expression with the units and number words of the rules."""
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
      | (?P<mark>[,:;=()\[\]{{}}/|&+~*#%]|\t|[ ]{{3,}})
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
        re.escape(one) + ("(?![a-z])" if "a" <= one[-1] <= "z" else "") + (HEART_RATE if one == "hr" else "")
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
