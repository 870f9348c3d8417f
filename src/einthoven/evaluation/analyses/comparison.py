"""Pairs of models on the same records of each split: what differs, at which cut-offs, and how surely.

Two scores are compared by their areas (DeLong's test, by patient where records repeat), at equal sensitivity and equal
specificity, at the cut-offs that each was given beforehand, and, where both are probabilities, by reclassification.
Where one of the two is a 0/1 reader, sensitivities and specificities are compared by McNemar's test. P values are
corrected within a family: the tests of one metric, at one point, in one split, over all labels and pairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from einthoven.errors import OneClassError, TooFewObservationsError
from einthoven.evaluation.comparisons import Pair, compared_pairs, label_matrix, with_adjusted_p
from einthoven.evaluation.context import Context
from einthoven.evaluation.pair_tests import (
    PairTest,
    area_test,
    equal_point_tests,
    noninferiority,
    own_cut_off_tests,
    reclassification_tests,
)
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.rows import MACRO, ComparisonRow, Rows
from einthoven.evaluation.statistics.macro import macro_difference
from einthoven.evaluation.statistics.ranked_scores import Area

__all__ = ["analyse"]

AREAS: dict[str, Area] = {"auroc": "auroc", "auprc": "average_precision"}


def analyse(context: Context) -> Rows:
    """Return the differences of areas, of their means over labels, of calls, and of risks."""
    rows = Rows()
    for split in context.protocol.splits:
        part = [one for one in context.reported if one.split == split]
        for pairs in compared_pairs(part, context.protocol):
            graded = [pair for pair in pairs if not pair.has_reader]
            rows.comparisons += [_row(pair, area_test(pair, context.protocol)) for pair in graded]
            rows.comparisons += _macro_rows(graded, context.protocol)
            rows.comparisons += [_row(pair, test) for pair in pairs for test in _further_tests(pair, context)]
    rows.comparisons = with_adjusted_p(
        rows.comparisons, context.protocol, family=lambda row: (row.split, row.metric, row.at)
    )
    return rows


def _further_tests(pair: Pair, context: Context) -> Iterator[PairTest]:
    yield from own_cut_off_tests(pair, context)
    if not pair.has_reader:
        yield from noninferiority(pair, context.protocol)
        yield from equal_point_tests(pair, context.protocol)
        yield from reclassification_tests(pair, context)


def _macro_rows(pairs: Sequence[Pair], protocol: Protocol) -> Iterator[ComparisonRow]:
    if len(pairs) < 2:
        return
    one, other = label_matrix([pair.a for pair in pairs]), label_matrix([pair.b for pair in pairs])
    for metric, area in AREAS.items():
        try:
            test = macro_difference(
                one.score, other.score, one.truth, area=area, clusters=one.patient, weights=one.weight,
                labels=[pair.a.label for pair in pairs], minimum_events=protocol.minimum_events,
                level=protocol.level, resamples=protocol.resamples, seed=protocol.seed,
            )  # fmt: skip
        except (OneClassError, TooFewObservationsError):
            return
        yield _row(pairs[0], PairTest(metric, "", test), label=MACRO)


def _row(pair: Pair, found: PairTest, *, label: str = "") -> ComparisonRow:
    a, b = pair.a, pair.b
    return ComparisonRow(
        a.model, a.seed, b.model, b.seed, a.split, label or a.label, found.metric, found.test, at=found.at
    )
