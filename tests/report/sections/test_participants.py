"""The flow adds up."""

from __future__ import annotations

from einthoven.cohort.cohort import SPLITS
from einthoven.report.sections.participants import section


def test_the_alternative_text_tells_every_box_and_the_sum(full):
    alt = section(full).blocks[0].panels[0].alt
    parts = [step for step in full.flow if step.label in SPLITS]
    total = sum(step.records for step in parts)
    assert f"analysed: {total} ECGs of {sum(step.patients for step in parts)} patients" in alt
    assert "withdrawn upstream (duplicates): 12 ECGs of 7 patients excluded" in alt
    assert total == full.cohort.table.num_rows
