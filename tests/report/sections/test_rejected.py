"""Rejected files are counted and named without their folders."""

from __future__ import annotations

import dataclasses

from einthoven.report.blocks import TableBlock
from einthoven.report.sections.rejected import section


def test_file_reason_and_message_are_listed_without_folders(full, full_run):
    table = next(block for block in section(full).blocks if isinstance(block, TableBlock))
    cells = [cell.text for cell in table.rows[0].cells]
    assert cells[:2] == ["missing_hr.npy", "UnreadableFileError"]
    assert str(full_run) not in " ".join(cells)


def test_without_rejections_there_is_no_table(full):
    stores = ({**full.stores[0], "rejected": 0},)
    blocks = section(dataclasses.replace(full, stores=stores)).blocks
    assert len(blocks) == 1
    assert "no file was rejected" in blocks[0].paragraphs[0]
