"""All metrics and curves of one label's scores, as far as the kind of score allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import OneClassError, TooFewObservationsError
from einthoven.evaluation.estimate import Curve, Estimate
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.statistics import classification
from einthoven.evaluation.statistics.auprc import auprc
from einthoven.evaluation.statistics.auroc import auroc
from einthoven.evaluation.statistics.brier import brier
from einthoven.evaluation.statistics.calibration_intercept import calibration_intercept
from einthoven.evaluation.statistics.calibration_slope import calibration_slope
from einthoven.evaluation.statistics.curves import precision_recall_curve, reliability_curve, roc_curve

__all__ = ["DECISION_METRICS", "Decisions", "label_curves", "label_metrics"]

DECISION_METRICS = {
    "sensitivity": classification.sensitivity,
    "specificity": classification.specificity,
    "ppv": classification.ppv,
    "npv": classification.npv,
    "accuracy": classification.accuracy,
}
PROBABILITY_METRICS = {
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
    common = {"clusters": one.patient, "level": protocol.level}
    estimates = {"prevalence": _estimate(one, lambda: classification.prevalence(one.truth, **common))}
    if one.score_kind != "binary":
        drawn = {"resamples": protocol.resamples, "seed": protocol.seed}
        estimates["auroc"] = _estimate(one, lambda: auroc(one.score, one.truth, **common))
        estimates["auprc"] = _estimate(one, lambda: auprc(one.score, one.truth, **common, **drawn))
    probability = one.probability
    if probability is not None:
        for name, metric in PROBABILITY_METRICS.items():
            estimates[name] = _estimate(one, lambda m=metric: m(probability, one.truth, **common))
    if decisions is not None:
        for name, share in DECISION_METRICS.items():
            estimates[name] = _decided(one, decisions, lambda called, s=share: s(called, one.truth, **common))
    return estimates


def label_curves(one: LabelScores, *, level: float) -> dict[str, Curve]:
    """Return the curves by kind, ``roc``, ``pr`` and ``calibration``, those that are defined."""
    both = 0 < one.truth.sum() < one.truth.size
    curves = {}
    if one.score_kind != "binary" and both:
        curves["roc"] = roc_curve(one.score, one.truth)
        curves["pr"] = precision_recall_curve(one.score, one.truth)
    if one.probability is not None and one.truth.size:
        curves["calibration"] = reliability_curve(one.probability, one.truth, clusters=one.patient, level=level)
    return curves


def undefined(one: LabelScores, reason: str) -> Estimate:
    """Return an estimate that says why there is no number."""
    patients = int(np.unique(one.patient).size)
    counts = {"n": int(one.truth.size), "events": int(one.truth.sum()), "clusters": patients}
    return Estimate.undefined(reason, **counts, method="none")


def _estimate(one: LabelScores, metric: Callable[[], Estimate]) -> Estimate:
    try:
        return metric()
    except (OneClassError, TooFewObservationsError) as error:
        return undefined(one, str(error))


def _decided(one: LabelScores, decisions: Decisions, share: Callable[[NDArray[np.bool_]], Estimate]) -> Estimate:
    called = decisions.values
    if called is None:
        return undefined(one, decisions.reason or "there is no cut-off")
    return _estimate(one, lambda: share(called))
