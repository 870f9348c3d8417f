"""Learning curves of every arm."""

from __future__ import annotations

import dataclasses

from einthoven.report.sections.training import section


def test_each_arm_has_a_panel_that_tells_its_epochs(full):
    panels = section(full).blocks[0].panels
    assert len(panels) == len(full.arms)
    assert "seed 1: 12 epochs" in panels[0].alt


def test_without_histories_there_is_no_section(full, tmp_path):
    assert section(dataclasses.replace(full, run=tmp_path)) is None
