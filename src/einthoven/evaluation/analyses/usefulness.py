"""Net benefit of acting on each model's scores, against acting on all patients, on none, and on another model."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from einthoven.evaluation.context import Context
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.label_metrics import defined
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.rows import ComparisonRow, CurveRow, ResultRow, Rows
from einthoven.evaluation.statistics.decision_curve import THRESHOLDS, decision_curve, decision_curve_all
from einthoven.evaluation.statistics.net_benefit import (
    net_benefit,
    net_benefit_against_all,
    net_benefit_against_none,
    net_benefit_all,
    net_benefit_difference,
    standardised_net_benefit,
)

__all__ = ["analyse"]

# rows of the table where the protocol names no threshold probability, or more than fit into a table
TABLE_AT = (0.05, 0.1, 0.2)
MOST_IN_TABLE = 10
MEASURES: dict[str, Callable[..., Estimate]] = {
    "net_benefit": net_benefit,
    "standardised_net_benefit": standardised_net_benefit,
}
REFERENCES = {"all": net_benefit_against_all, "none": net_benefit_against_none}


def analyse(context: Context) -> Rows:
    """Return net benefit and decision curves of probabilities and of 0/1 answers; other scores have none."""
    rows = Rows()
    kept = [one for one in context.main if _risk(one) is not None]
    for one in kept:
        rows.results += _estimates(one, context)
        if _has_both(one):
            rows.comparisons += _against_all_and_none(one, context)
            rows.curves += _curves(one, context)
    rows.comparisons += _between_models(kept, context)
    return rows


def _risk(one: LabelScores) -> Any:
    # a reader's yes is acted on at any threshold probability, a no at none
    return one.score if one.score_kind == "binary" else one.probability


def _has_both(one: LabelScores) -> bool:
    return 0 < one.events < one.truth.size


def _table_at(context: Context) -> tuple[float, ...]:
    named = context.protocol.net_benefit_at
    if not named:
        return TABLE_AT
    return named if len(named) <= MOST_IN_TABLE else tuple(at for at in TABLE_AT if at in named)


def _estimates(one: LabelScores, context: Context) -> Iterator[ResultRow]:
    options, risk = one.options(context.protocol.level), _risk(one)
    for at in _table_at(context):
        for metric, measure in MEASURES.items():
            yield _row(one, metric, at, partial(measure, risk, one.truth, threshold=at, **options))
        yield _row(one, "net_benefit_all", at, partial(net_benefit_all, one.truth, threshold=at, **options))


def _row(one: LabelScores, metric: str, at: float, compute: Callable[[], Estimate]) -> ResultRow:
    return ResultRow(*one.key, metric, defined(one, compute), analysis="usefulness", at=f"threshold {at:g}")


def _against_all_and_none(one: LabelScores, context: Context) -> Iterator[ComparisonRow]:
    for at in _table_at(context):
        for name, against in REFERENCES.items():
            test = against(_risk(one), one.truth, threshold=at, **one.options(context.protocol.level))
            yield ComparisonRow(
                one.model, one.seed, one.model, one.seed, one.split, one.label, "net_benefit", test,
                analysis="usefulness", at=f"threshold {at:g} against acting on {name}",
            )  # fmt: skip


def _between_models(scores: list[LabelScores], context: Context) -> Iterator[ComparisonRow]:
    by_place = {(one.model, one.split, one.label): one for one in scores}
    models = dict.fromkeys(one.model for one in scores)
    places = dict.fromkeys((one.split, one.label) for one in scores)
    for a, b in context.protocol.comparisons or itertools.combinations(models, 2):
        for place in places:
            pair = [by_place[model, *place] for model in (a, b) if (model, *place) in by_place]
            if len(pair) == 2:
                yield from _differences(pair[0], pair[1], context)


def _differences(first: LabelScores, second: LabelScores, context: Context) -> Iterator[ComparisonRow]:
    one = first.only(np.isin(first.record, second.record))
    other = second.only(np.isin(second.record, first.record))
    if not _has_both(one):
        return
    for at in _table_at(context):
        test = net_benefit_difference(
            _risk(one), _risk(other), one.truth, threshold=at, **one.options(context.protocol.level)
        )
        yield ComparisonRow(
            one.model, one.seed, other.model, other.seed, one.split, one.label, "net_benefit", test,
            analysis="usefulness", at=f"threshold {at:g}",
        )  # fmt: skip


def _curves(one: LabelScores, context: Context) -> Iterator[CurveRow]:
    options = one.options(context.protocol.level) | {"thresholds": context.protocol.net_benefit_at or THRESHOLDS}
    yield CurveRow(*one.key, "decision", decision_curve(_risk(one), one.truth, **options))
    yield CurveRow(*one.key, "decision_all", decision_curve_all(one.truth, **options))
