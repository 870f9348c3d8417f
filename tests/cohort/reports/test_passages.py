"""Passages made up for what makes a number, or a word, no LVEF of this report; one per line, beside what is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from einthoven.cohort.reports.read import read_report

METHODS = {
    "s": "simpson",
    "m": "m_mode",
    "v": "visual",
    "o": "other",
    "u": "unnamed",
    "q": "qualitative",
}
PASSAGES = (Path(__file__).parent / "passages.txt").read_text("utf-8").splitlines()


def bounds(written: str) -> tuple[float | None, float | None]:
    if written[0] == ">":
        return float(written[1:]), None
    if written[0] == "<":
        return None, float(written[1:])
    low, _, high = written.partition("-")
    return float(low), float(high or low)


@pytest.mark.parametrize("line", PASSAGES)
def test_a_passage_has_these_values_of_lvef_and_no_other(line):
    text, _, expected = line.rpartition(" =>")
    text = text.replace("\\n", "\n").replace("\\t", "\t")
    wanted = [
        (*bounds(number), METHODS[method]) for number, method in map(str.split, filter(str.strip, expected.split(";")))
    ]
    assert [(one.low, one.high, one.method) for one in read_report(text, quantities=["lvef"])] == wanted
