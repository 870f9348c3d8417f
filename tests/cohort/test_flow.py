"""The flow survives its file."""

from __future__ import annotations

import itertools

from einthoven.cohort.flow import FlowStep, read_flow, write_flow


def test_round_trip(tmp_path):
    """Steps come back as they were written."""
    steps = [FlowStep("ECGs in the table", 500, 466), FlowStep("withdrawn", 12, 7, excluded=True)]
    write_flow(steps, tmp_path / "flow.json")
    assert read_flow(tmp_path / "flow.json") == steps


def test_a_chain_ends_where_another_source_or_other_things_begin():
    """Exclusions and pairs belong to what stands before them."""
    ecgs = FlowStep("ECGs in the table", 9, 9, source="A")
    reports = FlowStep("reports in the table", 9, 9, counted="reports", source="A")
    out = FlowStep("too late", 1, 1, excluded=True, counted="reports", source="A")
    pairs = FlowStep("pairs", 5, 5, counted="pairs", source="A")
    others = FlowStep("ECGs in the table", 9, 9, source="B")
    chain = [ecgs, reports, out, pairs, others]
    begins = [after.begins_after(before) for before, after in itertools.pairwise(chain)]
    assert begins == [True, False, False, True]
    assert others.words == "B: ECGs in the table"
