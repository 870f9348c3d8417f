"""One value that a report states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["METHODS", "Method", "ReportFinding"]

Method = Literal["simpson", "m_mode", "visual", "other", "unnamed", "qualitative"]
METHODS: Final[tuple[Method, ...]] = ("simpson", "m_mode", "visual", "other", "unnamed", "qualitative")
"""In the order in which ``choose`` prefers them."""


@dataclass(frozen=True, slots=True)
class ReportFinding:
    """One value of one quantity, and where the report says it.

    Attributes
    ----------
    quantity : str
        As in ``rules.toml``: lvef, lvidd_mm, aortic_stenosis ...
    value : float or None
        The middle of ``low`` and ``high``; None where one of them is None.
    low, high : float or None
        Equal for an exact value, the bounds of a range, or one of them for an inequality or for words alone.
    unit : str
        Of all three, whatever the report's unit was.
    method : {'simpson', 'm_mode', 'visual', 'other', 'unnamed', 'qualitative'}
        How it was measured. Volumes in 3D or with contrast count as simpson, Teichholz as m_mode. unnamed for
        quantities whose methods aren't told apart.
    flags : tuple of str
        "no method named", "single plane", "inequality", "low excluded", "high excluded", "plus-minus" (value, low and
        high are the middle), "decade" ("mid 50s"), "stress" (never chosen), "dated", "baseline" (of before a treatment)
        and "history" (of what is known of the patient), both kept only where they are the sole values, "misspelt",
        "qualitative", "negated".
    start, end : int
        The number or the words are ``report[start:end]``.
    text : str
        That piece of the report.
    """

    quantity: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    method: Method
    flags: tuple[str, ...]
    start: int
    end: int
    text: str
