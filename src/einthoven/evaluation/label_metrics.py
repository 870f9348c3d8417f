"""All metrics and curves of one label's scores, as far as the kind of score allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

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

DECISION_METRICS: dict[str, Callable[..., Estimate]] = {
    "sensitivity": classification.sensitivity,
    "specificity": classification.specificity,
    "ppv": classification.ppv,
    "npv": classification.npv,
    "accuracy": classification.accuracy,
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
    level, patient, truth = protocol.level, one.patient, one.truth
    estimates = {"prevalence": _defined(one, partial(classification.prevalence, truth, clusters=patient, level=level))}
    if one.score_kind != "binary":
        area = partial(auroc, one.score, truth, clusters=patient, level=level)
        drawn = partial(auprc, one.score, truth, clusters=patient, level=level)
        estimates["auroc"] = _defined(one, area)
        estimates["auprc"] = _defined(one, partial(drawn, resamples=protocol.resamples, seed=protocol.seed))
    probability = one.probability
    if probability is not None:
        for name, metric in PROBABILITY_METRICS.items():
            estimates[name] = _defined(one, partial(metric, probability, truth, clusters=patient, level=level))
    return estimates if decisions is None else estimates | _decision_metrics(one, decisions, level=level)


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


def _decision_metrics(one: LabelScores, decisions: Decisions, *, level: float) -> dict[str, Estimate]:
    called = decisions.values
    if called is None:
        return {name: _undefined(one, decisions.reason or "there is no cut-off") for name in DECISION_METRICS}
    shares = {n: partial(s, called, one.truth, clusters=one.patient, level=level) for n, s in DECISION_METRICS.items()}
    return {name: _defined(one, share) for name, share in shares.items()}


def _defined(one: LabelScores, metric: Callable[[], Estimate]) -> Estimate:
    try:
        return metric()
    except (OneClassError, TooFewObservationsError) as error:
        return _undefined(one, str(error))


def _undefined(one: LabelScores, reason: str) -> Estimate:
    patients = int(np.unique(one.patient).size)
    counts = {"n": int(one.truth.size), "events": int(one.truth.sum()), "clusters": patients}
    return Estimate.undefined(reason, **counts, method="none")
