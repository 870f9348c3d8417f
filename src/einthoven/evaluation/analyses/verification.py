"""Verification bias: numbers of verified patients alone beside those corrected for who was verified.

Records without a known truth are patients whom nobody verified. ``verification`` of the protocol names what decided
that: ``score``, and columns. Both corrections take the truth to be missing at random given these: whether a record was
verified must depend on nothing else that goes along with the truth. No data can show that this holds. A truth that a
report leaves open ("LVEF 35 to 45") counts as not verified.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from einthoven.errors import TooFewObservationsError
from einthoven.evaluation.context import Context
from einthoven.evaluation.covariate_design import design_of, read_columns
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.label_metrics import defined, undefined
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.rows import ResultRow, Rows
from einthoven.evaluation.statistics import classification
from einthoven.evaluation.statistics.auroc import auroc
from einthoven.evaluation.statistics.begg_greenes import begg_greenes
from einthoven.evaluation.statistics.inverse_probability_weighting import (
    LEAST_CHANCE,
    verification_weights,
    weighted_auroc,
    weighted_share,
)
from einthoven.evaluation.verification_strata import verification_strata

__all__ = ["ALONE", "SCORE", "STRATA", "WEIGHTED", "analyse"]

SCORE = "score"
ALONE, WEIGHTED, STRATA = "verified records alone", "inverse probability weighting", "Begg and Greenes"
# logits of scores nearer to 0 or 1 than this would rule the verification model
NEAREST_EDGE = 1e-6

# a group of at most this share of the records is small
FEW = 0.05
# with the truth among which each is a share
SHARES = {"sensitivity": 1, "specificity": 0}
Numbers = Iterator[tuple[str, str, Estimate]]


def analyse(context: Context) -> Rows:
    """Return sensitivity, specificity and AUROC: of verified records, and corrected in two ways.

    Of one seed per model; empty without ``verification`` in the protocol, and where every truth is known.
    """
    rows, named = Rows(), context.protocol.verification
    for one in context.main if named else ():
        full = context.in_split(one, one.split, keep_unknown=True)
        if full.truth.size == one.truth.size:
            continue
        told = ~np.isnan(full.truth)
        share = partial(classification.prevalence, told, **_options(context, full))
        values = _deciding(context, full)
        numbers = [("verified", "", share()), *_alone(context, one)]
        numbers += [*_weighted(context, full, told, values), *_by_strata(context, full, told, values)]
        rows.results += [ResultRow(*one.key, m, e, analysis="verification", at=at) for m, at, e in numbers]
    if rows.results:
        rows.notes.append(
            f"Verification: the corrected numbers hold if, given {', '.join(named)}, being verified has nothing to "
            f"do with the truth, which can't be tested. A chance of verification below {LEAST_CHANCE:g} counts as that."
        )
    return rows


def _alone(context: Context, one: LabelScores) -> Numbers:
    options = _options(context, one)
    called = _called(context, one)
    if called is not None:
        for metric, function in (
            ("sensitivity", classification.sensitivity),
            ("specificity", classification.specificity),
        ):
            yield metric, ALONE, defined(one, partial(function, called, one.truth, **options))
    if one.score_kind != "binary":
        yield "auroc", ALONE, defined(one, partial(auroc, one.score, one.truth, **options))


def _weighted(
    context: Context, full: LabelScores, told: NDArray[np.bool_], values: Mapping[str, NDArray[Any]]
) -> Numbers:
    called, level = _called(context, full), context.protocol.level
    metrics = [*(SHARES if called is not None else ()), *(["auroc"] if full.score_kind != "binary" else [])]
    try:
        columns, joined = _without_separating(design_of(values).filled(values), told)
        model = verification_weights(told, columns, clusters=full.patient, weights=full.weight)
    except TooFewObservationsError as error:
        yield from ((metric, WEIGHTED, undefined(full, f"who was verified: {error}")) for metric in metrics)
        return
    for metric, among in SHARES.items() if called is not None else ():
        hit = called == bool(among)
        estimate = weighted_share(hit, full.truth, model, among=among, level=level)
        yield metric, WEIGHTED, dataclasses.replace(estimate, method=estimate.method + joined)
    if "auroc" in metrics:
        estimate = defined(full, partial(weighted_auroc, full.score, full.truth, model, level=level))
        yield "auroc", WEIGHTED, dataclasses.replace(estimate, method=estimate.method + joined)


def _without_separating(columns: NDArray[np.float64], told: NDArray[np.bool_]) -> tuple[NDArray[np.float64], str]:
    """Return the columns without marks of small groups that were verified all or not at all, and how many they were.

    Three patients of unknown sex, none of them verified, would leave the regression without a maximum.
    """
    is_mark = ((columns == 0) | (columns == 1)).all(axis=0)
    share = (columns * told[:, None]).sum(axis=0) / np.maximum(columns.sum(axis=0), 1)
    few = columns.sum(axis=0) <= FEW * told.size
    left_out = is_mark & few & ((share == 0) | (share == 1))
    joined = f"; {left_out.sum()} small groups, verified all or not at all, joined with the others"
    return columns[:, ~left_out], joined if left_out.any() else ""


def _by_strata(
    context: Context, full: LabelScores, told: NDArray[np.bool_], values: Mapping[str, NDArray[Any]]
) -> Numbers:
    called = _called(context, full)
    if called is None:
        return
    strata = verification_strata(values, called, told)
    for metric, among in SHARES.items():
        estimate = begg_greenes(
            called, full.truth, strata=strata.code, among=among, level=context.protocol.level,
            clusters=full.patient, weights=full.weight,
        )  # fmt: skip
        yield metric, STRATA, dataclasses.replace(estimate, method=f"{estimate.method}; {strata.words}")


def _deciding(context: Context, full: LabelScores) -> dict[str, NDArray[Any]]:
    """Return what decided on verification, of all records; a probability by its logit."""
    named = context.protocol.verification
    values = read_columns(context, [name for name in named if name != SCORE], full)
    if SCORE not in named:
        return values
    probability = full.probability
    edge = NEAREST_EDGE
    score = full.score if probability is None else special.logit(np.clip(probability, edge, 1 - edge))
    return {SCORE: score} | values


def _called(context: Context, one: LabelScores) -> NDArray[np.bool_] | None:
    decisions = context.decisions(one)
    return None if decisions is None else decisions.values


def _options(context: Context, one: LabelScores) -> dict[str, Any]:
    weights = {} if one.weight is None else {"weights": one.weight}
    return {"clusters": one.patient, "level": context.protocol.level} | weights
