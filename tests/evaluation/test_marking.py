"""Planned is what the protocol names and no more; contaminated is every number on data that a model had seen."""

from __future__ import annotations

import dataclasses

import pyarrow as pa
import pytest

from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.evaluate import context_for, evaluate
from einthoven.evaluation.marking import is_planned, marked
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.rows import MACRO, ComparisonRow, ResultRow
from fakes.predictions import fake_predictions

ESTIMATE = Estimate(0.8, 0.7, 0.9, 100, 30, 100, "DeLong")
PLAN = Protocol(
    outcomes=("AF",),
    analyses=("performance", "macro", "subgroups", "comparison", "comparator", "restrictions", "survival"),
    subgroups=("group.sex", "group.sex x site"),
    comparisons=(("net", "small"),),
    restrictions=("covariate.lvef outside 35 45",),
)


def result(label="AF", subgroup="", analysis="performance", at="", model="net"):
    """Return one number."""
    return ResultRow(model, -1, "test", label, "auroc", ESTIMATE, subgroup, analysis, at)


def comparison(a="net", b="small", analysis="comparison", subgroup="", at=""):
    """Return one difference."""
    test = TestResult(ESTIMATE, 1.0, 0.3, "DeLong")
    return ComparisonRow(a, -1, b, -1, "test", "AF", "auroc", test, subgroup, analysis, at)


@pytest.mark.parametrize(
    "row",
    [
        result(),
        result(MACRO, analysis="macro"),
        result(subgroup="group.sex=F", analysis="subgroups"),
        result(subgroup="group.sex x site=F x B", analysis="subgroups"),
        result(analysis="restrictions", at="covariate.lvef outside 35 45"),
        result(analysis="restrictions", at="all records"),
        result(analysis="comparator", model="cheap: trees"),
        result(analysis="survival", at="per SD"),
        comparison(),
        comparison("small", "net"),
        comparison("net", "net", "restrictions", at="covariate.lvef outside 35 45 - all records"),
        comparison("net", "net", "subgroups", "group.sex=F", at="complement"),
        comparison("net", "cheap: logistic", "comparator"),
    ],
    ids=lambda row: f"{row.analysis} {row.subgroup} {row.at}",
)
def test_what_the_protocol_names_is_planned(row):
    """Outcome, analysis, subgroup and pair; a model beside itself or a comparator is no pair to name."""
    assert is_planned(row, PLAN)


@pytest.mark.parametrize(
    "row",
    [
        result("LBBB"),
        result(analysis="calibration"),
        result(subgroup="site=B", analysis="subgroups"),
        result(subgroup="site x group.sex=B x F", analysis="subgroups"),
        result(analysis="survival", at="365 d"),
        comparison("net", "reader"),
        comparison(subgroup="site=B"),
    ],
    ids=lambda row: f"{row.analysis} {row.subgroup} {row.at}",
)
def test_what_it_does_not_name_is_exploratory(row):
    """Another label, analysis, column, order of crossing, pair; horizons that the event times gave."""
    assert not is_planned(row, PLAN)


def test_an_empty_list_plans_nothing():
    """Neither labels nor analyses nor pairs; an average over labels that nobody named isn't planned either."""
    assert not is_planned(result(), Protocol())
    assert not is_planned(result(), dataclasses.replace(PLAN, outcomes=()))
    assert not is_planned(result(MACRO, analysis="macro"), dataclasses.replace(PLAN, outcomes=()))
    assert not is_planned(comparison(), dataclasses.replace(PLAN, comparisons=()))
    assert is_planned(result(analysis="survival", at="365 d"), dataclasses.replace(PLAN, horizons_days=(365.0,)))


def pretrained(site="PTB-XL"):
    """Return predictions of which ``net`` had seen all women's records."""
    table = fake_predictions().table
    seen = [["ptb_xl"] if model == "net" else [] for model in table["model"].to_pylist()]
    own = [site if sex == "F" else "B" for sex in table["group.sex"].to_pylist()]
    table = table.append_column("pretrained_on", pa.array(seen, pa.list_(pa.string())))
    return Predictions(table.append_column("site", pa.array(own)))


def test_every_number_on_seen_data_is_marked_as_contaminated():
    """Results of the model, and comparisons on either side; not the subgroup that it had not seen."""
    context = context_for(pretrained(), Protocol())
    assert marked([result()], context)[0].contaminated
    assert marked([result(MACRO, analysis="macro")], context)[0].contaminated
    assert not marked([result(model="small")], context)[0].contaminated
    assert marked([comparison("small", "net")], context)[0].contaminated
    assert marked([comparison("net", "cheap: trees")], context)[0].contaminated
    assert not marked([comparison("small", "cheap: trees")], context)[0].contaminated
    assert marked([result(subgroup="group.sex=F", analysis="subgroups")], context)[0].contaminated
    assert not marked([result(subgroup="group.sex=M", analysis="subgroups")], context)[0].contaminated
    assert marked([result(subgroup="group.sex x site=F x PTB-XL", analysis="subgroups")], context)[0].contaminated
    assert not marked([result()], context_for(pretrained("C"), Protocol()))[0].contaminated


def test_the_evaluation_carries_marks_and_the_note():
    """From the predictions to each row."""
    protocol = Protocol(analyses=("performance", "comparison"), resamples=20)
    found = evaluate(pretrained(), protocol)
    assert {row.contaminated for row in found.results if row.model == "net"} == {True}
    assert {row.contaminated for row in found.results if row.model == "small"} == {False}
    assert all(row.contaminated for row in found.comparisons)
    assert sum(note.startswith("Contaminated: net was pretrained on ptb_xl") for note in found.notes) == 2


def test_a_column_may_have_an_equals_sign_in_its_name():
    """What the protocol names is planned, and only groups that were seen are contaminated."""
    plan = dataclasses.replace(PLAN, subgroups=("group.nt-probnp>=125", "group.nt-probnp>"))
    assert is_planned(result(subgroup="group.nt-probnp>=125=yes", analysis="subgroups"), plan)
    assert is_planned(
        result(subgroup="group.nt-probnp>=125", analysis="fairness"), dataclasses.replace(plan, analyses=("fairness",))
    )
    assert not is_planned(result(subgroup="group.nt=125", analysis="subgroups"), plan)
