"""Averages over labels, each label counting alike."""

from __future__ import annotations

import numpy as np

from einthoven.errors import OneClassError
from einthoven.evaluation.comparisons import label_matrix
from einthoven.evaluation.context import Context
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.rows import MACRO, ResultRow, Rows
from einthoven.evaluation.statistics.macro import macro_auprc, macro_auroc

__all__ = ["analyse"]

MACRO_METRICS = {"auroc": macro_auroc, "auprc": macro_auprc}


def analyse(context: Context) -> Rows:
    """Return the macro averages of each model and split with two labels or more."""
    rows, protocol = Rows(), context.protocol
    graded = [one for one in context.reported if one.score_kind != "binary"]
    for place in dict.fromkeys((one.model, one.seed, one.split) for one in graded):
        labels = [one for one in graded if (one.model, one.seed, one.split) == place]
        if len(labels) < 2:
            continue
        matrix = label_matrix(labels)
        for metric, macro in MACRO_METRICS.items():
            try:
                estimate = macro(
                    matrix.score, matrix.truth, clusters=matrix.patient,
                    level=protocol.level, resamples=protocol.resamples, seed=protocol.seed,
                )  # fmt: skip
            except OneClassError as error:
                counts = {"n": len(matrix.truth), "clusters": int(np.unique(matrix.patient).size)}
                events = int(np.nansum(matrix.truth))
                estimate = Estimate.undefined(str(error), **counts, events=events, method="none")
            rows.results.append(ResultRow(*place, MACRO, metric, estimate, analysis="macro"))
    return rows
