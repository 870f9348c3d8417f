"""The words and signs of a rule's text, each with its place, and the errors that show it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from einthoven.errors import SpecificationError

__all__ = ["KEYWORDS", "Token", "plain_spelling", "read_tokens", "refusal"]

TOKEN = re.compile(
    r"""\s*(?:
    (?P<time>\d{4}-\d{2}-\d{2}(?:[T\ ]\d{2}:\d{2}(?::\d{2})?)?(?!\w))
  | (?P<number>[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))
  | (?P<text>"[^"]*"|'[^']*')
  | (?P<quoted>`[^`]+`)
  | (?P<word>[^\W\d]\w*(?:\.\w+)*)
  | (?P<sign><=|>=|==|!=|<(?![>])|>|\(|\)|\[|\]|,)
  )""",
    re.VERBOSE,
)
KEYWORDS = frozenset({"and", "or", "not", "in", "is", "missing", "known", "any", "all", "true", "false"})
# signs of other languages, and what to write instead
FOREIGN = {
    "=": "write == for 'is equal to'",
    "<>": "write != for 'is not equal to'",
    "&": "write and",
    "|": "write or",
    "!": "write not",
    "%": "write the number alone",
    "{": "write a list as [A, B]",
    "-": "a column whose name is no plain word stands between backticks",
    "/": "a column whose name is no plain word stands between backticks",
    "`": "a backtick opens a column name, and the closing one is missing",
    '"': "the closing quotation mark is missing",
    "'": "the closing quotation mark is missing",
}
SPELLINGS = str.maketrans({"≤": "<=", "≥": ">=", "≠": "!=", "−": "-"})


@dataclass(frozen=True, slots=True)
class Token:
    """One word or sign.

    Attributes
    ----------
    kind : str
        ``time``, ``number``, ``text``, ``quoted`` (a name between backticks), ``word``, ``sign``, ``end``, or the
        keyword itself.
    text : str
        As it stands in the rule.
    start : int
        Its place, in characters.
    """

    kind: str
    text: str
    start: int


def plain_spelling(text: str) -> str:
    """Return the rule with typographic signs replaced; what is no text, or an empty one, is refused.

    Examples
    --------
    >>> plain_spelling("lvef ≤ 40")
    'lvef <= 40'
    """
    if not isinstance(text, str) or not text.strip():
        raise SpecificationError(f"a rule is a text such as 'lvef <= 40', got {text!r}")
    return text.translate(SPELLINGS)


def read_tokens(text: str) -> list[Token]:
    """Return all words and signs of a rule, and one of kind ``end``."""
    tokens: list[Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = TOKEN.match(text, at)
        if match is None:
            raise _refusal_of_sign(text, end - len(text[at:end].lstrip()))
        kind = str(match.lastgroup)
        keyword = match[kind].lower()
        is_keyword = kind == "word" and keyword in KEYWORDS
        tokens.append(Token(keyword if is_keyword else kind, match[kind], match.start(kind)))
        at = match.end()
    return [*tokens, Token("end", "", end)]


def refusal(text: str, start: int, *, reason: str) -> SpecificationError:
    """Return the error that shows a place of the rule."""
    line = re.sub(r"\s", " ", text)
    return SpecificationError(f"the rule can't be read: {reason}\n    {line}\n    {' ' * start}^")


def _refusal_of_sign(text: str, start: int) -> SpecificationError:
    rest = text[start:]
    hint = next((f": {words}" for sign, words in FOREIGN.items() if rest.startswith(sign)), "")
    if rest[0].isdigit():
        hint = ": a number has no unit, and a name or text that begins with a digit stands in quotation marks"
    found = re.match(r"\w[\w.]*|.", rest)
    return refusal(text, start, reason=f"{found[0] if found else rest!r} is nothing that a rule knows{hint}")
