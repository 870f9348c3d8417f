"""Decision curves, smooth calibration, survival by risk stratum: whatever was drawn beyond ROC and reliability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from einthoven.evaluation.rows import CurveRow
from einthoven.report.blocks import FigureBlock, Panel, Section
from einthoven.report.evidence import Evidence
from einthoven.report.figures.lines import Line, line_figure
from einthoven.report.figures.theme import panel
from einthoven.report.notation import SPLIT_NAMES

__all__ = ["section"]

MOST_PANELS = 8
# a model that falls further below treating nobody needs no drawing
LOWEST_NET_BENEFIT = -0.02


@dataclass(frozen=True, slots=True)
class _Kind:
    """How curves of one kind are drawn; ``reference`` is the kind of its grey lines."""

    caption: str
    reference: str = ""
    steps: bool = False
    diagonal: bool = False
    y_from: float | None = None
    points: bool = False


KINDS = {
    "calibration_smooth": _Kind("Smooth calibration curves", diagonal=True),
    "decision": _Kind("Decision curves: net benefit by threshold", "decision_all", y_from=LOWEST_NET_BENEFIT),
    "kaplan_meier": _Kind("Kaplan-Meier curves by risk stratum", steps=True, y_from=0.0),
    "cumulative_incidence": _Kind("Cumulative incidence by risk stratum", steps=True, y_from=0.0),
    "bland_altman": _Kind("Differences between predicted and measured values (Bland and Altman)", points=True),
    "scatter": _Kind("Predicted against measured values", points=True),
    "risk_coverage": _Kind("Error among the records that are kept, by the share that is kept"),
}


def section(evidence: Evidence) -> Section | None:
    """Return one figure per kind and split; None where there is no such curve."""
    rows = evidence.evaluation.curves if evidence.evaluation else ()
    blocks = []
    for split in evidence.reported_splits:
        for name, kind in KINDS.items():
            own = [row for row in rows if row.split == split and row.kind in {name, kind.reference}]
            panels = list(_panels(own, kind, name))
            if panels:
                more = f" Shown are {MOST_PANELS} of {len(panels)} panels." if len(panels) > MOST_PANELS else ""
                banded = any(row.curve.low is not None for row in own)
                band = f"; bands, where there are any, are {evidence.coverage} confidence intervals" if banded else ""
                caption = f"{kind.caption}, {SPLIT_NAMES[split]}{band}.{more}"
                blocks.append(FigureBlock(caption, tuple(panels[:MOST_PANELS])))
    return Section("more_curves", "Further figures", tuple(blocks)) if blocks else None


def _panels(rows: Sequence[CurveRow], kind: _Kind, name: str) -> list[Panel]:
    """Return a panel per label, with a line per model; per label and model where curves have strata."""
    found: dict[tuple[str, str], list[CurveRow]] = {}
    for row in rows:
        found.setdefault((row.label, row.model if row.at else ""), []).append(row)
    panels = []
    for index, ((label, model), members) in enumerate(found.items()):
        main = [row for row in members if row.seed == min(m.seed for m in members if m.model == row.model)]
        title = f"{label}, {model}" if model else label
        # the same reference comes with each model
        references = {row.at or "all treated": row for row in main if row.kind == kind.reference}
        lines = [Line(row.at or row.model, row.curve) for row in main if row.kind == name]
        lines += [Line(at, row.curve, quiet=True) for at, row in references.items()]
        if any(not line.quiet for line in lines):
            figure = line_figure(title, lines, steps=kind.steps, diagonal=kind.diagonal, points=kind.points,
                                 y_from=kind.y_from)  # fmt: skip
            names = ", ".join(line.name for line in lines)
            panels.append(
                panel(figure, key=f"{name}-{index}-{rows[0].split}", alt=f"{kind.caption} of {title}: {names}")
            )
    return panels
