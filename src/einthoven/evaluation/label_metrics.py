"""All metrics and curves of one label's scores, as far as the kind of score allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import OneClassError, TooFewObservationsError
from einthoven.evaluation.estimate import Curve, Estimate
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.statistics import classification
from einthoven.evaluation.statistics.alerts_per_1000 import alerts_per_1000
from einthoven.evaluation.statistics.auprc import auprc
from einthoven.evaluation.statistics.auroc import auroc
from einthoven.evaluation.statistics.brier import brier
from einthoven.evaluation.statistics.calibration_intercept import calibration_intercept
from einthoven.evaluation.statistics.calibration_slope import calibration_slope
from einthoven.evaluation.statistics.curves import precision_recall_curve, reliability_curve, roc_curve
from einthoven.evaluation.statistics.f1 import f1
from einthoven.evaluation.statistics.likelihood_ratio import negative_likelihood_ratio, positive_likelihood_ratio
from einthoven.evaluation.statistics.matthews_correlation import matthews_correlation
from einthoven.evaluation.statistics.number_needed import number_needed_to_evaluate, number_needed_to_screen
from einthoven.evaluation.statistics.youden_index import balanced_accuracy, youden_index

__all__ = [
    "DECISION_METRICS",
    "OPERATING_METRICS",
    "Decisions",
    "decision_metrics",
    "defined",
    "label_curves",
    "label_metrics",
    "undefined",
]

DECISION_METRICS: dict[str, Callable[..., Estimate]] = {
    "sensitivity": classification.sensitivity,
    "specificity": classification.specificity,
    "ppv": classification.ppv,
    "npv": classification.npv,
    "accuracy": classification.accuracy,
}
# what else is told of each operating point
OPERATING_METRICS: dict[str, Callable[..., Estimate]] = DECISION_METRICS | {
    "balanced_accuracy": balanced_accuracy,
    "youden_index": youden_index,
    "positive_likelihood_ratio": positive_likelihood_ratio,
    "negative_likelihood_ratio": negative_likelihood_ratio,
    "f1": f1,
    "matthews_correlation": matthews_correlation,
    "alerts_per_1000": alerts_per_1000,
    "number_needed_to_screen": number_needed_to_screen,
    "number_needed_to_evaluate": number_needed_to_evaluate,
}
PROBABILITY_METRICS: dict[str, Callable[..., Estimate]] = {
    "brier": brier,
    "calibration_slope": calibration_slope,
    "calibration_intercept": calibration_intercept,
}


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """Yes/no calls on a label's records: ``values`` bool (record,), or a ``reason`` why there are none."""

    values: NDArray[np.bool_] | None
    reason: str | None = None


def label_metrics(one: LabelScores, decisions: Decisions | None, protocol: Protocol) -> dict[str, Estimate]:
    """Return the estimates by metric; one that is not defined on these data carries the reason.

    Parameters
    ----------
    one : LabelScores
        A 0/1 reader has no AUROC, AUPRC, or calibration; a score that is no probability has no calibration.
    decisions : Decisions, optional
        Without, the metrics of yes/no calls are left out.
    protocol : Protocol
        Level of the intervals, resamples and seed of the bootstrap.
    """
    level, patient, weight, truth = protocol.level, one.patient, one.weight, one.truth
    share = partial(classification.prevalence, truth, clusters=patient, weights=weight, level=level)
    estimates = {"prevalence": defined(one, share)}
    if one.score_kind != "binary":
        area = partial(auroc, one.score, truth, clusters=patient, weights=weight, level=level)
        drawn = partial(auprc, one.score, truth, clusters=patient, weights=weight, level=level)
        estimates["auroc"] = defined(one, area)
        estimates["auprc"] = defined(one, partial(drawn, resamples=protocol.resamples, seed=protocol.seed))
    probability = one.probability
    if probability is not None:
        for name, metric in PROBABILITY_METRICS.items():
            estimates[name] = defined(
                one, partial(metric, probability, truth, clusters=patient, weights=weight, level=level)
            )
    return estimates if decisions is None else estimates | decision_metrics(one, decisions, level=level)


def decision_metrics(
    one: LabelScores,
    decisions: Decisions,
    metrics: Mapping[str, Callable[..., Estimate]] = DECISION_METRICS,
    *,
    level: float,
) -> dict[str, Estimate]:
    """Return the estimates of yes/no calls by metric; all carry the decisions' reason where there are no calls."""
    called = decisions.values
    if called is None:
        return {name: undefined(one, decisions.reason or "there is no cut-off") for name in metrics}
    given = one.options(level)
    return {name: defined(one, partial(metric, called, one.truth, **given)) for name, metric in metrics.items()}


def undefined(one: LabelScores, reason: str) -> Estimate:
    """Return the estimate of a metric that these scores don't have; records of unknown truth are not counted."""
    known = ~np.isnan(one.truth)
    patients = int(np.unique(one.patient[known]).size)
    return Estimate.undefined(reason, n=int(known.sum()), events=one.events, clusters=patients, method="none")


def defined(one: LabelScores, metric: Callable[[], Estimate]) -> Estimate:
    """Return the estimate, or why these scores have none: one class alone, or too few observations."""
    try:
        return metric()
    except (OneClassError, TooFewObservationsError) as error:
        return undefined(one, str(error))


def label_curves(one: LabelScores, *, level: float) -> dict[str, Curve]:
    """Return the curves by kind, ``roc``, ``pr`` and ``calibration``, those that are defined."""
    both = 0 < one.truth.sum() < one.truth.size
    curves = {}
    if one.score_kind != "binary" and both:
        curves["roc"] = roc_curve(one.score, one.truth, weights=one.weight)
        curves["pr"] = precision_recall_curve(one.score, one.truth, weights=one.weight)
    if one.probability is not None and one.truth.size:
        curves["calibration"] = reliability_curve(
            one.probability, one.truth, clusters=one.patient, weights=one.weight, level=level
        )
    return curves
