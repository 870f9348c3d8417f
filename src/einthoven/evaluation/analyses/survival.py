"""What a score tells about the time to an event: of survival tasks, and of yes/no labels whose records have times."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from einthoven.errors import OneClassError, TooFewObservationsError
from einthoven.evaluation.comparisons import representative_seeds
from einthoven.evaluation.context import Context
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.followed_scores import FollowedScores, followed_scores, horizons
from einthoven.evaluation.rows import ComparisonRow, CurveRow, ResultRow, Rows
from einthoven.evaluation.statistics.concordance import concordance, concordance_difference
from einthoven.evaluation.statistics.cox_hazard_ratio import cox_hazard_ratio, cox_hazard_ratios_of_groups
from einthoven.evaluation.statistics.cumulative_incidence import cumulative_incidence, cumulative_incidence_at
from einthoven.evaluation.statistics.kaplan_meier import kaplan_meier
from einthoven.evaluation.statistics.observed_expected import observed_expected
from einthoven.evaluation.statistics.time_dependent_auroc import time_dependent_auroc
from einthoven.evaluation.survival_strata import proportional_hazards, survival_by_stratum

__all__ = ["analyse"]

Compute = Callable[[], Estimate]


def analyse(context: Context) -> Rows:
    """Return concordance, areas and incidence at the horizons, hazard ratios and curves, also by stratum of risk."""
    rows = Rows()
    survival = context.of_task("survival")
    seeds = representative_seeds(survival)
    main = [one for one in survival if one.seed == seeds[one.model]] + list(context.main)
    followed = [found for one in main if (found := followed_scores(context, one)) is not None]
    for one in followed:
        rows.results += _estimates(one, context)
        rows.results += _hazard(one, rows, context)
        rows.curves += _curves(one, context)
        rows.extend(survival_by_stratum(one, context))
        rows.notes += _notes(one)
    rows.comparisons += _between_models(followed, context)
    return rows


def _notes(one: FollowedScores) -> list[str]:
    others = int((one.cause > 1).sum())
    if not others:
        return []
    told = f"Label {one.scores.label}, split {one.scores.split}: {others} records had a competing event first."
    meant = "Cumulative incidence counts them; concordance and hazard ratios are of the cause-specific hazard."
    return [f"{told} {meant}"]


def _estimates(one: FollowedScores, context: Context) -> Iterator[ResultRow]:
    data, options = (one.scores.score, one.time, one.cause), one.options(context.protocol.level)
    graded = one.scores.score_kind != "binary"
    if graded:
        yield _row(one, "concordance_harrell", "", partial(concordance, *data, **options))
    at_horizons = horizons(context, one)
    for at in at_horizons:
        if graded:
            uno = partial(concordance, *data, weighting="uno", horizon=at, **options)
            yield _row(one, "concordance_uno", f"{at:g} d", uno)
            area = partial(time_dependent_auroc, *data, horizon=at, **options)
            yield _row(one, "time_dependent_auroc", f"{at:g} d", area)
        incidence = partial(cumulative_incidence_at, one.time, one.cause, horizon=at, **options)
        yield _row(one, "cumulative_incidence", f"{at:g} d", incidence)
    risk = one.scores.probability
    # a probability is the risk by one horizon; of several nobody knows which
    if one.scores.task == "survival" and risk is not None and len(context.protocol.horizons_days) == 1:
        at = at_horizons[0]
        expected = partial(observed_expected, risk, one.time, one.cause, horizon=at, **options)
        yield _row(one, "observed_expected", f"{at:g} d", expected)


def _hazard(one: FollowedScores, rows: Rows, context: Context) -> Iterator[ResultRow]:
    data, options = (one.scores.score, one.time, one.cause), one.options(context.protocol.level)
    if one.scores.score_kind == "binary":
        at, found = "yes against no", cox_hazard_ratios_of_groups(*data, groups=2, **options)
    else:
        at, found = "per SD", cox_hazard_ratio(*data, **options)
    yield ResultRow(*one.scores.key, "hazard_ratio", found.ratios[0], analysis="survival", at=at)
    if not np.isnan(found.proportional_hazards_p):
        rows.comparisons.append(proportional_hazards(one, found.proportional_hazards_p, at=at))


def _curves(one: FollowedScores, context: Context) -> Iterator[CurveRow]:
    options = one.options(context.protocol.level)
    if not one.competing:
        yield CurveRow(*one.scores.key, "kaplan_meier", kaplan_meier(one.time, one.cause, **options))
    yield CurveRow(*one.scores.key, "cumulative_incidence", cumulative_incidence(one.time, one.cause, **options))


def _between_models(followed: Sequence[FollowedScores], context: Context) -> Iterator[ComparisonRow]:
    graded = [one for one in followed if one.scores.score_kind != "binary"]
    by_place = {(one.scores.model, one.scores.split, one.scores.label): one for one in graded}
    models = dict.fromkeys(one.scores.model for one in graded)
    places = dict.fromkeys((one.scores.split, one.scores.label) for one in graded)
    for a, b in context.protocol.comparisons or itertools.combinations(models, 2):
        for place in places:
            pair = [by_place[model, *place] for model in (a, b) if (model, *place) in by_place]
            if len(pair) == 2:
                yield from _differences(pair[0], pair[1], context)


def _differences(first: FollowedScores, second: FollowedScores, context: Context) -> Iterator[ComparisonRow]:
    one = first.only(np.isin(first.scores.record, second.scores.record))
    other = second.only(np.isin(second.scores.record, first.scores.record))
    if one.time.size == 0:
        return
    data = (one.scores.score, other.scores.score, one.time, one.cause)
    options = one.options(context.protocol.level)
    tests = [("concordance_harrell", "", concordance_difference(*data, **options))]
    for at in horizons(context, one):
        test = concordance_difference(*data, weighting="uno", horizon=at, **options)
        tests.append(("concordance_uno", f"{at:g} d", test))
    for metric, place, test in tests:
        yield ComparisonRow(
            one.scores.model, one.scores.seed, other.scores.model, other.scores.seed, one.scores.split,
            one.scores.label, metric, test, analysis="survival", at=place,
        )  # fmt: skip


def _row(one: FollowedScores, metric: str, at: str, compute: Compute) -> ResultRow:
    try:
        estimate = compute()
    except (OneClassError, TooFewObservationsError) as error:
        counts = {"n": one.time.size, "events": int((one.cause == 1).sum())}
        patients = int(np.unique(one.scores.patient).size)
        estimate = Estimate.undefined(str(error), **counts, clusters=patients, method="none")
    return ResultRow(*one.scores.key, metric, estimate, analysis="survival", at=at)
