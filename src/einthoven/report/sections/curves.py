"""ROC and calibration curves of the labels with most events."""

from __future__ import annotations

import math

import pyarrow.compute as pc

from einthoven.report.blocks import Block, FigureBlock, Notice, Panel, Section
from einthoven.report.evidence import Evidence
from einthoven.report.figures.calibration import calibration_figure
from einthoven.report.figures.roc import READER_MARKS, ReaderPoint, RocLine, roc_figure
from einthoven.report.figures.theme import panel
from einthoven.report.notation import SPLIT_NAMES, number, value

__all__ = ["section"]

MOST_PANELS = 8


def section(evidence: Evidence) -> Section:
    """Return one figure of each kind per test split."""
    blocks: list[Block] = []
    for split in evidence.test_splits:
        labels = evidence.labels(split)
        for kind, panels, caption in (
            ("roc", _roc_panels(evidence, split, labels), _roc_caption(evidence, split)),
            ("calibration", _calibration_panels(evidence, split, labels), _calibration_caption(evidence, split)),
        ):
            if panels:
                scored = tuple(arm for arm in evidence.arms if arm not in evidence.readers)
                names = scored if kind == "roc" and len(scored) > 1 else ()
                blocks.append(FigureBlock(caption + _which(labels), tuple(panels), names=names))
    if not blocks:
        blocks.append(
            Notice("There are no curves: nothing was evaluated, or no label has both classes.", tone="absent")
        )
    return Section("curves", "Discrimination and calibration", tuple(blocks))


def _which(labels: tuple[str, ...]) -> str:
    return (
        f" Shown are the {MOST_PANELS} labels with most events of {len(labels)}." if len(labels) > MOST_PANELS else ""
    )


def _roc_caption(evidence: Evidence, split: str) -> str:
    several = len(evidence.arms) - len(evidence.readers) > 1
    word = evidence.model_word
    lines = f"One line per {word}" if several else f"{word.capitalize()} “{evidence.arms[0]}”"
    area = f"area under the curve with its {evidence.coverage} confidence interval"
    signs = [f"{READER_MARKS[i % len(READER_MARKS)][1]} {name}" for i, name in enumerate(evidence.readers)]
    readers = f" Readers: {', '.join(signs)}." if signs else ""
    return f"ROC curves, {SPLIT_NAMES[split]}. {lines}; {area}.{readers}"


def _calibration_caption(evidence: Evidence, split: str) -> str:
    text = (
        f"Calibration of “{evidence.arms[0]}”, {SPLIT_NAMES[split]}. Observed share of positives in bins of equal "
        f"size with {evidence.coverage} confidence intervals; the dashed line is perfect calibration."
    )
    if evidence.is_scores_alone:
        return text
    return f"{text} Below, the distribution of the predicted probabilities (heights on a square-root scale)."


def _roc_panels(evidence: Evidence, split: str, labels: tuple[str, ...]) -> list[Panel]:
    panels: list[Panel] = []
    for label in labels:
        found = [(arm, evidence.curve(arm, split, label, "roc")) for arm in evidence.arms]
        lines = [
            (arm, RocLine(curve, evidence.estimate(arm, split, label, "auroc")))
            for arm, curve in found
            if curve is not None
        ]
        if lines and len(panels) < MOST_PANELS:
            areas = "; ".join(f"{arm} {value(line.area)}" for arm, line in lines if line.area)
            alt = f"ROC curve for {label}, {SPLIT_NAMES[split]}; area {areas}"
            figure = roc_figure(label, [line for _, line in lines], _reader_points(evidence, split, label))
            panels.append(panel(figure, key=f"roc-{split}-{len(panels)}", alt=alt))
    return panels


def _reader_points(evidence: Evidence, split: str, label: str) -> list[ReaderPoint]:
    points = []
    for index, reader in enumerate(evidence.readers):
        found = [evidence.estimate(reader, split, label, metric) for metric in ("sensitivity", "specificity")]
        known = [estimate.value for estimate in found if estimate is not None and not math.isnan(estimate.value)]
        if len(known) == 2:
            points.append(ReaderPoint(index, *known))
    return points


def _calibration_panels(evidence: Evidence, split: str, labels: tuple[str, ...]) -> list[Panel]:
    panels: list[Panel] = []
    arm = evidence.arms[0]
    columns = ("label", "score", "score_kind")
    table = evidence.predictions(arm, split=split, columns=(*columns, "split"))
    for label in labels:
        curve = evidence.curve(arm, split, label, "calibration")
        if curve is None or len(panels) == MOST_PANELS:
            continue
        predicted = None if table is None else table.filter(pc.equal(table["label"], label))["score"].to_numpy()
        slope, intercept = (evidence.estimate(arm, split, label, f"calibration_{m}") for m in ("slope", "intercept"))
        lines = [
            f"{name} {value(estimate, 2)}"
            for name, estimate in (("slope", slope), ("intercept", intercept))
            if estimate is not None and not estimate.reason
        ]
        figure = calibration_figure(label, curve, predicted=predicted, note="\n".join(lines))
        points = "; ".join(
            f"predicted {number(x, 2)}, observed {number(y, 2)}" for x, y in zip(curve.x, curve.y, strict=True)
        )
        alt = f"Calibration for {label}, {SPLIT_NAMES[split]}: {points}"
        panels.append(panel(figure, key=f"calibration-{split}-{len(panels)}", alt=alt))
    return panels
