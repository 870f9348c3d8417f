"""A column is read as what it is, or the first cell that can't be is named."""

from __future__ import annotations

import polars as pl
import pytest

from einthoven.cohort.tables.kinds import CanonicalColumn
from einthoven.cohort.tables.raw_table import RawTable
from einthoven.cohort.tables.settings import ColumnSettings, TableSettings
from einthoven.cohort.tables.typed_column import type_column
from einthoven.errors import CohortError


def typed(kind, *cells, name="x", on_error="refuse", **column):
    """Type one column that begins on line 2."""
    raw = RawTable("t.csv", pl.DataFrame({"C": cells}), pl.int_range(2, 2 + len(cells), eager=True))
    settings = TableSettings(file="t.csv", on_error=on_error, columns={name: ColumnSettings("C", **column)})
    return type_column(CanonicalColumn(name, kind, required=False), raw, settings)


def test_other_cells_of_the_kind_are_counted():
    """One slip is mended by hand, a thousand are a wrong setting."""
    with pytest.raises(
        CohortError, match=r"t\.csv, line 3: column 'C' holds 'b': it is no number \(1 more such cells\)"
    ):
        typed("number", "1", "b", "c")


def test_dropped_cells_say_why():
    """The others are there."""
    column = typed("number", "1", "b", on_error="drop")
    assert column.values.to_list() == [1, None]
    assert column.reasons.to_list() == [None, "it is no number"]


def test_cells_may_stand_for_something():
    """Grades by name become numbers where a number is meant."""
    values = {"mild": "1", "severe": "3"}
    assert typed("free", "mild", "severe", name="mitral_stenosis", values=values).values.to_list() == [1, 3]
    assert typed("text", "0", "1", values={"1": "yes"}).values.to_list() == ["0", "yes"]


@pytest.mark.parametrize(
    ("cells", "unit", "expected"),
    [
        (("1.5", "2"), None, [1.5, 2.0]),
        (("1.5", "2"), "text", ["1.5", "2"]),
        (("a", "b", "2"), None, ["a", "b", "2"]),
        ((None, None), None, [None, None]),
    ],
)
def test_a_column_of_free_choice_is_what_most_of_it_is(cells, unit, expected):
    """Words with a number among them are words; the other way round is refused."""
    assert typed("free", *cells, unit=unit).values.to_list() == expected


def test_few_implausible_values_are_left_out_and_many_refused():
    """One wrong age in twenty is a slip, one in three a wrong unit."""
    few = typed("number", *["50"] * 60, *["500"] * 5, name="age_years")
    assert few.values.null_count() == 5
    assert few.values.dtype == pl.Float32
    with pytest.raises(
        CohortError, match=r"t\.csv: 5 of 15 cells of column 'C' can't be true, the first is '500' in line 12"
    ):
        typed("number", *["50"] * 10, *["500"] * 5, name="age_years")
