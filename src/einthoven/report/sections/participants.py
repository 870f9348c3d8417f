"""From the source tables to the analysed sets: the flow chart."""

from __future__ import annotations

from einthoven.cohort.cohort import SPLITS
from einthoven.cohort.flow import FlowStep
from einthoven.report.blocks import FigureBlock, Notice, Section
from einthoven.report.evidence import Evidence
from einthoven.report.figures.flow import flow_figure
from einthoven.report.figures.theme import panel
from einthoven.report.notation import count

__all__ = ["section"]


def section(evidence: Evidence) -> Section:
    """Return the chart; its alternative text tells every box."""
    if not evidence.flow:
        absent = Notice("The run holds no flow of participants (flow.json).", tone="absent")
        return Section("participants", "Participants", (absent,))
    steps = [step for step in evidence.flow if step.label not in SPLITS]
    parts = [step for step in evidence.flow if step.label in SPLITS]
    if parts:  # a patient is in one split only, so patients add up
        steps.append(FlowStep("analysed", sum(p.records for p in parts), sum(p.patients for p in parts)))
    told = [
        f"{step.words}: {count(abs(step.records))} {step.counted} of {count(abs(step.patients))} patients"
        + (" excluded" if step.excluded else "")
        for step in (*steps, *parts)
    ]
    alt = "Flow of participants. " + "; ".join(told) + "."
    drawn = panel(flow_figure(steps, parts=parts), key="flow", alt=alt)
    caption = "Flow of ECGs and patients from the source tables to the analysed sets."
    return Section("participants", "Participants", (FigureBlock(caption, (drawn,), layout="narrow"),))
