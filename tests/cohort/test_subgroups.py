"""Subgroups by rules: yes and no, or the value whose rule holds, and never two at once."""

from __future__ import annotations

import polars as pl
import pytest

from einthoven.cohort.subgroups import subgroups
from einthoven.errors import CohortError, SpecificationError

TABLE = pl.DataFrame(
    {
        "record_id": ["a", "b", "c", "d"],
        "age_years": [40.0, 70.0, 90.0, None],
        "lvef": [52.5, 30.0, None, None],
        "lvef.low": [50.0, 30.0, 40.0, None],
        "lvef.high": [55.0, 30.0, None, None],
    }
)
AGES = {"<=70": "age_years <= 70", ">70": "age_years > 70"}


def test_one_rule_is_yes_no_or_unknown():
    """An interval counts by its midpoint; without one the group is unknown."""
    assert subgroups(TABLE, {"reduced": "lvef < 53"})["group.reduced"].to_list() == ["yes", "yes", None, None]
    assert subgroups(TABLE, {"severe": "lvef < 35"})["group.severe"].to_list() == ["no", "yes", "no", None]


def test_several_rules_give_the_value_that_holds():
    """Those for whom none holds are in no group."""
    groups = subgroups(TABLE, {"age": AGES, "decade": {"forties": "40 <= age_years < 50"}})
    assert groups.columns == ["group.age", "group.decade"]
    assert groups["group.age"].to_list() == ["<=70", "<=70", ">70", None]
    assert groups["group.decade"].to_list() == ["forties", None, None, None]


def test_rules_that_hold_at_once_are_refused_with_an_example():
    """The border belongs to one of them."""
    rules = {"age": {"to 70": "age_years <= 70", "from 70": "age_years >= 70"}}
    with pytest.raises(CohortError, match="1 rows are 'to 70' and 'from 70' at once, the first is 'b'"):
        subgroups(TABLE, rules)
    with pytest.raises(CohortError, match="the first is row 2"):
        subgroups(TABLE.drop("record_id"), rules)


def test_no_subgroups_and_no_rows():
    """Neither is an error."""
    assert TABLE.with_columns(*subgroups(TABLE, {})).equals(TABLE)
    assert subgroups(TABLE.clear(), {"age": AGES}).height == 0


@pytest.mark.parametrize(
    ("rules", "error", "message"),
    [
        ({"age": "agee_years > 3"}, CohortError, "subgroup 'age': rule 'agee_years > 3': .* did you mean 'age_years'"),
        ({"age": {"old": "age_years >"}}, SpecificationError, "subgroup 'age', 'old': the rule can't be read"),
        ({"group.age": AGES}, SpecificationError, "write 'age'"),
        ({"age": {}}, SpecificationError, "subgroup 'age' has no rule"),
        ({"age": ""}, SpecificationError, "subgroup 'age': a rule is a text"),
    ],
)
def test_refusals_name_the_subgroup(rules, error, message):
    """And what to write."""
    with pytest.raises(error, match=message):
        subgroups(TABLE, rules)


def test_a_group_that_the_table_has_is_not_replaced():
    """A source's own group keeps its values."""
    with pytest.raises(CohortError, match=r"has a column 'group.age' already"):
        subgroups(TABLE.with_columns(pl.lit("x").alias("group.age")), {"age": AGES})
