"""Sensitivity analyses as one table: the main numbers on part of the records, beside those on all of them.

Were patients whose reference came a week later worse? Does the result hang on ejection fractions near the cut-off, or
on outcomes by a poor method? Each restriction of the protocol is a row; without any, the gap between ECG and reference
is narrowed to 14, 7 and 1 days and to less than one, where the predictions have it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import OneClassError, TooFewObservationsError
from einthoven.evaluation.context import Context
from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.label_metrics import defined
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.restriction import Restriction, parse_restriction
from einthoven.evaluation.rows import ComparisonRow, ResultRow, Rows
from einthoven.evaluation.statistics import classification
from einthoven.evaluation.statistics.auroc import auroc
from einthoven.evaluation.statistics.brier import brier
from einthoven.evaluation.statistics.calibration_slope import calibration_slope
from einthoven.evaluation.statistics.subset_difference import subset_difference

__all__ = ["ALL_RECORDS", "GAP", "analyse"]

ALL_RECORDS = "all records"
GAP = "covariate.outcome_gap_days"
# a reference on the same day is less than one day away; where days are counted that is a gap of 0
GAPS = (f"|{GAP}| < 1", f"|{GAP}| <= 1", f"|{GAP}| <= 7", f"|{GAP}| <= 14")
ANALYSIS = "restrictions"


@dataclass(frozen=True, slots=True, eq=False)
class _Metric:
    """A statistic with what it is computed of: the scores, their probabilities, or yes/no calls."""

    name: str
    statistic: Callable[..., Estimate]
    score: NDArray[np.float64]


def analyse(context: Context) -> Rows:
    """Return prevalence (with the number of records), AUROC, sensitivity, specificity, slope and Brier score.

    Of all records and of those that each restriction keeps, of one seed per model, with the difference of the two. A
    restricted number that isn't defined carries the reason; a label whose records all lack the column is left out.
    """
    rows = Rows()
    named = context.protocol.restrictions or (GAPS if context.has(GAP) else ())
    restrictions = [parse_restriction(text) for text in named]
    if not restrictions:
        return rows
    missing: dict[tuple[str, str], int] = {}
    for one in context.main:
        metrics = _metrics(context, one)
        rows.results += _results(context, one, metrics, np.ones(one.truth.size, dtype=np.bool_), at=ALL_RECORDS)
        for restriction in restrictions:
            values = _values(context, one, restriction)
            unknown = int(restriction.is_unknown(values).sum())
            if unknown == values.size:  # what the ECG itself tells, for example, has no reference at a distance
                rows.notes.append(
                    f"Label {one.label!r} on split {one.split!r} has no {restriction.column} to restrict by."
                )
                continue
            kept = restriction.keeps(values)
            rows.results += _results(context, one, metrics, kept, at=restriction.text)
            rows.comparisons += _differences(context, one, metrics, kept, at=restriction.text)
            missing[one.split, restriction.column] = max(missing.get((one.split, restriction.column), 0), unknown)
            rows.notes += _one_sided(restriction, values)
    rows.notes = [*dict.fromkeys(rows.notes), *_about_missing(missing)]
    return rows


def _values(context: Context, one: LabelScores, restriction: Restriction) -> NDArray[np.float64] | NDArray[np.object_]:
    read = context.numbers if restriction.is_numeric else context.texts
    return read(restriction.column, one)


def _metrics(context: Context, one: LabelScores) -> list[_Metric]:
    found = []
    if one.score_kind != "binary":
        found.append(_Metric("auroc", auroc, one.score))
    decisions = context.decisions(one)
    if decisions is not None and decisions.values is not None:
        called = decisions.values.astype(np.float64)
        found.append(_Metric("sensitivity", classification.sensitivity, called))
        found.append(_Metric("specificity", classification.specificity, called))
    if one.probability is not None:
        found.append(_Metric("calibration_slope", calibration_slope, one.probability))
        found.append(_Metric("brier", brier, one.probability))
    return found


def _results(
    context: Context, one: LabelScores, metrics: list[_Metric], kept: NDArray[np.bool_], *, at: str
) -> Iterator[ResultRow]:
    part = one.only(kept)
    options: dict[str, Any] = {"clusters": part.patient, "level": context.protocol.level}
    options |= {} if part.weight is None else {"weights": part.weight}
    prevalence = partial(classification.prevalence, part.truth, **options)
    yield ResultRow(*one.key, "prevalence", defined(part, prevalence), analysis=ANALYSIS, at=at)
    for metric in metrics:
        estimate = defined(part, partial(metric.statistic, metric.score[kept], part.truth, **options))
        yield ResultRow(*one.key, metric.name, estimate, analysis=ANALYSIS, at=at)


def _differences(
    context: Context, one: LabelScores, metrics: list[_Metric], kept: NDArray[np.bool_], *, at: str
) -> Iterator[ComparisonRow]:
    both = (one.model, one.seed, one.model, one.seed, one.split, one.label)
    for metric in metrics:
        test = _difference(context, one, metric, kept)
        if test is not None:
            yield ComparisonRow(*both, metric.name, test, analysis=ANALYSIS, at=f"{at} - {ALL_RECORDS}")


def _difference(context: Context, one: LabelScores, metric: _Metric, kept: NDArray[np.bool_]) -> TestResult | None:
    try:
        return subset_difference(
            metric.name, metric.score, one.truth, kept,
            clusters=one.patient, weights=one.weight, level=context.protocol.level,
        )  # fmt: skip
    except (OneClassError, TooFewObservationsError):
        return None  # the restricted number itself says why


def _about_missing(missing: dict[tuple[str, str], int]) -> Iterator[str]:
    for (split, column), count in missing.items():
        if count:
            yield f"Split {split!r}: {count} records have no {column}; sensitivity analyses by it leave them out."


def _one_sided(restriction: Restriction, values: NDArray[np.float64] | NDArray[np.object_]) -> Iterator[str]:
    is_gap = restriction.column == GAP and restriction.operator in {"<", "<="} and not restriction.is_absolute
    if is_gap and bool(np.any(np.asarray(values, dtype=np.float64) < 0)):
        yield (
            f"{restriction.text!r} keeps every record whose reference came before its ECG, however long before; "
            f"'|{GAP}| {restriction.operator} {restriction.numbers[0]:g}' counts both directions."
        )
