from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from einthoven.cohort.reports.choose import choose
from einthoven.cohort.reports.finding import ReportFinding
from einthoven.cohort.reports.read import read_report
from einthoven.cohort.reports.rules import rules

PASSAGES = [json.loads(line) for line in (Path(__file__).parent / "sentences.jsonl").read_text("utf-8").splitlines()]
# the passages were annotated for the quantities of echo reports; "LAD stenosis 50 %" is a value of another report's
ECHO = [name for name in rules().quantities if not name.startswith("stenosis_") and name != "mfr"]


def close(first: float | None, second: float | None) -> bool:
    return first == second or (first is not None and second is not None and abs(first - second) < 0.011)


def agrees(quantity: str, wanted: dict, finding: ReportFinding) -> bool:
    """Whether value, bounds and, for LVEF, whose methods alone are worth comparing, the method are the same."""
    numbers = all(close(getattr(finding, name), wanted[name]) for name in ("value", "low", "high"))
    return numbers and (quantity != "lvef" or finding.method == wanted["method"])


def is_found(wanted: dict, finding: ReportFinding) -> bool:
    start, end = wanted["start"], wanted["start"] + len(wanted["span"])
    overlaps = finding.start < end and start < finding.end
    return finding.quantity == wanted["quantity"] and overlaps and agrees(wanted["quantity"], wanted, finding)


@pytest.fixture(scope="module")
def counts() -> dict[str, Counter]:
    """Hits, misses and extras of LVEF and of all else; each miss is printed."""
    found_of = {"lvef": Counter(), "others": Counter()}
    for passage in PASSAGES:
        findings = list(read_report(passage["text"], quantities=ECHO))
        chosen = choose(findings)
        for quantity in passage["chosen"].keys() | chosen.keys():
            both = quantity in passage["chosen"] and quantity in chosen
            right = both and agrees(quantity, passage["chosen"][quantity], chosen[quantity])
            found_of["lvef" if quantity == "lvef" else "others"]["chosen" if right else "chosen otherwise"] += 1
        for wanted in passage["values"]:
            hit = next((one for one in findings if is_found(wanted, one)), None)
            found_of["lvef" if wanted["quantity"] == "lvef" else "others"]["hit" if hit else "missed"] += 1
            if hit:
                findings.remove(hit)
            else:
                sys.stderr.write(f"missed {wanted} in {passage['text']!r}\n")
        for extra in findings:
            found_of["lvef" if extra.quantity == "lvef" else "others"]["extra"] += 1
            sys.stderr.write(f"extra {extra} in {passage['text']!r}\n")
    return found_of


@pytest.mark.parametrize("part", ["lvef", "others"])
def test_nearly_all_that_is_found_is_a_value(counts, part):
    assert counts[part]["hit"] / (counts[part]["hit"] + counts[part]["extra"]) >= 0.99


@pytest.mark.parametrize("part", ["lvef", "others"])
def test_nearly_all_values_are_found(counts, part):
    assert counts[part]["hit"] / (counts[part]["hit"] + counts[part]["missed"]) >= 0.98


@pytest.mark.parametrize("part", ["lvef", "others"])
def test_nearly_always_the_right_value_is_chosen(counts, part):
    assert counts[part]["chosen"] / (counts[part]["chosen"] + counts[part]["chosen otherwise"]) >= 0.98
