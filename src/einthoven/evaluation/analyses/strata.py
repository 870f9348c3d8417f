"""Strata of risk: how many records each holds, how many of them have the event, and whether that rises."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import OneClassError, TooFewObservationsError
from einthoven.evaluation.context import Context
from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.label_metrics import undefined
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.protocol_strata import border_rows, strata_of
from einthoven.evaluation.risk_strata import STRATA, RiskStrata
from einthoven.evaluation.rows import ComparisonRow, ResultRow, Rows
from einthoven.evaluation.statistics.cochran_armitage_test import cochran_armitage_test
from einthoven.evaluation.statistics.grey_zone import grey_zone
from einthoven.evaluation.statistics.jonckheere_test import jonckheere_test
from einthoven.evaluation.statistics.proportion import proportion

__all__ = ["analyse"]


def analyse(context: Context) -> Rows:
    """Return size and event share of each stratum, the grey zone between them, and the tests for trend."""
    rows = Rows()
    for one in context.main:
        if one.score_kind == "binary":
            continue
        if context.protocol.severity:
            rows.comparisons += _over_severity(one, context)
        strata = strata_of(context, one)
        if strata is None:
            continue
        rows.results += border_rows(one, strata, analysis="strata")
        if strata.reason is None:
            rows.results += [*_shares(one, strata, context), *_grey_zone(one, strata, context)]
            rows.comparisons += _over_strata(one, strata, context)
        rows.notes += _notes(one, strata)
    return rows


def _shares(one: LabelScores, strata: RiskStrata, context: Context) -> Iterator[ResultRow]:
    code, event = _divided(one, strata, context), one.truth == 1
    for number, name in enumerate(STRATA):
        member = code == number
        share = partial(_share, one, context)
        for metric, estimate in (
            ("stratum_share", share(member, np.ones_like(event))),
            ("event_share", share(event, member, empty=f"no record is of {name} risk")),
            ("share_of_events", share(member, event, empty="no events")),
        ):
            yield ResultRow(*one.key, metric, estimate, analysis="strata", at=name)


def _share(
    one: LabelScores, context: Context, hit: NDArray[np.bool_], among: NDArray[np.bool_], *, empty: str = "no records"
) -> Estimate:
    weight = None if one.weight is None else one.weight[among]
    level = context.protocol.level
    return proportion(hit[among], clusters=one.patient[among], weights=weight, level=level, empty=empty)


def _grey_zone(one: LabelScores, strata: RiskStrata, context: Context) -> Iterator[ResultRow]:
    if one.truth.size == 0:
        return
    options = one.options(context.protocol.level)
    zone = grey_zone(one.score, one.truth, low=strata.low, high=strata.high, **options)
    for metric, estimate in (
        ("grey_zone_share", zone.share),
        ("npv_below_grey_zone", zone.npv_below),
        ("ppv_above_grey_zone", zone.ppv_above),
    ):
        yield ResultRow(*one.key, metric, estimate, analysis="strata")


def _over_strata(one: LabelScores, strata: RiskStrata, context: Context) -> Iterator[ComparisonRow]:
    code = _divided(one, strata, context)
    options = one.options(context.protocol.level)
    test = _tested(one, partial(cochran_armitage_test, code, one.truth, **options))
    yield _trend(one, "event_share", test, at="trend over strata")


def _over_severity(one: LabelScores, context: Context) -> Iterator[ComparisonRow]:
    severity = context.numbers(context.protocol.severity, one)
    known = ~np.isnan(severity)
    part = one.only(known)
    options: dict[str, Any] = {"clusters": part.patient, "level": context.protocol.level}
    test = _tested(part, partial(jonckheere_test, part.score, severity[known], **options))
    test = dataclasses.replace(test, method=test.method + part.unweighted)
    yield _trend(one, "score", test, at=f"trend over {context.protocol.severity}")
    strata = strata_of(context, one)
    if strata is not None and strata.reason is None:
        code = _divided(part, strata, context).astype(np.float64)
        test = _tested(part, partial(jonckheere_test, code, severity[known], **options))
        test = dataclasses.replace(test, method=test.method + part.unweighted)
        yield _trend(one, "stratum", test, at=f"trend over {context.protocol.severity}")


def _tested(one: LabelScores, compute: Callable[[], TestResult]) -> TestResult:
    try:
        return compute()
    except (OneClassError, TooFewObservationsError) as error:
        return TestResult(undefined(one, str(error)), float("nan"), float("nan"), "none")


def _trend(one: LabelScores, metric: str, test: TestResult, *, at: str) -> ComparisonRow:
    own = (one.model, one.seed)
    return ComparisonRow(*own, *own, one.split, one.label, metric, test, analysis="strata", at=at)


def _divided(one: LabelScores, strata: RiskStrata, context: Context) -> NDArray[np.int64]:
    return strata.apply(one.score, split=one.split, predictions_hash=context.predictions.hash)


def _notes(one: LabelScores, strata: RiskStrata) -> list[str]:
    if not strata.overlapping:
        return []
    first, second = strata.rules
    told = f"{one.model} separates {one.label} so well that the border by {first} lies above that by {second}"
    return [f"{told}; both are the latter, and no record is of intermediate risk."]
