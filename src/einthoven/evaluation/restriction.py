"""Restrictions of a sensitivity analysis: which records are kept, as a protocol writes it.

================================================  =====================================================================
``covariate.outcome_gap_days <= 7``               also ``<``, ``>=``, ``>``, ``=``, ``!=``
``|covariate.outcome_gap_days| <= 7``             the size of a number whatever its sign: 7 days before or after
``covariate.lvef inside 30 50``                   from 30 to 50, both included
``covariate.lvef outside 35 45``                  below 35 or above 45
``group.method = simpson``, ``site != B``         text; ``unknown`` stands for an empty cell
================================================  =====================================================================

A record whose cell is empty meets no restriction but ``= unknown``: what isn't known is neither near nor far, so it is
left out and counted.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import SpecificationError, UnknownNameError
from einthoven.registry import nearest

__all__ = ["Restriction", "parse_restriction"]

COMPARISONS: dict[str, Callable[[Any, float], Any]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
RANGES = ("inside", "outside")
EQUALITIES = ("=", "!=")
# columns of text and of numbers, by name or by what stands before the dot
TEXTS = ("site", "route", "group")
NUMBERS = ("covariate", "weight", "fold")
FAMILIES = ("group", "covariate")
UNKNOWN = "unknown"
FORM = re.compile(r"(?P<column>\|?[^|]+?\|?)\s+(?P<operator><=|>=|!=|=|<|>|inside\b|outside\b)\s*(?P<rest>.+)")
ACCEPTED = (
    "write 'covariate.NAME <= 7' (or <, >=, >, =, !=), '|covariate.NAME| <= 7', 'covariate.NAME inside 30 50', "
    "'covariate.NAME outside 35 45', 'group.NAME = text' or 'site != text'"
)


@dataclass(frozen=True, slots=True)
class Restriction:
    """One restriction, read.

    Attributes
    ----------
    text : str
        As the protocol writes it.
    column : str
    operator : str
        One of ``<= >= != < > =``, ``inside`` or ``outside``.
    numbers : tuple of float
        What a number is compared with: one, or two borders.
    value : str
        What a text is compared with.
    is_absolute : bool
        The size of the number is compared, without its sign.
    """

    text: str
    column: str
    operator: str
    numbers: tuple[float, ...] = ()
    value: str = ""
    is_absolute: bool = False

    @property
    def is_numeric(self) -> bool:
        """Whether its column holds numbers."""
        return bool(self.numbers)

    def keeps(self, values: NDArray[Any]) -> NDArray[np.bool_]:
        """Return which records are kept, bool (record,).

        Parameters
        ----------
        values : float64 (record,) or object (record,)
            The column: numbers with NaN where empty, or texts with ``unknown`` where empty.

        Examples
        --------
        >>> parse_restriction("covariate.lvef outside 35 45").keeps(np.array([30.0, 35.0, 50.0, np.nan]))
        array([ True, False,  True, False])
        """
        if not self.is_numeric:
            return self._keeps_texts(np.asarray(values, dtype=object))
        numbers = np.asarray(values, dtype=np.float64)
        size = np.abs(numbers) if self.is_absolute else numbers
        if self.operator in COMPARISONS:
            kept = COMPARISONS[self.operator](size, self.numbers[0])
        else:
            low, high = self.numbers
            inside = (size >= low) & (size <= high)
            kept = inside if self.operator == "inside" else ~inside
        return np.asarray(kept & ~np.isnan(numbers), dtype=np.bool_)

    def is_unknown(self, values: NDArray[Any]) -> NDArray[np.bool_]:
        """Return which records have an empty cell."""
        if self.is_numeric:
            return np.isnan(np.asarray(values, dtype=np.float64))
        return np.asarray(np.asarray(values, dtype=object) == UNKNOWN, dtype=np.bool_)

    def _keeps_texts(self, texts: NDArray[np.object_]) -> NDArray[np.bool_]:
        same = np.asarray(texts == self.value, dtype=np.bool_)
        return same if self.operator == "=" else ~same & np.asarray(texts != UNKNOWN, dtype=np.bool_)


def parse_restriction(text: str) -> Restriction:
    """Return the restriction that a protocol writes.

    Raises
    ------
    SpecificationError
        It is of none of the forms above; the message names them.
    UnknownNameError
        Its column is none that predictions can have; the message names the nearest.

    Examples
    --------
    >>> parse_restriction("|covariate.outcome_gap_days| <= 7").numbers
    (7.0,)
    >>> parse_restriction("group.method = simpson").value
    'simpson'
    """
    found = FORM.fullmatch(text.strip())
    if found is None:
        raise SpecificationError(f"protocol: restriction {text!r} isn't understood; {ACCEPTED}")
    named, sign, rest = found["column"], found["operator"], found["rest"].strip()
    is_absolute = named.startswith("|") and named.endswith("|")
    column = named.strip("|").strip()
    _check_column(text, column)
    if column.partition(".")[0] in TEXTS:
        if sign not in EQUALITIES or is_absolute:
            raise SpecificationError(f"protocol: restriction {text!r}: {column!r} holds text, which is = or != a value")
        return Restriction(text, column, sign, value=rest)
    if "|" in named and not is_absolute:
        raise SpecificationError(f"protocol: restriction {text!r} has one bar '|' of two; {ACCEPTED}")
    return Restriction(text, column, sign, _numbers(text, sign, rest), is_absolute=is_absolute)


def _check_column(text: str, column: str) -> None:
    family, dot, name = column.partition(".")
    is_named = family in FAMILIES
    if family not in (*TEXTS, *NUMBERS) or is_named != bool(dot and name):
        accepted = ["group.NAME", "covariate.NAME", *(one for one in (*TEXTS, *NUMBERS) if one not in FAMILIES)]
        written = f"{family}.NAME" if dot else column
        raise UnknownNameError(
            f"protocol: restriction {text!r}: predictions have no column {column!r}{nearest(written, accepted)}; "
            f"{ACCEPTED}"
        )


def _numbers(text: str, sign: str, rest: str) -> tuple[float, ...]:
    try:
        numbers = tuple(float(word) for word in rest.split())
    except ValueError:
        numbers = ()
    wanted = 2 if sign in RANGES else 1
    if len(numbers) != wanted or not np.isfinite(numbers).all():
        count = "two numbers" if wanted == 2 else "one number"
        raise SpecificationError(f"protocol: restriction {text!r}: after {sign!r} comes {count}, got {rest!r}")
    if wanted == 2 and numbers[0] >= numbers[1]:
        raise SpecificationError(f"protocol: restriction {text!r}: the lower border comes first, got {rest!r}")
    return numbers
