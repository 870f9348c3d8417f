"""Survival by stratum of risk: curves and incidence of each, log-rank tests, hazard ratios against the low one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import OneClassError
from einthoven.evaluation.context import Context
from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.followed_scores import FollowedScores, followed_scores, horizons
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.protocol_strata import border_rows, strata_of
from einthoven.evaluation.risk_strata import STRATA
from einthoven.evaluation.rows import ComparisonRow, CurveRow, ResultRow, Rows
from einthoven.evaluation.statistics.cox_hazard_ratio import cox_hazard_ratios_of_groups
from einthoven.evaluation.statistics.cumulative_incidence import cumulative_incidence, cumulative_incidence_at
from einthoven.evaluation.statistics.kaplan_meier import kaplan_meier
from einthoven.evaluation.statistics.log_rank_test import log_rank_test, log_rank_trend_test
from einthoven.evaluation.thresholds import THRESHOLD_SPLIT

__all__ = ["proportional_hazards", "survival_by_stratum"]


def survival_by_stratum(one: FollowedScores, context: Context) -> Rows:
    """Return the rows of one label's strata; none without borders in the protocol.

    The borders of a yes/no label are those of its truth. A survival task has no such truth: there the event by the
    protocol's first horizon is it, among the records of validation whose answer is known by then.
    """
    rows = Rows()
    if one.scores.score_kind == "binary":
        return rows
    strata = strata_of(context, one.scores, _chosen_on(one, context))
    if strata is None:
        return rows
    if one.scores.task == "survival":
        # of a yes/no label they are among the rows of its strata
        rows.results += border_rows(one.scores, strata, analysis="survival")
    if strata.reason is not None:
        return rows
    code = strata.apply(one.scores.score, split=one.scores.split, predictions_hash=context.predictions.hash)
    for number, name in enumerate(STRATA):
        part = one.only(code == number)
        if part.time.size:
            rows.curves += _curves(part, name, context)
            rows.results += _incidence(part, name, horizons(context, one), level=context.protocol.level)
    if np.unique(code).size > 1:
        rows.comparisons += _log_rank(one, code, context)
        _add_hazard_ratios(rows, one, code, context)
    return rows


def proportional_hazards(one: FollowedScores, p_value: float, *, at: str) -> ComparisonRow:
    """Return the row of the test of proportional hazards."""
    counts = _counts(one)
    method = "score test of a log hazard ratio that changes with time (Grambsch-Therneau)"
    nothing = Estimate.undefined("a test of proportional hazards has no difference", **counts, method=method)
    return _own(one, "proportional_hazards", TestResult(nothing, float("nan"), p_value, method), at=at)


def _chosen_on(one: FollowedScores, context: Context) -> LabelScores | None:
    if one.scores.task != "survival":
        return None
    validation = context.in_split(one.scores, THRESHOLD_SPLIT)
    followed = followed_scores(context, validation)
    if followed is None or not context.protocol.horizons_days:
        return validation.only(np.zeros(validation.truth.size, dtype=np.bool_))
    return followed.known_at(context.protocol.horizons_days[0])


def _curves(part: FollowedScores, name: str, context: Context) -> Iterator[CurveRow]:
    options = part.options(context.protocol.level)
    if not part.competing:
        yield CurveRow(*part.scores.key, "kaplan_meier", kaplan_meier(part.time, part.cause, **options), at=name)
    curve = cumulative_incidence(part.time, part.cause, **options)
    yield CurveRow(*part.scores.key, "cumulative_incidence", curve, at=name)


def _incidence(part: FollowedScores, name: str, at_horizons: tuple[float, ...], *, level: float) -> Iterator[ResultRow]:
    for at in at_horizons:
        found = cumulative_incidence_at(part.time, part.cause, horizon=at, **part.options(level))
        yield ResultRow(*part.scores.key, "cumulative_incidence", found, analysis="survival", at=f"{name}, {at:g} d")


def _log_rank(one: FollowedScores, code: NDArray[np.int64], context: Context) -> Iterator[ComparisonRow]:
    tests: dict[str, Callable[..., TestResult]] = {"strata": log_rank_test, "trend over strata": log_rank_trend_test}
    for at, test in tests.items():
        try:
            found = test(code, one.time, one.cause, clusters=one.scores.patient, level=context.protocol.level)
        except OneClassError:
            return
        found = dataclasses.replace(found, method=found.method + one.scores.unweighted)
        yield _own(one, "survival", found, at=at)


def _add_hazard_ratios(rows: Rows, one: FollowedScores, code: NDArray[np.int64], context: Context) -> None:
    found = cox_hazard_ratios_of_groups(
        code, one.time, one.cause, groups=len(STRATA), **one.options(context.protocol.level)
    )
    for name, ratio in zip(STRATA[1:], found.ratios, strict=True):
        at = f"{name} against {STRATA[0]}"
        rows.results.append(ResultRow(*one.scores.key, "hazard_ratio", ratio, analysis="survival", at=at))
    if not np.isnan(found.proportional_hazards_p):
        rows.comparisons.append(proportional_hazards(one, found.proportional_hazards_p, at="strata"))


def _own(one: FollowedScores, metric: str, test: TestResult, *, at: str) -> ComparisonRow:
    own = (one.scores.model, one.scores.seed)
    return ComparisonRow(*own, *own, one.scores.split, one.scores.label, metric, test, analysis="survival", at=at)


def _counts(one: FollowedScores) -> dict[str, int]:
    patients = int(np.unique(one.scores.patient).size)
    return {"n": one.time.size, "events": int((one.cause == 1).sum()), "clusters": patients}
