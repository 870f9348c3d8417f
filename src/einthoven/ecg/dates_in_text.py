"""Dates in free text, taken out: "compared with the ECG of 14-MAR-2019" would tell by how much all dates were moved."""

from __future__ import annotations

import re

__all__ = ["without_dates"]

_YEAR = r"(?:19|20)\d\d"
_DAY = r"\d{1,2}"
# as statements spell them in English, German, French, Spanish and Italian; the rest of a name is letters
_MONTH = (
    r"(?:jan|feb|f[ée]v|m[aä]r|apr|avr|abr|ma[iy]|mag|jun|jui|jul|giu|lug|aug|ao[uû]|ago|sep|set|oct|okt|ott|nov|"
    r"d[eé]c|dez|dic|ene|gen)[^\W\d_]*\.?"
)
_DATE = re.compile(
    "|".join((
        rf"(?<!\d){_YEAR}(?P<mark>[-/.]){_DAY}(?P=mark){_DAY}(?!\d)",
        rf"(?<![\d.]){_DAY}(?P<sign>[-/.]) ?{_DAY}(?P=sign) ?(?:\d{{4}}|\d\d)(?![\d.]\d|\d)",
        rf"(?<!\d){_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{{4}}|\d{{6}})?(?!\d)",
        rf"(?<!\w){_DAY}(?:st|nd|rd|th|\.)?[-\s./]*(?:(?:of|de|di)\s+)?{_MONTH}[-\s./,]*(?:de\s+)?\d{{4}}(?!\d)",
        rf"(?<!\w){_DAY}-{_MONTH}-\d\d(?!\d)",
        rf"(?<!\w){_MONTH}[-\s.]*{_DAY}(?:st|nd|rd|th)?[-\s.,]+{_YEAR}(?!\d)",
        rf"(?<!\w){_MONTH}[-\s.,]*{_YEAR}(?!\d)",
        rf"{_YEAR}\s?[年년]\s?{_DAY}\s?[月월](?:\s?{_DAY}\s?[日일])?",
    )),
    re.IGNORECASE,
)  # fmt: skip


def without_dates(text: str) -> str:
    """Return a text with ``[date]`` for each date in it; years alone and times of the day stay.

    Examples
    --------
    >>> without_dates("WHEN COMPARED WITH ECG OF 14-MAR-2019 10:12, QT HAS LENGTHENED")
    'WHEN COMPARED WITH ECG OF [date] 10:12, QT HAS LENGTHENED'
    """
    return _DATE.sub("[date]", text)
