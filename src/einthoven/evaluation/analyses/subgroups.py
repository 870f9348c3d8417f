"""The metrics of each label in the groups that the protocol names."""

from __future__ import annotations

from collections.abc import Iterator

from einthoven.evaluation.context import Context
from einthoven.evaluation.label_metrics import label_metrics
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.rows import ResultRow, Rows

__all__ = ["analyse"]


def analyse(context: Context) -> Rows:
    """Return the metrics of every group of every label."""
    rows = Rows()
    for one in context.reported:
        for subgroup, part in _parts(context, one):
            metrics = label_metrics(part, context.decisions(part), context.protocol)
            rows.results += [ResultRow(*one.key, m, e, subgroup, "subgroups") for m, e in metrics.items()]
    return rows


def _parts(context: Context, one: LabelScores) -> Iterator[tuple[str, LabelScores]]:
    for column in context.protocol.subgroups:
        values = context.texts(column, one)
        for value in sorted(set(values)):
            yield f"{column}={value}", one.only(values == value)
