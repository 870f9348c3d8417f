"""The flow survives its file."""

from __future__ import annotations

from einthoven.cohort.flow import FlowStep, read_flow, write_flow


def test_round_trip(tmp_path):
    """Steps come back as they were written."""
    steps = [FlowStep("ECGs in the table", 500, 466), FlowStep("withdrawn", 12, 7, excluded=True)]
    write_flow(steps, tmp_path / "flow.json")
    assert read_flow(tmp_path / "flow.json") == steps
