"""Arms and seeds beside each other."""

from __future__ import annotations

from einthoven.report.notation import value
from einthoven.report.sections.comparison import section


def _tables(evidence, words):
    return [block for block in section(evidence).blocks if words in block.caption]


def test_arms_stand_side_by_side_with_their_macro_average(full):
    table = _tables(full, "by arm, test set")[0]
    expected = [value(full.estimate(arm, "test", "macro", "auroc")) for arm in full.arms]
    assert [f"{cell.text} {cell.interval}" for cell in table.rows[-1].cells[1:]] == expected


def test_only_main_seeds_are_compared(full):
    table = _tables(full, "Differences between arms")[0]
    keys = [tuple(cell.text for cell in row.cells[:3]) for row in table.rows]
    assert len(keys) == len(set(keys)) > 3


def test_every_seed_and_the_ensemble_have_a_row(full):
    table = _tables(full, "Single seeds")[0]
    assert [row.cells[1].text for row in table.rows] == ["Ensemble", "Seed 0", "Seed 1"] * 2


def test_one_arm_of_one_seed_has_nothing_to_compare(one_class):
    assert section(one_class) is None
