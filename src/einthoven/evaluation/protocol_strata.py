"""The strata of risk that a protocol asks for, chosen for the scores of one model and label."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from einthoven.evaluation.context import Context
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.risk_strata import STRATA, RiskStrata, choose_strata
from einthoven.evaluation.rows import ResultRow
from einthoven.evaluation.thresholds import THRESHOLD_SPLIT

__all__ = ["border_rows", "strata_of"]


def strata_of(context: Context, one: LabelScores, validation: LabelScores | None = None) -> RiskStrata | None:
    """Return the protocol's borders for these scores; None where there are none to be had on this split.

    ``validation`` replaces the scores to choose on, where the truth is not that of a yes/no task.
    """
    rules = context.protocol.strata
    if len(rules) != 2:
        return None
    chosen_on = context.in_split(one, THRESHOLD_SPLIT) if validation is None else validation
    found = choose_strata((rules[0], rules[1]), one, chosen_on, predictions_hash=context.predictions.hash)
    return None if found.split == one.split else found


def border_rows(one: LabelScores, strata: RiskStrata, *, analysis: str) -> Iterator[ResultRow]:
    """Yield both borders with their origin; a frozen cut-off has no interval."""
    counts = {"n": int(one.truth.size), "events": one.events, "clusters": int(np.unique(one.patient).size)}
    for place, value in enumerate((strata.low, strata.high)):
        method = f"frozen, chosen by {strata.rules[place]}" + (f" on split {strata.split}" if strata.split else "")
        border = Estimate(value, value, value, **counts, method=method, reason=strata.reason)
        at = f"{STRATA[place]} | {STRATA[place + 1]}"
        yield ResultRow(*one.key, "border_of_risk", border, analysis=analysis, at=at)
