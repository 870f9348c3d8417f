"""Pairs of models on the same records of each split."""

from __future__ import annotations

from einthoven.evaluation.comparisons import compare
from einthoven.evaluation.context import Context
from einthoven.evaluation.rows import Rows

__all__ = ["analyse"]


def analyse(context: Context) -> Rows:
    """Return the differences of areas, of their means over labels, and of readers' answers."""
    rows = Rows()
    for split in context.protocol.splits:
        part = [one for one in context.reported if one.split == split]
        rows.comparisons += compare(part, context.protocol, decide=context.decisions)
    return rows
