"""What only all labels of a model together can tell: the class ranked first, the grade, all yes/no calls of a record.

``top_1_accuracy`` is of the labels of task ``multiclass`` (one row per class); ``quadratic_kappa`` of each family of
cut-points ``task>=k`` of task ``ordinal``; ``subset_accuracy`` is the share of records of which every label of task
``binary`` is called right at the cut-off of that label.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import OneClassError, StatisticsError, TooFewObservationsError
from einthoven.evaluation.comparisons import label_matrix
from einthoven.evaluation.context import Context
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.rows import MACRO, ResultRow, Rows
from einthoven.evaluation.statistics.concordance_correlation import concordance_correlation
from einthoven.evaluation.statistics.proportion import proportion
from einthoven.evaluation.statistics.top_accuracy import top_accuracy

__all__ = ["analyse"]

# a cut-point is passed where its probability is at least this
PASSED = 0.5


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Complete:
    """Labels side by side, of the records whose truth is known for all: (record, label), and per record."""

    score: NDArray[np.float64]
    truth: NDArray[np.float64]
    patient: NDArray[np.int64]
    weight: NDArray[np.float64] | None


def analyse(context: Context) -> Rows:
    """Return the accuracies of all labels together, of each model and split with two labels or more of a task."""
    rows, level = Rows(), context.protocol.level
    for place in dict.fromkeys((one.model, one.seed, one.split) for one in context.reported):
        labels = [one for one in context.reported if (one.model, one.seed, one.split) == place]
        found: list[tuple[str, str, Estimate]] = []
        by_task = {task: [one for one in labels if one.task == task] for task in ("multiclass", "ordinal", "binary")}
        if len(by_task["multiclass"]) > 1:
            found.append((MACRO, "top_1_accuracy", _top(by_task["multiclass"], level=level)))
        for task, cuts in _families(by_task["ordinal"]).items():
            found.append((task, "quadratic_kappa", _kappa(cuts, level=level)))
        if len(by_task["binary"]) > 1:
            found += [(MACRO, "subset_accuracy", e) for e in _subset(context, by_task["binary"], level=level)]
        rows.results += [ResultRow(*place, label, m, estimate, analysis="multiclass") for label, m, estimate in found]
    return rows


def _top(labels: Sequence[LabelScores], *, level: float) -> Estimate:
    data = _complete(labels)
    return _defined(
        lambda: top_accuracy(data.score, data.truth, clusters=data.patient, weights=data.weight, level=level), data
    )


def _families(labels: Sequence[LabelScores]) -> dict[str, list[LabelScores]]:
    families: dict[str, list[LabelScores]] = {}
    for one in labels:
        families.setdefault(one.label.rpartition(">=")[0] or one.label, []).append(one)
    return {task: cuts for task, cuts in families.items() if len(cuts) > 1}


def _kappa(cuts: Sequence[LabelScores], *, level: float) -> Estimate:
    if any(one.probability is None and one.score_kind != "binary" for one in cuts):
        cuts = []
    data = _complete(cuts)
    if not cuts:
        return _undefined(data, "a grade needs the probability of each cut-point, and these scores are none")
    # a grade is the number of cut-points that are reached
    grade, true = (data.score >= PASSED).sum(axis=1), data.truth.sum(axis=1)
    return _defined(
        lambda: concordance_correlation(grade, true, clusters=data.patient, weights=data.weight, level=level), data
    )


def _subset(context: Context, labels: Sequence[LabelScores], *, level: float) -> list[Estimate]:
    calls = []
    for one in labels:
        decisions = context.decisions(one)
        if decisions is None or decisions.values is None:
            return []
        calls.append(dataclasses.replace(one, score=decisions.values.astype(np.float64)))
    data = _complete(calls)
    right = (data.score == data.truth).all(axis=1)
    return [_defined(lambda: proportion(right, clusters=data.patient, weights=data.weight, level=level), data)]


def _complete(labels: Sequence[LabelScores]) -> _Complete:
    if not labels:
        return _Complete(np.empty((0, 0)), np.empty((0, 0)), np.empty(0, dtype=np.int64), None)
    scores = [one.probability if one.probability is not None else one.score for one in labels]
    matrix = label_matrix([dataclasses.replace(one, score=s) for one, s in zip(labels, scores, strict=True)])
    kept = ~np.isnan(matrix.truth).any(axis=1)
    weight = None if matrix.weight is None else matrix.weight[kept]
    return _Complete(matrix.score[kept], matrix.truth[kept], matrix.patient[kept], weight)


def _defined(statistic: Callable[[], Estimate], data: _Complete) -> Estimate:
    try:
        return statistic()
    except (OneClassError, StatisticsError, TooFewObservationsError) as error:
        return _undefined(data, str(error))


def _undefined(data: _Complete, reason: str) -> Estimate:
    patients = int(np.unique(data.patient).size)
    return Estimate.undefined(reason, n=len(data.truth), events=0, clusters=patients, method="none")
