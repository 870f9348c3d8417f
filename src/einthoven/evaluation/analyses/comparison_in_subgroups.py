"""Two models compared within each subgroup: areas, and the calls at the cut-off that each was given beforehand.

An area over all patients hides where a model gained: specificity may rise in atrial fibrillation and nowhere else. The
p values of one pair of models, one label and one metric are corrected for the number of subgroups that have enough
positives and negatives (``minimum_events``); where there are fewer, the number stands with its reason and without a
corrected p value.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from einthoven.evaluation.comparisons import Pair, compared_pairs, with_adjusted_p
from einthoven.evaluation.context import UNKNOWN, Context
from einthoven.evaluation.estimate import TestResult
from einthoven.evaluation.group_table import MOST_GROUPS
from einthoven.evaluation.pair_tests import PairTest, area_test, calls_of, main_cut_off_tests
from einthoven.evaluation.rows import ComparisonRow, Rows

__all__ = ["analyse"]


def analyse(context: Context) -> Rows:
    """Return the differences within each group of the protocol's subgroups."""
    rows, protocol = Rows(), context.protocol
    if not protocol.subgroups:
        return rows
    for split in protocol.splits:
        part = [one for one in context.reported if one.split == split]
        pairs = [pair for labels in compared_pairs(part, protocol) for pair in labels]
        rows.comparisons += [row for pair in pairs for row in _rows(pair, context)]
    rows.comparisons = with_adjusted_p(rows.comparisons, protocol, family=_question)
    return rows


def _question(row: ComparisonRow) -> tuple[str, ...]:
    return row.split, row.model_a, row.model_b, row.label, row.metric, row.at


def _rows(pair: Pair, context: Context) -> Iterator[ComparisonRow]:
    protocol = context.protocol
    calls = calls_of(pair, context, protocol.thresholds[0])
    for column in protocol.subgroups:
        values = context.texts(column, pair.a)
        names = sorted(set(values), key=lambda name: (UNKNOWN in name.split(" x "), name))
        for name in names if len(names) <= MOST_GROUPS else ():
            kept = np.asarray(values == name, dtype=np.bool_)
            part = pair.only(kept)
            tests = [] if pair.has_reader else [area_test(part, protocol)]
            if calls is not None:
                tests += main_cut_off_tests(part, calls.only(kept), protocol)
            for found in tests:
                yield _row(part, found, f"{column}={name}", minimum_events=protocol.minimum_events)


def _row(part: Pair, found: PairTest, subgroup: str, *, minimum_events: int) -> ComparisonRow:
    a, b = part.a, part.b
    counts = {"positives": a.events, "negatives": a.truth.size - a.events}
    needed = {"sensitivity": ["positives"], "specificity": ["negatives"]}.get(found.metric, list(counts))
    few = [
        f"only {counts[what]} {what}, fewer than {minimum_events}" for what in needed if counts[what] < minimum_events
    ]
    return ComparisonRow(
        a.model, a.seed, b.model, b.seed, a.split, a.label, found.metric, _greyed(found.test, few), subgroup,
        "comparison_in_subgroups", found.at,
    )  # fmt: skip


def _greyed(test: TestResult, few: list[str]) -> TestResult:
    if not few or test.difference.reason:
        return test
    return dataclasses.replace(test, difference=dataclasses.replace(test.difference, reason=few[0]))
