"""Missing values stay, become a group, leave with a count, or are refused; nothing is filled in."""

from __future__ import annotations

import polars as pl
import pytest

from einthoven.cohort.flow import FlowStep
from einthoven.cohort.missing import apply_missing
from einthoven.errors import CohortError, SpecificationError

TABLE = pl.DataFrame(
    {
        "record_id": ["a", "b", "c", "d"],
        "patient_id": ["1", "1", "2", "3"],
        "age_years": [50.0, None, float("nan"), 70.0],
        "sex": ["F", "M", "U", None],
        "site": ["Basel", None, "Bern", None],
        "lvef": [55.0, None, None, None],
        "lvef.low": [55.0, None, 60.0, None],
        "lvef.high": [55.0, 40.0, None, None],
    }
)


def test_without_a_policy_and_with_keep_nothing_changes():
    """Keep counts, and that is all."""
    result = apply_missing(TABLE, {"age_years": "keep"})
    assert result.table.equals(TABLE)
    assert result.steps == []
    assert result.counts == {"age_years": (2, 4)}
    assert apply_missing(TABLE, {}).table.equals(TABLE)


def test_dropped_rows_are_a_step_of_the_flow_and_counted_once():
    """A row that lacks both leaves with the first; counts are of the table as it came."""
    result = apply_missing(TABLE, {"age_years": "drop", "site": "drop"})
    assert result.table["record_id"].to_list() == ["a"]
    assert result.steps == [
        FlowStep("age_years missing", 2, 2, excluded=True),
        FlowStep("site missing", 1, 1, excluded=True),
    ]
    assert result.counts == {"age_years": (2, 4), "site": (2, 4)}


def test_a_group_of_its_own_for_those_without_a_text():
    """Other values stay as they were."""
    assert apply_missing(TABLE, {"site": "group"}).table["site"].to_list() == ["Basel", "unknown", "Bern", "unknown"]


def test_an_unknown_sex_and_a_value_with_one_bound():
    """U is no sex; "above 60 %" is something known."""
    assert apply_missing(TABLE, {"sex": "drop"}).table["record_id"].to_list() == ["a", "b"]
    assert apply_missing(TABLE, {"lvef": "drop"}).table["record_id"].to_list() == ["a", "b", "c"]


def test_refusing_counts_and_names_a_record():
    """Rows that another column's policy drops are not asked."""
    with pytest.raises(CohortError, match=r"2 of 4 rows have no value in 'site', the first is 'b'"):
        apply_missing(TABLE, {"site": "refuse"})
    kept = apply_missing(TABLE, {"sex": "refuse", "lvef": "drop", "age_years": "drop"})
    assert kept.table["record_id"].to_list() == ["a"]


@pytest.mark.parametrize(
    ("policies", "error", "message"),
    [
        ({"age_year": "drop"}, CohortError, "there is no column 'age_year'; did you mean 'age_years'"),
        ({"site": "impute"}, SpecificationError, "there is no policy 'impute'"),
        ({"site": "dropp"}, SpecificationError, "did you mean 'drop'"),
        ({"age_years": "group"}, SpecificationError, "only columns of text can have a group 'unknown'"),
        ({"sex": "group"}, SpecificationError, "an unknown sex is a group already, U"),
    ],
)
def test_what_has_no_meaning_is_refused(policies, error, message):
    """Each message says what is accepted."""
    with pytest.raises(error, match=message):
        apply_missing(TABLE, policies)


def test_a_policy_that_drops_everybody_is_refused():
    """An empty cohort would be explained less well later."""
    with pytest.raises(CohortError, match="none of the 4 rows has a value in 'bmi'"):
        apply_missing(TABLE.with_columns(bmi=pl.lit(None)), {"bmi": "drop"})


def test_a_column_without_any_value_can_be_a_group():
    """Its type is unknown, and the group is a text."""
    table = TABLE.with_columns(smoker=pl.lit(None))
    assert apply_missing(table, {"smoker": "group"}).table["smoker"].to_list() == ["unknown"] * 4
