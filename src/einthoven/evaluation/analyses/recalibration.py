"""What each calibrator, fitted on split ``validation``, would make of the scores of the splits that are reported."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from einthoven.errors import StatisticsError
from einthoven.evaluation.calibration import CALIBRATORS
from einthoven.evaluation.calibration.calibrator import Calibrator, fit_calibrator
from einthoven.evaluation.calibration.method import Method
from einthoven.evaluation.context import Context
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.label_metrics import undefined
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.rows import ResultRow, Rows
from einthoven.evaluation.statistics.brier import brier
from einthoven.evaluation.statistics.calibration_intercept import calibration_intercept
from einthoven.evaluation.statistics.calibration_slope import calibration_slope
from einthoven.evaluation.statistics.expected_calibration_error import expected_calibration_error
from einthoven.evaluation.statistics.integrated_calibration import integrated_calibration_index
from einthoven.evaluation.thresholds import THRESHOLD_SPLIT
from einthoven.registry import resolve

__all__ = ["AS_GIVEN", "analyse"]

AS_GIVEN = "as given"
# so many tables of so many calibrators need no finer interval
MOST_RESAMPLES = 200
METRICS: dict[str, Callable[..., Estimate]] = {
    "calibration_slope": calibration_slope,
    "calibration_intercept": calibration_intercept,
    "brier": brier,
}
RESAMPLED: dict[str, Callable[..., Estimate]] = {
    "integrated_calibration_index": integrated_calibration_index,
    "expected_calibration_error": expected_calibration_error,
}


def analyse(context: Context) -> Rows:
    """Return calibration of the scores as given (where they are probabilities) and by each calibrator.

    Scores that are no probabilities become some by the calibrators that take any score.
    """
    rows = Rows()
    for one in context.main:
        validation = context.in_split(one, THRESHOLD_SPLIT)
        if one.score_kind == "binary" or one.split == THRESHOLD_SPLIT or not validation.truth.size:
            continue
        if one.probability is not None:
            rows.results += _measured(one, AS_GIVEN, context)
        for name in _taking(one.score_kind):
            rows.results += _recalibrated(one, validation, name, context)
    if rows.results:
        rows.notes.append(
            f"Calibrators were fitted on split {THRESHOLD_SPLIT!r} and measured on the others. Which of them to use is "
            "a choice to be made before the numbers of a test set are seen, not by them."
        )
    return rows


def _taking(score_kind: str) -> list[str]:
    methods: dict[str, Method] = {name: resolve("calibrators", name, CALIBRATORS) for name in CALIBRATORS}
    return [name for name, method in methods.items() if score_kind in method.kinds]


def _recalibrated(one: LabelScores, validation: LabelScores, name: str, context: Context) -> list[ResultRow]:
    try:
        calibrator = _fitted(validation, name, context)
    except StatisticsError as error:
        nothing = undefined(one, f"calibrator {name!r} can't be fitted on split {THRESHOLD_SPLIT!r}: {error}")
        return [_row(one, metric, nothing, name) for metric in (*METRICS, *RESAMPLED)]
    mended = calibrator.apply(one.score, split=one.split, predictions_hash=context.predictions.hash)
    return _measured(dataclasses.replace(one, score=mended, score_kind="probability"), name, context)


def _fitted(validation: LabelScores, name: str, context: Context) -> Calibrator:
    return fit_calibrator(
        name, validation.score, validation.truth, split=THRESHOLD_SPLIT, predictions_hash=context.predictions.hash,
        label=validation.label, score_kind=validation.score_kind, model=validation.model, seed=validation.seed,
        weights=validation.weight,
    )  # fmt: skip


def _measured(one: LabelScores, at: str, context: Context) -> list[ResultRow]:
    protocol = context.protocol
    options = one.options(protocol.level)
    drawn = options | {"resamples": min(protocol.resamples, MOST_RESAMPLES), "seed": protocol.seed}
    rows = []
    for metric, statistic in (METRICS | RESAMPLED).items():
        try:
            estimate = statistic(one.probability, one.truth, **(drawn if metric in RESAMPLED else options))
        except StatisticsError as error:
            estimate = undefined(one, str(error))
        rows.append(_row(one, metric, estimate, at))
    return rows


def _row(one: LabelScores, metric: str, estimate: Estimate, at: str) -> ResultRow:
    return ResultRow(*one.key, metric, estimate, analysis="recalibration", at=at)
