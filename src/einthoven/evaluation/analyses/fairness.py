"""Gaps between the groups of each subgroup column: who is missed, who is alarmed for nothing, whose risk is misjudged.

Per group the true positive rate (equal opportunity), the false positive rate (with it: equalised odds [1]_), the
positive predictive value (predictive parity [2]_) and, of probabilities, the observed events divided by the expected
ones (calibration within groups); then the difference of each group to the largest one, and per column the largest gap
between any two groups with an interval that knows that the largest was looked for (``group_gap``). All rest on the same
resamples of patients. Where prevalence differs between groups, not all of these can be equal at once [2]_: a gap is to
be explained, not always to be closed.

Records of unknown group take no part. Groups with fewer positives, or fewer negatives, than the protocol's
``minimum_events`` (counted in patients) are greyed, left out of the largest gap, and named there.

References
----------
.. [1] Hardt, Price and Srebro, NeurIPS (2016), doi:10.48550/arXiv.1610.02413
.. [2] Chouldechova, Big Data 5:153 (2017), doi:10.1089/big.2016.0047
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from einthoven.errors import TooFewObservationsError
from einthoven.evaluation.analyses.subgroups import few_events, greyed, left_out_columns
from einthoven.evaluation.context import Context
from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.group_table import Group, GroupTable, group_table
from einthoven.evaluation.rows import ComparisonRow, ResultRow, Rows
from einthoven.evaluation.statistics.group_gap import largest_gap
from einthoven.evaluation.statistics.multiplicity import adjusted_p_values

__all__ = ["analyse"]

# name of each rate, the metric that it comes from, and whether it is 1 minus that
RATES = {
    "true_positive_rate": ("sensitivity", False),
    "false_positive_rate": ("specificity", True),
    "ppv": ("ppv", False),
    "observed_expected": ("observed_expected", False),
}


def analyse(context: Context) -> Rows:
    """Return rates, differences and largest gaps for each column of subgroups, of each model's main seed."""
    rows, columns = Rows(), context.protocol.subgroups
    for one in context.main if columns else ():
        table = group_table(context, one, columns)
        if table is None:
            continue
        for column in table.columns:
            groups = [group for group in table.of(column) if group.known]
            for rate, (metric, _) in RATES.items():
                if metric in table.metrics and len(groups) > 1:
                    rows.results += _rate_rows(context, table, groups, rate)
                    rows.results.append(_gap_row(context, table, groups, rate))
                    rows.comparisons += _difference_rows(context, table, groups, rate)
    rows.notes += left_out_columns(context)
    return rows


def _rate_rows(context: Context, table: GroupTable, groups: Sequence[Group], rate: str) -> Iterator[ResultRow]:
    metric, reverse = RATES[rate]
    for group in groups:
        estimate = table.estimate(metric, group.index)
        if reverse:
            estimate = _reversed(estimate)
        reason = few_events(context, table, group)
        yield ResultRow(*table.one.key, rate, greyed(estimate, reason), group.name, "fairness")


def _reversed(estimate: Estimate) -> Estimate:
    # the share that are not a hit
    events = estimate.n - estimate.events
    value, low, high = 1 - estimate.value, 1 - estimate.high, 1 - estimate.low
    return dataclasses.replace(estimate, value=value, low=low, high=high, events=events)


def _gap_row(context: Context, table: GroupTable, groups: Sequence[Group], rate: str) -> ResultRow:
    metric, reverse = RATES[rate]
    kept = [
        group for group in groups
        if few_events(context, table, group) is None and table.estimate(metric, group.index).reason is None
    ]  # fmt: skip
    index = [group.index for group in kept]
    records = table.member[:, [group.index for group in groups]].any(axis=1)
    n, events = int(records.sum()), int(table.one.truth[records].sum())
    patients = int(np.unique(table.one.patient[records]).size)
    row = partial(ResultRow, *table.one.key, f"{rate}_gap", subgroup=groups[0].column, analysis="fairness")
    without = ", ".join(group.value for group in groups if group not in kept)
    left_out = f"; without {without}: too few events" if without else ""
    try:
        gap = largest_gap(
            table.found.point[metric][index], table.found.replicates[metric][:, index],
            least_variance=[table.least_variance(metric, i) for i in index], level=table.level,
        )  # fmt: skip
    except TooFewObservationsError as error:
        reason = f"{error}{left_out}"
        return row(estimate=Estimate.undefined(reason, n=n, events=events, clusters=patients, method="none"))
    far = [kept[gap.lowest], kept[gap.highest]] if reverse else [kept[gap.highest], kept[gap.lowest]]
    method = f"largest of all pairs, simultaneous bootstrap by patient{left_out}"
    estimate = Estimate(gap.value, gap.low, gap.high, n, events, patients, method, table.level)
    return row(estimate=estimate, at=f"{far[0].value} - {far[1].value}")


def _difference_rows(
    context: Context, table: GroupTable, groups: Sequence[Group], rate: str
) -> Iterator[ComparisonRow]:
    metric, reverse = RATES[rate]
    largest = max(groups, key=lambda group: int(table.member[:, group.index].sum()))
    others = [group for group in groups if group is not largest]
    tests = [_difference(table, metric, group, largest, reverse=reverse) for group in others]
    reasons = [few_events(context, table, group) or few_events(context, table, largest) for group in others]
    # a difference in grey is no claim, so it is none of the family
    claims = [math.nan if reason else test.p_value for test, reason in zip(tests, reasons, strict=True)]
    adjusted = adjusted_p_values(claims, method=context.protocol.multiplicity)
    own = (table.one.model, table.one.seed)
    for group, test, reason, p_adjusted in zip(others, tests, reasons, adjusted, strict=True):
        kept = dataclasses.replace(test, difference=greyed(test.difference, reason))
        yield ComparisonRow(
            *own, *own, table.one.split, table.one.label, rate, kept, group.column, "fairness",
            f"{group.value} - {largest.value}", None if math.isnan(p_adjusted) else float(p_adjusted),
        )  # fmt: skip


def _difference(table: GroupTable, metric: str, group: Group, largest: Group, *, reverse: bool) -> TestResult:
    # the difference of what is left of 1 is that of the shares, the other way round
    pair = (largest.index, group.index) if reverse else (group.index, largest.index)
    return table.difference(metric, *pair)
