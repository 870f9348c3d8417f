"""The methods tell how a cohort of pairs was made."""

from __future__ import annotations

from pathlib import Path

from einthoven.report.evidence import Evidence
from einthoven.report.sections.methods import section


def test_pairing_eligibility_and_outcomes_are_told():
    """What a reader needs to repeat it."""
    cohort = {
        "pairing": {"window_days": 14.0, "per_report": "nearest"},
        "eligible": {"adults": "age_years >= 18"},
        "outcomes": {"lvsd": "lvef <= 40", "grade": {"rule": None, "value": "stenosis_lad", "cuts": [50, 70]}},
    }
    text = repr(section(Evidence(Path(), study={"cohort": cohort, "data": {"A": {"source": "hospital"}}})))
    for words in (
        "adults (age_years >= 18)",
        "the nearest ECG within 14 days",
        "lvsd (lvef <= 40)",
        "the grade of stenosis_lad at 50 and 70",
    ):
        assert words in text
