from __future__ import annotations

import polars as pl
import pytest

from einthoven.cohort.reports import columns as columns_module
from einthoven.cohort.reports.columns import report_columns
from einthoven.errors import CohortError

TEXTS = [
    "EF 62 % by M-mode, 58 % by Simpson. Mild MR.",
    None,
    "",
    "EF > 55 %",
    "EF 62 % by M-mode, 58 % by Simpson. Mild MR.",
]


def test_each_report_has_a_row_of_chosen_values():
    chosen = report_columns(TEXTS, ["lvef", "mitral_regurgitation"]).chosen
    assert chosen["lvef"].to_list() == [58, None, None, None, 58]
    assert chosen["lvef.low"].to_list() == [58, None, None, 55, 58]
    assert chosen["lvef.high"].to_list() == [58, None, None, None, 58]
    assert chosen["lvef.method"].to_list() == ["simpson", None, None, "unnamed", "simpson"]
    assert chosen["lvef.flags"][3] == "inequality; low excluded; no method named"
    assert chosen["mitral_regurgitation"].to_list() == [1, None, None, None, 1]
    assert chosen.schema["lvef"] == chosen.schema["lvef.high"] == pl.Float64


def test_all_that_was_found_says_what_was_chosen_and_where_it_stands():
    findings = report_columns(TEXTS, ["lvef"]).findings
    assert findings["row"].to_list() == [0, 0, 3, 4, 4]
    assert findings["chosen"].to_list() == [False, True, True, False, True]
    for row, start, end, text in findings.select("row", "start", "end", "text").iter_rows():
        assert TEXTS[row][start:end] == text


def test_columns_of_no_reports_have_their_types():
    columns = report_columns([], ["lvef"])
    assert columns.chosen.schema["lvef"] == pl.Float64
    assert columns.chosen.schema["lvef.method"] == pl.String
    assert columns.findings.height == 0


def test_a_report_that_comes_twice_is_read_once(monkeypatch):
    read = []

    def counted(text, **options):
        read.append(text)
        return ()

    monkeypatch.setattr(columns_module, "read_report", counted)
    report_columns(TEXTS, ["lvef"])
    assert sorted(read) == sorted({text for text in TEXTS if text})


@pytest.mark.slow
def test_several_processes_find_what_one_does():
    texts = [f"LVEF {value / 100:.2f} % (biplane), mild MR" for value in range(2000, 3200)]
    one, two = (report_columns(texts, ["lvef", "mitral_regurgitation"], workers=workers) for workers in (1, 2))
    assert one.chosen.equals(two.chosen)
    assert one.findings.equals(two.findings)


def test_nothing_to_read_for_and_nobody_to_read_are_refused():
    with pytest.raises(CohortError, match="at least one quantity"):
        report_columns(TEXTS, [])
    with pytest.raises(CohortError, match="lvef"):
        report_columns(TEXTS, ["lvfe"])
    with pytest.raises(CohortError, match="workers"):
        report_columns(TEXTS, ["lvef"], workers=0)
