"""How well QRS meets the criteria of left and of right bundle branch block, from measurements alone.

The criteria are those of AHA/ACCF/HRS (Surawicz et al. 2009, doi:10.1161/CIRCULATIONAHA.108.191095) and, for the
width of left bundle branch block, of Strauss et al. (2011, doi:10.1016/j.amjcard.2010.11.010). Each becomes a grade
from 0 to 1 that is 0.5 at the criterion's limit, since a limit in ms says little about an ECG 2 ms beyond. A score is
the grade of the width times the mean of the other grades. Nothing is fitted, and voltages don't enter: gain and unit
don't matter. The limits are those of adults.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

from einthoven.ecg.lead_measurements import COLUMN, LeadNumbers

__all__ = ["lbbb_grades", "lbbb_score", "rbbb_grades", "rbbb_score"]

Grades = dict[str, float]
OfLead = Callable[[str, str], float]

_LEADS = ("I", "aVL", "V1", "V2", "V5", "V6")

WIDTH_MS = (100.0, 140.0)
"""Half at the 120 ms of a complete block; full at Strauss' 140 ms."""


def lbbb_score(numbers: LeadNumbers, rows: Mapping[str, int], *, qrs_ms: float) -> float:
    """Return the score of left bundle branch block, 0 to 1; NaN without V1 and one of I, V5 and V6.

    Parameters
    ----------
    numbers : LeadNumbers
    rows : mapping of lead to row
        The leads that can be relied on.
    qrs_ms : float
    """
    return _score(lbbb_grades(numbers, rows), rows, qrs_ms=qrs_ms)


def rbbb_score(numbers: LeadNumbers, rows: Mapping[str, int], *, qrs_ms: float) -> float:
    """Return the score of right bundle branch block, 0 to 1; NaN without V1 and one of I, V5 and V6."""
    return _score(rbbb_grades(numbers, rows), rows, qrs_ms=qrs_ms)


def _score(grades: Grades, rows: Mapping[str, int], *, qrs_ms: float) -> float:
    known = [grade for grade in grades.values() if not math.isnan(grade)]
    if math.isnan(qrs_ms) or not known or "V1" not in rows or not rows.keys() & {"I", "V5", "V6"}:
        return math.nan
    return _grade(qrs_ms, *WIDTH_MS) * sum(known) / len(known)


def lbbb_grades(numbers: LeadNumbers, rows: Mapping[str, int]) -> Grades:
    """Return the grade of each criterion but the width, NaN where its leads are missing.

    - ``negative_right``: QS or rS in V1 and V2: R makes 0.3 of the height of QRS or less
    - ``broad``: R broad in I, aVL, V5, V6: beyond half its height for 50 ms, or notched
    - ``no_q``: none in I, V5, V6
    - ``late_peak``: R-peak time in V5, V6 of 60 ms
    - ``ends_left``: the last 40 ms point to I, V6 and away from V1
    """
    of = _lookup(numbers, rows)
    return {
        "negative_right": _mean(_grade(of(lead, "r_share"), 0.5, 0.1) for lead in ("V1", "V2")),
        "broad": _mean(_broad(of, lead) for lead in ("I", "aVL", "V5", "V6")),
        "no_q": _mean(_without_q(of, lead) for lead in ("I", "V5", "V6")),
        "late_peak": _mean(_grade(of(lead, "r_peak_time_ms"), 45, 75) for lead in ("V5", "V6")),
        "ends_left": _mean(
            (
                *(_grade(of(lead, "qrs_terminal_share"), -0.1, 0.1) for lead in ("I", "V6")),
                _grade(of("V1", "qrs_terminal_share"), 0.1, -0.1),
            )
        ),
    }


def rbbb_grades(numbers: LeadNumbers, rows: Mapping[str, int]) -> Grades:
    """Return the grade of each criterion but the width, NaN where its leads are missing.

    - ``ends_right``: rsr', rsR', rSR' or a notched R in V1 or V2: the last 40 ms of QRS are positive there
    - ``late_peak``: R-peak time in V1 of 50 ms
    - ``broad_s``: S in I and V6 of 40 ms, or longer than R
    - ``left_in_time``: R-peak time in V5, V6 not above 50 ms
    """
    of = _lookup(numbers, rows)
    right = [of(lead, "qrs_terminal_share") for lead in ("V1", "V2")]
    return {
        "ends_right": _grade(max((share for share in right if not math.isnan(share)), default=math.nan), -0.1, 0.3),
        "late_peak": _grade(of("V1", "r_peak_time_ms"), 35, 65),
        "broad_s": _mean(_broad_s(of, lead) for lead in ("I", "V6")),
        "left_in_time": _mean(_grade(of(lead, "r_peak_time_ms"), 65, 35) for lead in ("V5", "V6")),
    }


def _lookup(numbers: LeadNumbers, rows: Mapping[str, int]) -> OfLead:
    """Return how to look up a number of a lead; NaN where the lead is missing."""
    values = {lead: numbers.values[rows[lead]].tolist() for lead in _LEADS if lead in rows}

    def value(lead: str, name: str) -> float:
        return float(values[lead][COLUMN[name]]) if lead in values else math.nan

    return value


def _grade(value: float, none: float, full: float) -> float:
    """Return 0 at ``none`` and before, 1 at ``full`` and beyond, in a straight line between; NaN for NaN."""
    if math.isnan(value):
        return math.nan
    return min(1.0, max(0.0, (value - none) / (full - none)))


def _mean(grades: Iterable[float]) -> float:
    known = [grade for grade in grades if not math.isnan(grade)]
    return sum(known) / len(known) if known else math.nan


def _broad(of: OfLead, lead: str) -> float:
    share = of(lead, "r_share")
    if math.isnan(share) or share < 0.5:
        return math.nan if math.isnan(share) else 0.0
    return 1.0 if of(lead, "qrs_notches") > 0 else _grade(of(lead, "qrs_half_width_ms"), 35, 65)


def _without_q(of: OfLead, lead: str) -> float:
    if math.isnan(of(lead, "qrs_peak_to_peak_mv")):
        return math.nan
    return float(math.isnan(of(lead, "q_mv")) and math.isnan(of(lead, "qs_mv")))


def _broad_s(of: OfLead, lead: str) -> float:
    if math.isnan(of(lead, "qrs_peak_to_peak_mv")):
        return math.nan
    duration = of(lead, "s_ms")
    if math.isnan(duration):
        return 0.0
    return max(_grade(duration, 20, 60), float(duration > of(lead, "r_ms")))
