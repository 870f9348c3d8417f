"""Mark each number as planned or exploratory, and as contaminated where the model had seen the data set."""

from __future__ import annotations

import dataclasses
from typing import TypeVar

from einthoven.evaluation.context import Context
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.rows import MACRO, ComparisonRow, ResultRow

__all__ = ["is_planned", "marked"]

Row = TypeVar("Row", ResultRow, ComparisonRow)


def marked(row: Row, context: Context) -> Row:
    """Return the row with ``planned`` set from the protocol.

    Planned is what the protocol names: the outcome, the analysis, the subgroup's column and, of a comparison, the pair
    of models. What an empty list stands for (all labels, every pair) is exploratory.
    """
    return dataclasses.replace(row, planned=is_planned(row, context.protocol))


def is_planned(row: ResultRow | ComparisonRow, protocol: Protocol) -> bool:
    """Return whether the protocol names what the row is of."""
    column = row.subgroup.partition("=")[0]
    named = row.label in (*protocol.outcomes, MACRO) and row.analysis in protocol.analyses
    if isinstance(row, ComparisonRow) and row.model_a != row.model_b:
        pairs = {frozenset(pair) for pair in protocol.comparisons}
        named = named and frozenset((row.model_a, row.model_b)) in pairs
    return named and (not column or column in protocol.subgroups)
