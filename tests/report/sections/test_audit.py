"""A failed check is not overlooked."""

from __future__ import annotations

import dataclasses

from einthoven.cohort.audit import AuditCheck
from einthoven.report.blocks import Notice
from einthoven.report.sections.audit import section


def test_a_check_that_found_something_is_a_warning(full):
    checks = (AuditCheck("age below 0 or above 120 years", 3, "for example record 7"),)
    blocks = section(dataclasses.replace(full, checks=checks)).blocks
    assert isinstance(blocks[0], Notice)
    assert blocks[0].tone == "warning"
    assert [cell.text for cell in blocks[1].rows[0].cells][1] == "3"


def test_notes_of_the_evaluation_are_repeated(full):
    told = [text for block in section(full).blocks if block.kind == "prose" for text in block.paragraphs]
    assert {("Note.", note) for note in full.evaluation.notes} <= set(told)
