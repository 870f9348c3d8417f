"""Mark each number as planned or exploratory, and as contaminated where the model had seen the data set."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

from einthoven.evaluation.comparator import PREFIX
from einthoven.evaluation.contamination import Contamination, find_contamination
from einthoven.evaluation.context import Context
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.rows import MACRO, ComparisonRow, ResultRow

__all__ = ["is_planned", "marked"]

Row = TypeVar("Row", ResultRow, ComparisonRow)


def marked(rows: Sequence[Row], context: Context) -> list[Row]:
    """Return the rows with ``planned`` set from the protocol and ``contaminated`` from what their models had seen."""
    found = {one.place: one for one in find_contamination(context) if one.seen.any()}
    return [
        dataclasses.replace(
            row, planned=is_planned(row, context.protocol), contaminated=_is_contaminated(row, context, found)
        )
        for row in rows
    ]


def is_planned(row: ResultRow | ComparisonRow, protocol: Protocol) -> bool:
    """Return whether the protocol names a number.

    It must name the analysis, the outcome, the subgroup's column (crossed ones as they are crossed) and, of two models,
    the pair. An average over outcomes is planned where the outcomes are. What an empty list leaves to the data is
    exploratory: all labels, every pair, horizons from the event times. What it leaves to a fixed rule that the
    documentation states is planned with its analysis: gaps to the reference, the comparator's columns.
    """
    outcomes = (*protocol.outcomes, MACRO) if protocol.outcomes else ()
    return (
        row.analysis in protocol.analyses
        and row.label in outcomes
        and (not row.subgroup or _column_of(row.subgroup, protocol) in protocol.subgroups)
        and _is_pair_named(row, protocol)
        and (row.analysis != "survival" or not row.at.endswith(" d") or bool(protocol.horizons_days))
    )


def _column_of(subgroup: str, protocol: Protocol) -> str:
    """Return the column of ``column=value``, the longest of the protocol's, as names may hold a ``=``."""
    fitting = [column for column in protocol.subgroups if f"{subgroup}=".startswith(f"{column}=")]
    return max(fitting, key=len, default=subgroup.partition("=")[0])


def _is_pair_named(row: ResultRow | ComparisonRow, protocol: Protocol) -> bool:
    if isinstance(row, ResultRow) or row.model_a == row.model_b or row.model_b.startswith(PREFIX):
        return True
    return frozenset((row.model_a, row.model_b)) in {frozenset(pair) for pair in protocol.comparisons}


def _is_contaminated(
    row: ResultRow | ComparisonRow, context: Context, found: Mapping[tuple[str, str], Contamination]
) -> bool:
    models = (row.model,) if isinstance(row, ResultRow) else (row.model_a, row.model_b)
    seen = [found[model, row.split] for model in models if (model, row.split) in found]
    return any(_holds(one, row.subgroup, context) for one in seen)


def _holds(one: Contamination, subgroup: str, context: Context) -> bool:
    """Return whether the subgroup has a record that was seen."""
    column = _column_of(subgroup, context.protocol)
    value = subgroup[len(column) + 1 :]
    if not value or not all(context.has(name) for name in column.split(" x ")):
        return True
    return bool(np.any(context.texts(column, one.scores.only(one.seen)) == value))
