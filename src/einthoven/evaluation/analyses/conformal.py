"""Sets of classes that can't be excluded, made on split ``validation``: how often they hold the truth, and their size.

For a yes/no label the classes are no and yes; the labels of task ``multiclass`` are the classes of one set. Sets by one
quantile (probabilities only) cover all records together, sets per class cover each class.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import StatisticsError
from einthoven.evaluation.comparisons import label_matrix
from einthoven.evaluation.context import Context
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.rows import MACRO, ResultRow, Rows
from einthoven.evaluation.statistics.conformal import conformal_quantiles, conformal_report, conformal_sets
from einthoven.evaluation.thresholds import THRESHOLD_SPLIT

__all__ = ["COVERAGES", "analyse"]

# shares of sets that shall hold the truth
COVERAGES = (0.9, 0.95)
MULTICLASS = "multiclass"


@dataclass(frozen=True, slots=True, eq=False)
class _Classes:
    """Nonconformity float64 (record, class), true column and patient of each record, and the classes' names."""

    nonconformity: NDArray[np.float64]
    truth: NDArray[np.int64]
    patient: NDArray[np.int64]
    weight: NDArray[np.float64] | None
    names: tuple[str, ...]
    comparable: bool


def analyse(context: Context) -> Rows:
    """Return coverage, size and kinds of the sets, of each label and of the classes of each multiclass model."""
    rows = Rows()
    graded = [one for one in context.main if one.score_kind != "binary" and one.split != THRESHOLD_SPLIT]
    for one in graded:
        if one.task != MULTICLASS:
            rows.results += _rows(
                one, _yes_no(one), _yes_no(context.in_split(one, THRESHOLD_SPLIT)), one.label, context
            )
    for place in dict.fromkeys((one.model, one.seed, one.split) for one in graded if one.task == MULTICLASS):
        labels = [one for one in graded if (one.model, one.seed, one.split) == place and one.task == MULTICLASS]
        elsewhere = [context.in_split(one, THRESHOLD_SPLIT) for one in labels]
        if len(labels) > 1 and all(one.truth.size for one in elsewhere):
            rows.results += _rows(labels[0], _one_of_many(labels), _one_of_many(elsewhere), MACRO, context)
    if rows.results:
        rows.notes.append(
            f"Conformal sets were made on split {THRESHOLD_SPLIT!r}, each patient counting once; their coverage holds "
            "for patients like those, and is measured here on the others."
        )
    return rows


def _yes_no(one: LabelScores) -> _Classes:
    score = one.score if one.probability is None else one.probability
    # of a score that is no probability only the order within a class counts
    fits_no = 1 - score if one.probability is not None else -score
    columns = np.column_stack([score, fits_no])
    truth = one.truth.astype(np.int64)
    return _Classes(columns, truth, one.patient, one.weight, ("negatives", "positives"), one.probability is not None)


def _one_of_many(labels: Sequence[LabelScores]) -> _Classes:
    matrix = label_matrix(labels)
    kept = (np.nansum(matrix.truth, axis=1) == 1) & ~np.isnan(matrix.truth).any(axis=1)
    comparable = all(one.score_kind == "probability" for one in labels)
    score = matrix.score[kept]
    columns = 1 - score if comparable else -score
    weight = None if matrix.weight is None else matrix.weight[kept]
    names = tuple(one.label for one in labels)
    return _Classes(columns, matrix.truth[kept].argmax(axis=1), matrix.patient[kept], weight, names, comparable)


def _rows(one: LabelScores, test: _Classes, made_on: _Classes, label: str, context: Context) -> Iterator[ResultRow]:
    place = (one.model, one.seed, one.split, label)
    for coverage in COVERAGES:
        for per_class in (False, True) if test.comparable else (True,):
            at = f"coverage {coverage:g}{', per class' if per_class else ''}"
            try:
                found = _report(test, made_on, coverage=coverage, per_class=per_class, level=context.protocol.level)
            except StatisticsError:
                # a split without a record of this label
                return
            for metric, estimate in found.items():
                yield ResultRow(*place, metric, estimate, analysis="conformal", at=at)


def _report(
    test: _Classes, made_on: _Classes, *, coverage: float, per_class: bool, level: float
) -> dict[str, Estimate]:
    quantiles = conformal_quantiles(
        made_on.nonconformity, made_on.truth, coverage=coverage, clusters=made_on.patient, per_class=per_class
    )
    sets = conformal_sets(test.nonconformity, quantiles)
    report = conformal_report(sets, test.truth, clusters=test.patient, weights=test.weight, level=level)
    by_class = {f"coverage_of_{n}": e for n, e in zip(test.names, report.coverage_of_class, strict=True)}
    if len(test.names) > 2:
        # of many classes the worst is told
        defined = [one for one in report.coverage_of_class if one.reason is None]
        by_class = {"lowest_coverage_of_a_class": min(defined, key=lambda one: one.value)}
    return {
        "coverage": report.coverage,
        **by_class,
        "set_size": report.size,
        "single_sets": report.single,
        "empty_sets": report.empty,
    }
