"""Every metric and curve of each label, on all records of each split that is reported."""

from __future__ import annotations

from einthoven.evaluation.context import Context
from einthoven.evaluation.label_metrics import label_curves, label_metrics
from einthoven.evaluation.rows import CurveRow, ResultRow, Rows

__all__ = ["analyse"]


def analyse(context: Context) -> Rows:
    """Return discrimination, calibration, the accuracy of yes/no calls at the main cut-off, and the curves."""
    rows = Rows()
    for one in context.reported:
        metrics = label_metrics(one, context.decisions(one), context.protocol)
        rows.results += [ResultRow(*one.key, metric, estimate) for metric, estimate in metrics.items()]
        curves = label_curves(one, level=context.protocol.level)
        rows.curves += [CurveRow(*one.key, kind, curve) for kind, curve in curves.items()]
    return rows
