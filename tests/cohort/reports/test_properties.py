from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from einthoven.cohort.reports.choose import choose
from einthoven.cohort.reports.read import read_report
from einthoven.cohort.reports.rules import rules

PIECES = st.sampled_from(
    [
        *("LVEF", "EF", " 55 %", "50-55%", " > ", "<=", "(", ")", "Simpson", "M-mode", "visually", "previous", "now"),
        *("from ", " to ", ", ", ". ", "\n", "\t", "?", "not ", "normal ", "mild ", "MR", "AS", "no ", "and ", "/"),
        *("LVIDd ", "4.8 cm", "->", "2019-03-02", "stress", "rest", "구혈률", "정상", "경도의 ", "에서 ", "LAD "),
        *(" stenosis", "-18", "mid 50s", "±", " | ", " 5", "mitral ", "regurgitation ", "target ", "baseline "),
        *("55/60 %", "   ", "\n\n"),
    ]
)
REPORTS = st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join))


@given(REPORTS)
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_and_spans_lie_within_it(text):
    for finding in read_report(text):
        assert 0 <= finding.start < finding.end <= len(text)
        assert finding.text == text[finding.start : finding.end]


@given(REPORTS)
@settings(max_examples=100, deadline=None)
def test_bounds_are_in_order_and_plausible(text):
    for finding in read_report(text):
        rule = rules().quantities[finding.quantity]
        ends = [end for end in (finding.low, finding.high) if end is not None]
        assert ends
        assert ends == sorted(ends)
        assert all(rule.low <= abs(end) <= rule.high for end in ends)
        assert (finding.value is None) == (len(ends) == 1 or finding.method == "qualitative")


@given(REPORTS)
@settings(max_examples=100, deadline=None)
def test_reading_twice_finds_the_same(text):
    assert read_report(text) == read_report(text)


@given(REPORTS)
@settings(max_examples=100, deadline=None)
def test_what_is_chosen_was_found_and_not_under_stress(text):
    found = read_report(text)
    chosen = choose(found)
    assert all(one in found and "stress" not in one.flags for one in chosen.values())
    assert chosen.keys() == {one.quantity for one in found if "stress" not in one.flags}


@given(REPORTS, st.sampled_from(["lvef", "mitral_regurgitation", "lvidd_mm"]))
@settings(max_examples=100, deadline=None)
def test_one_quantity_alone_is_read_as_among_all(text, quantity):
    everything = read_report(text)
    assert read_report(text, quantities=[quantity]) == tuple(one for one in everything if one.quantity == quantity)


def steps(text: str) -> int:
    """Count the lines of Python that reading takes: what time would measure, but the same on every machine."""
    count = 0

    def tick(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return tick

    before = sys.gettrace()
    sys.settrace(tick)
    try:
        read_report(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "piece",
    ["a", " ", "(", "EF ", "5", "55 % ", "EF 55 % ", "-", "..", "mild ", "LVEF (", "no ", "MR, ", "| ", "\n", "x\t1\n"],
)
def test_four_times_the_text_takes_no_more_than_five_times_the_steps(piece):
    read_report("")
    short, long = (steps(piece * count) for count in (200, 800))
    assert long <= 5 * short + 1000


@pytest.mark.parametrize("piece", ["a", " ", "(", "-", "EF 55 % ", "LVEF = 5O% (Simpson)\n"])
def test_a_text_of_a_hundred_thousand_characters_is_read(piece):
    read_report(piece * (100_000 // len(piece)))
