"""Subgroups of the protocol."""

from __future__ import annotations

from einthoven.report.notation import value
from einthoven.report.sections.subgroups import section


def test_each_subgroup_has_its_row_with_its_sizes(full):
    forest, table, *_ = section(full).blocks
    assert forest.panels[0].alt.startswith("AUROC for ")
    row = next(row for row in full.subgroup_rows("pretrained", "test") if row.metric == "auroc")
    shown = [[cell.text for cell in line.cells[:3]] for line in table.rows if line.style == "indent"]
    name = row.subgroup.removeprefix("group.").replace("=", ": ")
    assert [name, str(row.estimate.n), str(row.estimate.events)] in shown
    assert value(row.estimate) in {f"{c.text} {c.interval}" for line in table.rows for c in line.cells}


def test_without_subgroups_there_is_no_section(one_class):
    assert section(one_class) is None
