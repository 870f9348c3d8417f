"""Each label's metrics in the groups that the protocol names, beside all others and tested for a difference.

For every group, one for the records whose cell is empty included: prevalence, AUROC and the accuracy of yes/no calls at
the main cut-off, all groups sharing the resamples of patients (``group_table`` says how intervals are made). Then the
difference to the complement, all records with another known value of that column, and per column a test of whether the
metric differs over its known groups at all (Wald chi-square with the covariance of the resamples). P values are
corrected over the groups, and over the columns, of one model, split, label and metric.

A group with fewer positives, or fewer negatives, than the protocol's ``minimum_events`` (counted in patients) keeps its
numbers, each with the reason why it should be shown in grey; it takes no part in the test over groups.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from einthoven.errors import TooFewObservationsError
from einthoven.evaluation.context import Context
from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.group_table import MOST_GROUPS, Group, GroupTable, group_table
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.rows import ComparisonRow, ResultRow, Rows
from einthoven.evaluation.statistics.classification import prevalence
from einthoven.evaluation.statistics.group_gap import GroupGap, largest_gap
from einthoven.evaluation.statistics.heterogeneity_test import Heterogeneity, heterogeneity_test
from einthoven.evaluation.statistics.multiplicity import adjusted_p_values

__all__ = ["analyse", "few_events", "greyed", "left_out_columns"]

METRICS = ("auroc", "sensitivity", "specificity", "ppv", "npv")


def analyse(context: Context) -> Rows:
    """Return the metrics of every group of every label, of each model's main seed."""
    rows, columns = Rows(), context.protocol.subgroups
    if not columns:
        return rows
    for one in context.main:
        table = group_table(context, one, columns)
        if table is None:
            continue
        metrics = [metric for metric in METRICS if metric in table.metrics]
        rows.results += _group_rows(context, table, metrics)
        for metric in metrics:
            rows.comparisons += _differences(context, table, metric)
            rows.comparisons += _interactions(context, table, metric)
    rows.notes += left_out_columns(context)
    return rows


def few_events(context: Context, table: GroupTable, group: Group) -> str | None:
    """Return why a group's numbers are shown in grey, None where they are not."""
    least = context.protocol.minimum_events
    for count, what in zip(table.events(group.index), ("positive", "negative"), strict=True):
        if count < least:
            return f"only {count} {what} {'patients' if table.data.repeated else 'records'}, fewer than {least}"
    return None


def greyed(estimate: Estimate, reason: str | None) -> Estimate:
    """Return the estimate with the reason, unless it has one of its own."""
    return estimate if reason is None or estimate.reason is not None else dataclasses.replace(estimate, reason=reason)


def left_out_columns(context: Context) -> list[str]:
    """Return a sentence for each column that has too many values to be groups."""
    notes = []
    # all labels and models share their records, so one of each split tells
    parts = list({one.split: one for one in context.main}.values())
    for column in context.protocol.subgroups:
        values = max((len(set(context.texts(column, one))) for one in parts), default=0)
        if values > MOST_GROUPS:
            notes.append(
                f"Column {column!r} has {values} values, more than {MOST_GROUPS}: no subgroups are made of it."
            )
    return notes


def _group_rows(context: Context, table: GroupTable, metrics: Sequence[str]) -> Iterator[ResultRow]:
    one, level = table.one, context.protocol.level
    row = partial(ResultRow, *one.key, analysis="subgroups")
    for group in table.groups:
        part = one.only(table.member[:, group.index])
        share = prevalence(part.truth, clusters=part.patient, weights=part.weight, level=level)
        yield row("prevalence", share, group.name)
        reason = few_events(context, table, group)
        for metric in metrics:
            yield row(metric, greyed(table.estimate(metric, group.index), reason), group.name)


def _differences(context: Context, table: GroupTable, metric: str) -> Iterator[ComparisonRow]:
    tests: dict[str, TestResult] = {}
    pairs: dict[str, frozenset[int]] = {}
    for group in table.groups:
        if group.rest is not None:
            test = table.difference(metric, group.index, group.rest)
            estimate = greyed(test.difference, _few_on_a_side(context, table, group, group.rest))
            tests[group.name] = dataclasses.replace(test, difference=estimate)
            pairs[group.name] = frozenset((group.index, group.rest))
    # of two groups each is the other's complement: one test, not two
    # and a difference in grey is no claim, so it is none of the family
    once = {pair: math.nan if tests[n].difference.reason else tests[n].p_value for n, pair in pairs.items()}
    adjusted = dict(zip(once, adjusted_p_values(list(once.values()), method=_correction(context)), strict=True))
    for name, test in tests.items():
        yield _comparison(table.one, metric, test, name, at="complement", p_adjusted=adjusted[pairs[name]])


def _few_on_a_side(context: Context, table: GroupTable, group: Group, rest: int) -> str | None:
    """Return why a difference is shown in grey: because of the group, or because of all others."""
    others = few_events(context, table, dataclasses.replace(group, index=rest))
    return few_events(context, table, group) or (others and f"{others}, among all others")


def _interactions(context: Context, table: GroupTable, metric: str) -> Iterator[ComparisonRow]:
    tests = {column: _interaction(context, table, metric, column) for column in table.columns}
    adjusted = adjusted_p_values([test.p_value for test in tests.values()], method=_correction(context))
    for (column, test), p_adjusted in zip(tests.items(), adjusted, strict=True):
        yield _comparison(table.one, metric, test, column, at="interaction", p_adjusted=p_adjusted)


def _interaction(context: Context, table: GroupTable, metric: str, column: str) -> TestResult:
    known = [group for group in table.of(column) if group.known]
    kept = [
        group for group in known
        if few_events(context, table, group) is None and table.estimate(metric, group.index).reason is None
    ]  # fmt: skip
    records = table.member[:, [group.index for group in known]].any(axis=1)
    n, events = int(records.sum()), int(table.one.truth[records].sum())
    clusters, level = table.data.patients, context.protocol.level
    try:
        gap, test = _tested(table, metric, [group.index for group in kept])
    except TooFewObservationsError as error:
        nothing = Estimate.undefined(str(error), n=n, events=events, clusters=clusters, method="none")
        return TestResult(nothing, math.nan, math.nan, "none")
    without = [group.value for group in known if group not in kept]
    method = f"Wald chi-square, {test.degrees_of_freedom} df, bootstrap covariance by patient"
    method += f"; without {', '.join(without)}: too few events" if without else ""
    largest = f"largest gap ({kept[gap.highest].value} - {kept[gap.lowest].value}), simultaneous bootstrap"
    estimate = Estimate(gap.value, gap.low, gap.high, n, events, clusters, largest, level)
    return TestResult(estimate, test.chi_square, test.p_value, method)


def _tested(table: GroupTable, metric: str, sets: Sequence[int]) -> tuple[GroupGap, Heterogeneity]:
    if len(sets) < 2:
        raise TooFewObservationsError("fewer than 2 groups have enough positives and negatives")
    point, drawn = table.found.point[metric][list(sets)], table.found.replicates[metric][:, list(sets)]
    least = np.array([table.least_variance(metric, index) for index in sets])
    gap = largest_gap(point, drawn, least_variance=least, level=table.level)
    covariance = np.cov(drawn[~np.isnan(drawn).any(axis=1)], rowvar=False)
    covariance[np.diag_indices(len(sets))] = np.maximum(covariance.diagonal(), least)
    return gap, heterogeneity_test(point, covariance)


def _comparison(one: LabelScores, metric: str, test: TestResult, subgroup: str, **place: Any) -> ComparisonRow:
    p_adjusted = None if math.isnan(place["p_adjusted"]) else float(place["p_adjusted"])
    own = (one.model, one.seed)
    return ComparisonRow(*own, *own, one.split, one.label, metric, test, subgroup, "subgroups", place["at"], p_adjusted)


def _correction(context: Context) -> str:
    return context.protocol.multiplicity
