"""What each cut-off of the protocol does: every metric of yes/no calls, and predictive values elsewhere.

One operating point per rule of the protocol's ``thresholds`` (``at`` names the rule; a cut-off that was stated
beforehand stands once, as ``stated``), and one per reader, whose answers need no cut-off. ``cut_off`` is the cut-off
itself, which was frozen before and has no interval. Shares have Clopper and Pearson's intervals. At each of the
protocol's ``prevalences`` the predictive values follow by Bayes' rule from sensitivity and specificity.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from einthoven.evaluation.context import Context
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.label_metrics import OPERATING_METRICS, Decisions, decision_metrics
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.rows import ResultRow, Rows
from einthoven.evaluation.statistics.predictive_values_at import npv_at, ppv_at
from einthoven.evaluation.thresholds import Threshold

__all__ = ["analyse", "operating_points"]

ELSEWHERE = {"ppv": ppv_at, "npv": npv_at}


def analyse(context: Context) -> Rows:
    """Return the metrics of each operating point of each label, of each model's main seed."""
    rows = Rows()
    for one in context.main:
        for at, decisions in operating_points(context, one).items():
            rows.results += _rows(context, one, at, decisions)
    return rows


def operating_points(context: Context, one: LabelScores) -> dict[str, Decisions]:
    """Return the yes/no calls by what they rest on: the rule of a cut-off, or nothing (a reader's answers)."""
    if one.score_kind == "binary":
        return {"": Decisions(one.score == 1)}
    points: dict[str, Decisions] = {}
    for rule in context.protocol.thresholds:
        threshold, decisions = context.threshold(one, rule), context.decisions(one, rule)
        if threshold is not None and decisions is not None:
            points[threshold.rule] = decisions
    return points


def _rows(context: Context, one: LabelScores, at: str, decisions: Decisions) -> Iterator[ResultRow]:
    row, level = partial(ResultRow, *one.key, analysis="operating_points"), context.protocol.level
    threshold = None if one.score_kind == "binary" else context.threshold(one, at)
    if threshold is not None:
        yield row("cut_off", _cut_off(one, threshold, level=level), at=at)
    for metric, estimate in decision_metrics(one, decisions, OPERATING_METRICS, level=level).items():
        yield row(metric, estimate, at=at)
    for prevalence in context.protocol.prevalences:
        elsewhere = {name: partial(metric, prevalence=prevalence) for name, metric in ELSEWHERE.items()}
        place = ", ".join(filter(None, (at, f"prevalence {prevalence:g}")))
        for metric, estimate in decision_metrics(one, decisions, elsewhere, level=level).items():
            yield row(metric, estimate, at=place)


def _cut_off(one: LabelScores, threshold: Threshold, *, level: float) -> Estimate:
    value, origin = threshold.value, f" on split {threshold.split!r}" if threshold.split else ""
    patients = len(set(one.patient.tolist()))
    return Estimate(
        value, value, value, one.truth.size, one.events, patients, f"frozen beforehand{origin}: no interval", level,
        threshold.reason,
    )  # fmt: skip
