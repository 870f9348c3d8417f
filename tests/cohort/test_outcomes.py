"""Outcomes out of columns: rules, grades, values, and doubt."""

from __future__ import annotations

import polars as pl
import pytest

from einthoven.cohort.outcomes import OutcomeSettings, check_known, check_task_names, outcome_columns, with_short_names
from einthoven.errors import CohortError, SpecificationError

TABLE = pl.DataFrame(
    {
        "lvef": [30.0, 60.0, None, 42.5, None],
        "lvef.low": [30.0, 60.0, None, 35.0, 50.0],
        "lvef.high": [30.0, 60.0, None, 50.0, None],
        "covariate.bmi": [20.0, 35.0, 30.0, None, 31.0],
    }
)


def column(task, name="y.task", **tables):
    return outcome_columns(tables.get("table", TABLE), {"task": task})[name].to_list()


def test_a_rule_is_one_zero_or_unknown_and_a_range_across_it_is_uncertain():
    """Preserved function is surely not weak, though nobody gave a number."""
    task = OutcomeSettings(rule="lvef <= 40")
    assert column(task) == [1.0, 0.0, None, None, 0.0]
    assert column(task, "u.task") == [False, False, False, True, False]


def test_the_best_guess_decides_by_the_middle_and_stays_marked():
    """42.5 is above 40."""
    task = OutcomeSettings(rule="lvef <= 40", uncertain="best_guess")
    assert column(task) == [1.0, 0.0, None, 0.0, 0.0]
    assert column(task, "u.task") == [False, False, False, True, False]


def test_a_value_is_passed_on_and_a_grade_counts_its_cuts():
    """Both are outcomes that are not yes or no."""
    assert column(OutcomeSettings(value="lvef")) == [30.0, 60.0, None, 42.5, None]
    graded = OutcomeSettings(value="lvef", cuts=(20, 55))
    assert column(graded)[:3] == [1.0, 2.0, None]
    assert [OutcomeSettings(value="lvef").kind, graded.kind] == ["regression", "ordinal"]


def test_a_short_name_finds_the_one_family_that_has_it():
    """``bmi`` is ``covariate.bmi``; where two families have it nothing is guessed."""
    assert column(OutcomeSettings(rule="bmi > 30")) == [0.0, 1.0, 0.0, None, 1.0]
    twice = TABLE.with_columns(pl.lit("x").alias("group.bmi"))
    assert "bmi" not in with_short_names(twice, frozenset({"bmi"})).columns


def test_an_unknown_column_is_named_with_the_outcome_and_the_nearest():
    """Before anything is paired, and when it is evaluated."""
    task = {"weak": OutcomeSettings(rule="lvfe <= 40")}
    with pytest.raises(CohortError, match=r"outcomes\.weak.*lvfe.*did you mean 'lvef'"):
        check_known(task, TABLE.columns)
    with pytest.raises(CohortError, match=r"outcomes\.weak.*lvfe"):
        outcome_columns(TABLE, task)
    with pytest.raises(CohortError, match=r"outcomes\.weak.*lvfe"):
        outcome_columns(TABLE, {"weak": OutcomeSettings(value="lvfe")})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "either a rule"),
        ({"rule": "lvef < 40", "value": "lvef"}, "either a rule"),
        ({"value": "lvef", "cuts": (50, 30)}, "rising"),
        ({"rule": "lvef < 40", "cuts": (50,)}, "rising"),
    ],
)
def test_contradictory_settings_are_refused(settings, message):
    """Each says what an outcome is."""
    with pytest.raises(SpecificationError, match=message):
        OutcomeSettings(**settings)


def test_names_of_outcomes_can_be_columns():
    """A blank or a slash can't."""
    check_task_names({"lvef_below_35": 0, "LAD.70": 0})
    with pytest.raises(SpecificationError, match="'weak heart'"):
        check_task_names({"weak heart": 0})
