from __future__ import annotations

from einthoven.evaluation.analysis_table import metric_name, result_tables, title_of
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.rows import MACRO, ResultRow

ONE = Estimate(0.8, 0.7, 0.9, 50, 9, 40, "DeLong")


def row(metric="auroc", **changes):
    place = {"model": "net", "seed": -1, "split": "test", "label": "AF", "analysis": "subgroups"} | changes
    return ResultRow(**place, metric=metric, estimate=ONE)


def test_places_that_tell_nothing_are_left_out():
    """One model and no operating point: only the label and the subgroup are columns."""
    (table,) = result_tables([row(subgroup="group.sex=F"), row(subgroup="group.sex=M"), row("ppv", subgroup="site=A")])
    assert table.places == ("Label", "Subgroup")
    assert table.metrics == ("auroc", "ppv")
    assert [one.places[-1] for one in table.rows] == ["sex: F", "sex: M", "site: A"]
    assert "ppv" not in table.rows[0].numbers


def test_each_analysis_and_split_is_a_table():
    """In the order in which they come."""
    tables = result_tables([row(), row(split="external"), row(analysis="macro", label=MACRO)])
    assert [(one.analysis, one.split) for one in tables] == [
        ("subgroups", "test"),
        ("subgroups", "external"),
        ("macro", "test"),
    ]
    assert tables[-1].rows[0].places == ("all labels",)


def test_many_metrics_stand_below_each_other():
    """A table of more than seven columns of numbers can't be read."""
    (table,) = result_tables([row(f"metric_{index}", seed=seed) for index in range(8) for seed in (-1, 3)])
    assert table.places == ("Seed", "Label", "Measure")
    assert table.metrics == ("value",)
    assert {one.places[0] for one in table.rows} == {"ensemble", "3"}
    assert len(table.flat) == 16


def test_what_has_no_name_of_its_own_is_told_by_its_words():
    """So that an analysis of another package can be read, too."""
    assert title_of("something_else") == "Something else"
    assert metric_name("share_kept") == "Share kept"
