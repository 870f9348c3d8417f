"""Sex is understood by words, never by numbers that were not stated."""

from __future__ import annotations

import polars as pl
import pytest

from einthoven.cohort.tables.words import mapped, read_sex
from einthoven.errors import SpecificationError


def test_words_of_sex_are_understood():
    """In English, German and Korean, with any capitals."""
    read = read_sex(pl.Series(["F", "female", "Male", "m", "여", "남자", "weiblich", None, "unknown"]), values={})
    assert read.values.to_list() == ["F", "F", "M", "M", "F", "M", "F", "U", "U"]
    assert read.unreadable.null_count() == 9


@pytest.mark.parametrize("cells", [["1", "0"], [1, 0], ["1.0", "0.0"]])
def test_numbers_are_what_was_stated(cells):
    """Whether text, whole or float."""
    assert read_sex(pl.Series(cells), values={}).unreadable.null_count() == 0
    assert read_sex(pl.Series(cells), values={"0": "M", "1": "F"}).values.to_list() == ["F", "M"]


def test_stated_meaning_goes_before_words():
    """A clinic may write M for the mother."""
    assert read_sex(pl.Series(["M"]), values={"M": "F"}).values.to_list() == ["F"]
    with pytest.raises(SpecificationError, match="what cells stand for is F, M or U, got 'female'"):
        read_sex(pl.Series(["M"]), values={"M": "female"})


def test_mapped_cells_are_replaced_and_others_stay():
    """Grades by name become numbers."""
    assert mapped(pl.Series(["mild", "2", None]), {"mild": "1"}).to_list() == ["1", "2", None]
