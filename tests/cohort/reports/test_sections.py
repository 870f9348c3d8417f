from __future__ import annotations

import pytest

from einthoven.cohort.reports.plain import plain
from einthoven.cohort.reports.sections import section_at, sections


def kinds(report: str) -> list[tuple[str, str]]:
    return [(one.kind, report[one.start : one.end].strip()) for one in sections(report, plain(report))]


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        ("INDICATION: dyspnea\nLVEF 50 %", [("aside", "INDICATION: dyspnea")]),
        ("Indication: dyspnea. LVEF 50 %", [("aside", "Indication: dyspnea.")]),
        ("Indication: dyspnea. Findings: LVEF 50 %", [("aside", "Indication: dyspnea.")]),
        ("COMPARISON\nTTE 2019\nEF 40 %\nFINDINGS\nEF 50 %", [("earlier", "COMPARISON\nTTE 2019\nEF 40 %")]),
        ("Comparison: none. LVEF 50 %.\nMild MR.", [("earlier", "Comparison: none.")]),
        ("LVEF 50 %, prior study: 40 %", []),
        ("A comparison was made.\nLVEF 50 %", []),
        ("임상정보: 호흡곤란\nLVEF 50%", [("aside", "임상정보: 호흡곤란")]),
    ],
)
def test_a_heading_covers_its_line_or_the_lines_up_to_the_next(report, expected):
    assert kinds(report) == expected


def test_a_wrapped_line_belongs_to_its_heading():
    report = "HISTORY: a long story of coronary disease with surgery\nin another town\nLVEF 50 %"
    assert kinds(report)[0][1].endswith("in another town")


def test_what_stands_in_no_section_is_a_finding():
    report = "PLAN: none\nLVEF 50 %"
    found = sections(report, plain(report))
    assert section_at(found, 0) == "aside"
    assert section_at(found, report.index("LVEF")) == ""
