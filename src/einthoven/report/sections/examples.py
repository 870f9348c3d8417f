"""ECGs that show what the model gets right and wrong, drawn from the store: on paper where millivolts are known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from einthoven.drawing.ecg_paper import draw_ecg
from einthoven.drawing.svg import to_svg
from einthoven.drawing.traces import draw_traces
from einthoven.report.blocks import FigureBlock, Notice, Panel, Section
from einthoven.report.evidence import Evidence
from einthoven.report.notation import number
from einthoven.report.stored_record import StoredRecord, stored_record

__all__ = ["section"]

DEFAULT_EXAMPLES = 4
KINDS = ("true positive", "false positive", "false negative")
COLUMNS = ("record_id", "label", "truth", "score", "split")


@dataclass(frozen=True, slots=True)
class _Example:
    """Why a record is shown."""

    record_id: str
    label: str
    kind: str
    score: float
    cut_off: float
    truths: tuple[str, ...]


def section(evidence: Evidence) -> Section:
    """Return the drawings, or why there are none."""
    title = "Example ECGs"
    examples = _chosen(evidence)
    if not examples:
        absent = Notice("No example could be chosen: there are no predictions with cut-offs.", tone="absent")
        return Section("examples", title, (absent,))
    panels = _drawn(evidence, examples)
    if not panels:
        absent = Notice("The store with the signals is not where the run left it: no ECG can be drawn.", tone="absent")
        return Section("examples", title, (absent,))
    caption = (
        f"The most confident decisions of “{evidence.arms[0]}” on data that took no part in fitting, for the "
        "labels with most events: true positives, false positives and false negatives. Signals are as stored, filtered."
    )
    return Section("examples", title, (FigureBlock(caption, tuple(panels), layout="wide"),))


def _chosen(evidence: Evidence) -> list[_Example]:
    wanted = int(evidence.study.get("report", {}).get("examples", DEFAULT_EXAMPLES))
    split = next(iter(evidence.test_splits), None)
    table = None if split is None else evidence.predictions(evidence.arms[0], split=split, columns=COLUMNS)
    if table is None or split is None:
        return []
    frame = pl.DataFrame(table).with_columns(pl.col("record_id", "label").cast(pl.String)).filter(pl.col("truth") >= 0)
    found: list[_Example] = []
    for example in _candidates(evidence, frame, evidence.labels(split)):
        if len(found) < wanted and example.record_id not in {other.record_id for other in found}:
            found.append(example)
    return found


def _candidates(evidence: Evidence, frame: pl.DataFrame, labels: tuple[str, ...]) -> Iterator[_Example]:
    """Go round the labels, at each with the next kind, so that a few examples show many labels and all kinds."""
    for turn in range(len(KINDS)):
        for place, label in enumerate(labels):
            threshold = evidence.threshold(evidence.arms[0], label)
            if threshold is not None and not threshold.reason:
                kind = KINDS[(turn + place) % len(KINDS)]
                yield from _most_confident(frame, label, kind=kind, cut_off=threshold.value)


def _most_confident(frame: pl.DataFrame, label: str, *, kind: str, cut_off: float) -> Iterator[_Example]:
    called, positive = pl.col("score") >= cut_off, pl.col("truth") == 1
    condition = {
        "true positive": called & positive,
        "false positive": called & ~positive,
        "false negative": ~called & positive,
    }[kind]
    downwards = kind != "false negative"
    rows = frame.filter((pl.col("label") == label) & condition).sort(
        "score", "record_id", descending=[downwards, False]
    )
    for record_id, score in rows.select("record_id", "score").head(1).iter_rows():
        truths = frame.filter((pl.col("record_id") == record_id) & positive)["label"].sort().to_list()
        yield _Example(record_id, label, kind, score, cut_off, tuple(truths))


def _drawn(evidence: Evidence, examples: list[_Example]) -> list[Panel]:
    panels: list[Panel] = []
    for example in examples:
        stored = stored_record(evidence, example.record_id)
        if stored is not None:
            panels.append(_panel(stored, example, key=f"ecg-{len(panels)}"))
    return panels


def _panel(stored: StoredRecord, example: _Example, *, key: str) -> Panel:
    record = stored.record
    caption = (
        f"{example.kind.capitalize()} for {example.label}: predicted {number(example.score)}, "
        f"cut-off {number(example.cut_off)}. "
        f"Reference labels: {', '.join(example.truths) or 'none of those evaluated'}."
    )
    figure = draw_ecg(record, filter_name=stored.filter_name) if record.unit == "mV" else draw_traces(record)
    alt = f"ECG of record {example.record_id}. {caption}"
    return Panel(to_svg(figure, prefix=key, title=alt, font=""), alt, caption)
