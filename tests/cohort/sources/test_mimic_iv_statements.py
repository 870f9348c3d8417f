"""Each different report is read once, numbers are no statements, and what was not understood is told."""

from __future__ import annotations

import polars as pl
import pytest

from einthoven.cohort.sources.mimic_iv_statements import ReadReports, read_reports
from einthoven.errors import CohortError


def table(*rows):
    return pl.DataFrame(
        rows, schema={"report_0": pl.String, "report_1": pl.String, "qrs_axis": pl.String}, orient="row"
    )


def test_ecgs_share_the_findings_of_equal_reports():
    """An empty line between two makes no difference."""
    read = read_reports(
        table(
            ("Sinus rhythm", None, "1"), (None, None, "2"), (None, "Sinus rhythm", "3"), ("Atrial flutter", None, "4")
        ),
        file="t.csv",
    )
    assert read.row_of.to_list() == [0, 1, 0, 2]
    assert [None if found is None else sorted(found) for found in read.findings] == [
        ["sinus_rhythm"],
        None,
        ["atrial_flutter"],
    ]
    assert read.notes == []


def test_cells_without_a_letter_are_no_statements():
    """A published sample has 0 and 1 in the place of the words."""
    assert read_reports(table(("0", None, "1"), ("1", "-", "2")), file="t.csv").findings == [None]


def test_words_that_are_not_known_are_told():
    """With how many statements hold them, and the most frequent."""
    (note,) = read_reports(table(("Sinus rhythm with gremlins", "Sinus rhythm", "1")), file="t.csv").notes
    assert note["reason"].item() == ("note: 1 of 2 statements hold words that are not known, most often 'gremlins' (1)")


def test_a_table_without_reports_is_refused():
    """Measurements alone hold no statements."""
    with pytest.raises(CohortError, match=r"t\.csv has none of the columns report_0 to report_17"):
        read_reports(pl.DataFrame({"qrs_axis": ["1"]}), file="t.csv")


def test_nothing_stated_is_unknown():
    """Of any number of ECGs."""
    assert ReadReports.none(3).row_of.to_list() == [0, 0, 0]
