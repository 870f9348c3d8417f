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


def test_table_of_a_check_is_shown(full):
    """AUROCs of the metadata stand below the list of checks."""
    check = AuditCheck("label known from the site", 0, "highest 0.61", ("label", "site"), (("AF", "0.61"),))
    table = section(dataclasses.replace(full, checks=(check,))).blocks[2]
    assert [column.head for column in table.columns] == ["Label", "site"]
    assert [cell.text for cell in table.rows[0].cells] == ["AF", "0.61"]
