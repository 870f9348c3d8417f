"""The strata of risk that a protocol asks for, chosen for the scores of one model and label."""

from __future__ import annotations

from einthoven.evaluation.context import Context
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.risk_strata import RiskStrata, choose_strata
from einthoven.evaluation.thresholds import THRESHOLD_SPLIT

__all__ = ["strata_of"]


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
