"""Whether a model's doubt, and an out-of-distribution flag, single out its errors.

Doubt is the distance of the score from the main cut-off (of probabilities, on the logit). The least confident records
are passed on: which these are is decided by a confidence chosen on split ``validation``, without looking at any truth.
A flag (0 or 1) or novelty score of the records is the column that the protocol's ``novelty`` names; a score flags what
lies above 95 % of the records of ``validation``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import StatisticsError
from einthoven.evaluation.calibration.method import as_logit
from einthoven.evaluation.context import Context
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.label_metrics import Decisions, decision_metrics, undefined
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.rows import CurveRow, ResultRow, Rows
from einthoven.evaluation.statistics import classification
from einthoven.evaluation.statistics.auroc import auroc
from einthoven.evaluation.statistics.proportion import proportion
from einthoven.evaluation.statistics.selective_prediction import area_under_risk_coverage, risk_coverage_curve
from einthoven.evaluation.thresholds import THRESHOLD_SPLIT

__all__ = ["COVERAGES", "analyse"]

# shares of validation records that would be kept
COVERAGES = (0.9, 0.8, 0.7)
# share of validation records under a novelty score's flag
USUAL = 0.95
KEPT_METRICS: dict[str, Callable[..., Estimate]] = {
    "sensitivity": classification.sensitivity,
    "specificity": classification.specificity,
    "accuracy": classification.accuracy,
}


def analyse(context: Context) -> Rows:
    """Return risk and coverage of scores with a cut-off, and errors among flagged and other records."""
    rows = Rows()
    for one in context.main:
        decisions = context.decisions(one)
        if decisions is None or decisions.values is None or not one.truth.size:
            continue
        if one.score_kind != "binary":
            confidence = _confidence(one, context)
            error = decisions.values != (one.truth == 1)
            curve = risk_coverage_curve(confidence, error, weights=one.weight)
            rows.curves.append(CurveRow(*one.key, "risk_coverage", curve))
            rows.results += _selective(one, confidence, error, decisions.values, context)
        if context.protocol.novelty:
            rows.results += _flagged(one, decisions.values, context)
    return rows


def _confidence(one: LabelScores, context: Context) -> NDArray[np.float64]:
    threshold = context.threshold(one)
    assert threshold is not None, "there are decisions, so there is a cut-off"
    # a cut-off that nobody reaches is as far from everybody
    cut_off = np.nan_to_num(np.array([threshold.value]))
    if one.score_kind == "probability":
        cut_off = cut_off.clip(0.0, 1.0)
    return np.asarray(np.abs(as_logit(one.score, one.score_kind) - as_logit(cut_off, one.score_kind)))


def _selective(
    one: LabelScores, confidence: NDArray[np.float64], error: NDArray[np.bool_], called: NDArray[np.bool_],
    context: Context,
) -> Iterator[ResultRow]:  # fmt: skip
    options = one.options(context.protocol.level)
    yield _row(one, "area_under_risk_coverage", area_under_risk_coverage(confidence, error, **options))
    yield _row(one, "error_rate", proportion(error, **options))
    validation = context.in_split(one, THRESHOLD_SPLIT, keep_unknown=True)
    if not validation.score.size:
        return
    usual = _confidence(validation, context)
    for coverage in COVERAGES:
        kept = confidence >= np.quantile(usual, 1 - coverage)
        at = f"{coverage:.0%} of validation kept"
        yield _row(one, "share_kept", proportion(kept, **options), at)
        part = one.only(kept)
        if part.truth.size:
            yield _row(one, "error_rate", _errors(part, error[kept], context), at)
            metrics = decision_metrics(part, Decisions(called[kept]), KEPT_METRICS, level=context.protocol.level)
            yield from (_row(one, metric, estimate, at) for metric, estimate in metrics.items())


def _flagged(one: LabelScores, called: NDArray[np.bool_], context: Context) -> Iterator[ResultRow]:
    novelty = _novelty(one, context)
    known = ~np.isnan(novelty)
    if not known.any():
        return
    one, called, novelty = one.only(known), called[known], novelty[known]
    error = called != (one.truth == 1)
    options = one.options(context.protocol.level)
    yield _row(one, "auroc_of_errors", _defined(one, partial(auroc, novelty, error, **options)), "novelty")
    border = _usual(one, novelty, context)
    if border is None:
        nobody = f"no record of split {THRESHOLD_SPLIT!r} has {context.protocol.novelty!r}, by which a score would flag"
        yield _row(one, "share_flagged", undefined(one, nobody), "novelty")
        return
    flagged = novelty > border
    yield _row(one, "share_flagged", proportion(flagged, **options), "novelty")
    for at, kept in (("flagged", flagged), ("not flagged", ~flagged)):
        part = one.only(kept)
        if not part.truth.size:
            continue
        yield _row(one, "error_rate", _errors(part, error[kept], context), at)
        if part.score_kind != "binary":
            area = partial(auroc, part.score, part.truth, clusters=part.patient, weights=part.weight)
            yield _row(one, "auroc", _defined(part, partial(area, level=context.protocol.level)), at)
        metrics = decision_metrics(part, Decisions(called[kept]), KEPT_METRICS, level=context.protocol.level)
        yield from (_row(one, metric, estimate, at) for metric, estimate in metrics.items())


def _novelty(one: LabelScores, context: Context) -> NDArray[np.float64]:
    return context.numbers(context.protocol.novelty, one)


def _usual(one: LabelScores, novelty: NDArray[np.float64], context: Context) -> float | None:
    """Return above what a record is flagged; None where validation, which decides on scores, has none."""
    if np.isin(novelty, (0.0, 1.0)).all():
        return 0.5
    validation = _novelty(context.in_split(one, THRESHOLD_SPLIT, keep_unknown=True), context)
    seen = validation[~np.isnan(validation)]
    return float(np.quantile(seen, USUAL)) if seen.size else None


def _errors(part: LabelScores, error: NDArray[np.bool_], context: Context) -> Estimate:
    return proportion(error, clusters=part.patient, weights=part.weight, level=context.protocol.level)


def _defined(one: LabelScores, statistic: Callable[[], Estimate]) -> Estimate:
    try:
        return statistic()
    except StatisticsError as error:
        return undefined(one, str(error))


def _row(one: LabelScores, metric: str, estimate: Estimate, at: str = "") -> ResultRow:
    return ResultRow(*one.key, metric, estimate, analysis="uncertainty", at=at)
