"""Rules of eligibility go where they can be judged."""

from __future__ import annotations

import polars as pl
import pytest

from einthoven.cohort.eligibility import eligibility_rules, eligible
from einthoven.cohort.flow import FlowStep
from einthoven.cohort.rules import parse_rule
from einthoven.errors import CohortError

ECGS = ("record_id", "patient_id", "age_years", "y.paced_rhythm", "site")
REPORTS = ("outcome_id", "patient_id", "lvef", "site")


def test_rules_are_sorted_by_the_tables_that_they_need():
    """What both tables have is judged on ECGs."""
    rules = {
        "adults": "age_years >= 18",
        "not paced": "not (paced_rhythm == 1)",
        "here": 'site == "A"',
        "plausible": "lvef > 5",
        "both": "lvef > 5 and age_years > 18",
    }
    found = eligibility_rules(rules, ecg_columns=ECGS, report_columns=REPORTS)
    assert [list(part) for part in found] == [["adults", "not paced", "here"], ["plausible"], ["both"]]


def test_an_unknown_column_is_named_with_its_rule():
    """And the nearest one."""
    with pytest.raises(CohortError, match=r"'adults'.*'age_year'.*did you mean 'age_years'"):
        eligibility_rules({"adults": "age_year >= 18"}, ecg_columns=ECGS, report_columns=())


def test_who_fails_and_who_cannot_be_judged_are_counted_apart():
    """Nobody is an adult because nobody knows."""
    table = pl.DataFrame({"patient_id": ["a", "a", "b", "c"], "age_years": [70.0, 71.0, 12.0, None]})
    flow: list[FlowStep] = []
    kept = eligible(table, {"adults": parse_rule("age_years >= 18")}, flow)
    assert kept["patient_id"].to_list() == ["a", "a"]
    assert flow == [
        FlowStep("not eligible: adults", 1, 1, excluded=True),
        FlowStep("unknown: adults", 1, 1, excluded=True),
    ]
