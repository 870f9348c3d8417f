"""Averages over the labels of each model: macro, and for the main seeds micro and the median.

Labels with fewer positives or negatives than the protocol's ``minimum_events`` are left out and named.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from einthoven.errors import OneClassError, TooFewObservationsError
from einthoven.evaluation.comparisons import label_matrix
from einthoven.evaluation.context import Context
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.rows import MACRO, ResultRow, Rows
from einthoven.evaluation.statistics.area_replicates import replicates_of_areas
from einthoven.evaluation.statistics.label_table import LabelTable, label_table
from einthoven.evaluation.statistics.macro import label_average
from einthoven.evaluation.statistics.micro import pooled_auprc, pooled_auroc
from einthoven.evaluation.statistics.ranked_scores import Area

__all__ = ["analyse"]

AREAS: dict[str, Area] = {"auroc": "auroc", "auprc": "average_precision"}
# scores that mean the same for every label, so that pairs of record and label can be held against one another
ON_ONE_SCALE = {"probability", "logit"}


def analyse(context: Context) -> Rows:
    """Return the averages over labels of each model and split with two labels or more."""
    rows = Rows()
    graded = [one for one in context.reported if one.score_kind != "binary"]
    main = {(one.model, one.seed) for one in context.main}
    for place in dict.fromkeys((one.model, one.seed, one.split) for one in graded):
        labels = [one for one in graded if (one.model, one.seed, one.split) == place]
        if len(labels) < 2:
            continue
        averages, left_out = _averages(labels, context.protocol, whole=place[:2] in main)
        rows.results += [ResultRow(*place, MACRO, m, e, analysis="macro") for m, e in averages.items()]
        if left_out:
            rows.notes.append(
                f"Averages over labels on split {place[2]!r} leave out those with fewer than "
                f"{context.protocol.minimum_events} positives or negatives: {', '.join(left_out)}."
            )
    return rows


def _averages(
    labels: Sequence[LabelScores], protocol: Protocol, *, whole: bool
) -> tuple[dict[str, Estimate], tuple[str, ...]]:
    matrix = label_matrix(labels)
    names = [one.label for one in labels]
    metrics = (*AREAS, *(f"{kind}_{name}" for kind in ("median", "micro") for name in AREAS if whole))
    try:
        table = label_table(
            matrix.score, matrix.truth, clusters=matrix.patient, weights=matrix.weight, labels=names,
            minimum_events=protocol.minimum_events,
        )  # fmt: skip
    except (OneClassError, TooFewObservationsError) as error:
        counts = {"n": len(matrix.truth), "clusters": int(np.unique(matrix.patient).size)}
        events = int(np.nansum(matrix.truth))
        undefined = Estimate.undefined(str(error), **counts, events=events, method="none")
        return dict.fromkeys(metrics, undefined), ()
    estimates = _over_labels(table, protocol, whole=whole)
    if whole and {one.score_kind for one in labels} <= ON_ONE_SCALE:
        estimates |= _pooled(table, protocol)
    return estimates, table.left_out


def _over_labels(table: LabelTable, protocol: Protocol, *, whole: bool) -> dict[str, Estimate]:
    found = replicates_of_areas(table, resamples=protocol.resamples, seed=protocol.seed)
    level = protocol.level
    estimates = {name: label_average(table, found[area], level=level) for name, area in AREAS.items()}
    if whole:
        for name, area in AREAS.items():
            estimates[f"median_{name}"] = label_average(table, found[area], level=level, median=True)
    return estimates


def _pooled(table: LabelTable, protocol: Protocol) -> dict[str, Estimate]:
    return {
        "micro_auroc": pooled_auroc(table, level=protocol.level),
        "micro_auprc": pooled_auprc(table, level=protocol.level, resamples=protocol.resamples, seed=protocol.seed),
    }
