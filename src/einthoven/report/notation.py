"""How numbers and names are written: intervals with an en dash, a true minus, a dash where there is no number."""

from __future__ import annotations

import math

from einthoven.evaluation.estimate import Estimate

__all__ = [
    "NOT_ESTIMABLE",
    "RULE_NAMES",
    "SPLIT_NAMES",
    "count",
    "digits_of",
    "interval",
    "number",
    "of_total",
    "p_value",
    "percent",
    "share",
    "value",
]

NOT_ESTIMABLE = "–"
SPLIT_NAMES = {"test": "test set", "external": "external test set"}
RULE_NAMES = {"youden": "highest Youden index", "stated": "stated beforehand"}
MINUS = "\N{MINUS SIGN}"
THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"


def number(amount: float | None, digits: int = 3) -> str:
    """Write a number with fixed digits.

    Examples
    --------
    >>> number(-0.1234, 2)
    '−0.12'
    """
    if amount is None or math.isnan(amount):
        return NOT_ESTIMABLE
    text = f"{amount:.{digits}f}"
    return text.replace("-", MINUS) if float(text) else f"{0:.{digits}f}"


def digits_of(amount: float) -> int:
    """Return how many decimals a number deserves: three digits tell enough, but shares always have three decimals.

    Examples
    --------
    >>> [digits_of(amount) for amount in (0.8, 4.54, 10.0, -231.4)]
    [3, 3, 1, 0]
    """
    return 3 if not abs(amount) >= 10 else 1 if abs(amount) < 100 else 0


def interval(estimate: Estimate, digits: int = 3) -> str:
    """Write the interval in brackets; negative limits are joined by ``to``.

    Examples
    --------
    >>> interval(Estimate(0.9, 0.85, 0.934, n=100, events=20, clusters=100, method="DeLong"))
    '(0.850–0.934)'
    """
    if math.isnan(estimate.low) or math.isnan(estimate.high):
        return ""
    joint = " to " if estimate.low < 0 else "–"
    return f"({number(estimate.low, digits)}{joint}{number(estimate.high, digits)})"


def value(estimate: Estimate, digits: int = 3) -> str:
    """Write value and interval, for example ``0.912 (0.885–0.934)``."""
    return f"{number(estimate.value, digits)} {interval(estimate, digits)}".strip()


def count(amount: int) -> str:
    """Write a whole number; five digits and more are set apart in threes.

    Examples
    --------
    >>> count(21799).replace(THIN_SPACE, " ")
    '21 799'
    """
    text = str(amount) if abs(amount) < 10_000 else f"{amount:,}".replace(",", THIN_SPACE)
    return text.replace("-", MINUS)


def of_total(part: int, total: int) -> str:
    """Write ``part/total``."""
    return f"{count(part)}/{count(total)}"


def percent(fraction: float) -> str:
    """Write a share as a percentage with one digit.

    Examples
    --------
    >>> percent(0.1234)
    '12.3%'
    """
    return f"{100 * fraction:.1f}%"


def share(part: int, total: int) -> str:
    """Write ``part (percentage)``; a dash when the total is empty.

    Examples
    --------
    >>> share(3, 12)
    '3 (25.0%)'
    """
    return f"{count(part)} ({percent(part / total)})" if total else NOT_ESTIMABLE


def p_value(p: float) -> str:
    """Write a P value the way journals do.

    Examples
    --------
    >>> p_value(0.00001), p_value(0.0312), p_value(0.25)
    ('<0.001', '0.031', '0.25')
    """
    if math.isnan(p):
        return NOT_ESTIMABLE
    if p < 0.001:
        return "<0.001"
    return f"{p:.3f}" if p < 0.1 else f"{p:.2f}"
