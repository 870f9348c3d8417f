"""How well each model's probabilities agree with what happened: by smooth curve, by bins, on the whole, by test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from einthoven.errors import OneClassError, TooFewObservationsError
from einthoven.evaluation.context import Context
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.label_metrics import undefined
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.rows import ComparisonRow, CurveRow, ResultRow, Rows
from einthoven.evaluation.statistics.brier_parts import brier_parts
from einthoven.evaluation.statistics.calibration_curve import calibration_curve
from einthoven.evaluation.statistics.expected_calibration_error import (
    debiased_calibration_error,
    expected_calibration_error,
)
from einthoven.evaluation.statistics.hosmer_lemeshow_test import hosmer_lemeshow_test
from einthoven.evaluation.statistics.integrated_calibration import integrated_calibration
from einthoven.evaluation.statistics.observed_expected_ratio import observed_expected_ratio
from einthoven.evaluation.statistics.scaled_brier import scaled_brier
from einthoven.evaluation.statistics.spiegelhalter_test import spiegelhalter_test

__all__ = ["METRICS", "analyse"]

METRICS = (
    "observed_expected_ratio",
    "integrated_calibration_index",
    "integrated_calibration_index_by_chance",
    "e50",
    "e90",
    "emax",
    "expected_calibration_error",
    "debiased_calibration_error",
    "brier_reliability",
    "brier_resolution",
    "brier_uncertainty",
    "scaled_brier",
)
TESTS = {"spiegelhalter": spiegelhalter_test, "hosmer_lemeshow": hosmer_lemeshow_test}


def analyse(context: Context) -> Rows:
    """Return calibration of probabilities, and of logits through theirs; other scores have none.

    Slope, intercept and Brier score stand with the other metrics of analysis ``performance``.
    """
    rows, protocol = Rows(), context.protocol
    drawn: dict[str, Any] = {"resamples": protocol.resamples, "seed": protocol.seed}
    for one in context.main:
        probability = one.probability
        if probability is None:
            continue
        options = one.options(protocol.level)
        try:
            found = _estimates(probability, one, options, drawn)
        except (OneClassError, TooFewObservationsError) as error:
            found = dict.fromkeys(METRICS, undefined(one, str(error)))
        else:
            curve = calibration_curve(probability, one.truth, **options)
            rows.curves.append(CurveRow(*one.key, "calibration_smooth", curve))
            rows.comparisons += [_test_row(one, name, probability, options) for name in TESTS]
        rows.results += [ResultRow(*one.key, name, found[name], analysis="calibration") for name in METRICS]
    return rows


def _estimates(
    probability: NDArray[Any], one: LabelScores, options: Mapping[str, Any], drawn: Mapping[str, Any]
) -> dict[str, Estimate]:
    p, truth = probability, one.truth
    smooth = integrated_calibration(p, truth, **options, **drawn)
    parts = brier_parts(p, truth, **options, **drawn)
    return {
        "observed_expected_ratio": observed_expected_ratio(p, truth, **options),
        "integrated_calibration_index": smooth.ici,
        "integrated_calibration_index_by_chance": smooth.by_chance,
        "e50": smooth.e50,
        "e90": smooth.e90,
        "emax": smooth.emax,
        "expected_calibration_error": expected_calibration_error(p, truth, **options, **drawn),
        "debiased_calibration_error": debiased_calibration_error(p, truth, **options, **drawn),
        "brier_reliability": parts.reliability,
        "brier_resolution": parts.resolution,
        "brier_uncertainty": parts.uncertainty,
        "scaled_brier": scaled_brier(p, truth, **options),
    }


def _test_row(one: LabelScores, name: str, probability: NDArray[Any], options: Mapping[str, Any]) -> ComparisonRow:
    test = TESTS[name](probability, one.truth, **options)
    place = (one.model, one.seed, one.model, one.seed, one.split, one.label)
    return ComparisonRow(*place, name, test, analysis="calibration", at="observed - expected")
