"""Ids are text, whatever a spreadsheet or data frame made of them."""

from __future__ import annotations

import polars as pl
import pytest

from einthoven.cohort.tables.identifiers import read_identifiers


@pytest.mark.parametrize(
    ("cells", "expected", "is_told"),
    [
        (["007", "7"], ["007", "7"], False),
        (["15709.0", None, "3.0"], ["15709", None, "3"], True),
        (["15709.0", "A3"], ["15709.0", "A3"], False),
        (["1.2.840.10008"], ["1.2.840.10008"], False),
        (['="007"'], ["007"], False),
        ([15709, None], ["15709", None], False),
        ([15709.0, None], ["15709", None], True),
    ],
)
def test_ids_are_text(cells, expected, is_told):
    """Leading zeros stay; a whole column of floats was whole numbers."""
    read = read_identifiers(pl.Series(cells))
    assert read.values.to_list() == expected
    assert bool(read.notes) == is_told


def test_rounded_ids_cannot_be_read():
    """A spreadsheet that shows 1.57E+10 has written it, too."""
    read = read_identifiers(pl.Series(["1.57E+10", "12E5X"]))
    assert "rounded this id" in read.unreadable[0]
    assert read.unreadable[1] is None
