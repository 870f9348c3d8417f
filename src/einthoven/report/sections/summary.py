"""The key finding: macro AUROC with its interval on data that nothing was fitted on, and warnings."""

from __future__ import annotations

import re
from typing import NamedTuple

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.predictions import NO_PATIENTS
from einthoven.models.contamination import CONTAMINATED, POSSIBLY_CONTAMINATED
from einthoven.report.blocks import Block, Finding, Notice, Section
from einthoven.report.evidence import MACRO, Evidence
from einthoven.report.notation import SPLIT_NAMES, count, interval, number

__all__ = ["section"]

SEEN_BEFORE = (CONTAMINATED, POSSIBLY_CONTAMINATED)
# what an average's method says where labels were left out of it
SOME_LABELS = re.compile(r"\b(\d+) of (\d+) labels\b")


class _Extremes(NamedTuple):
    """The best and the worst AUROC of a label, in words."""

    best: str
    worst: str


def section(evidence: Evidence) -> Section:
    """Return the finding, after notices on simulated data, data that the weights had seen, or arbitrary units."""
    blocks: list[Block] = [*_warnings(evidence)]
    split = next(iter(evidence.test_splits), None)
    if split is None or not evidence.arms:
        blocks.append(Notice("No evaluation was found in this run: the report shows what there is.", tone="absent"))
        return Section("summary", "Key finding", tuple(blocks))
    blocks.append(_finding(evidence, split))
    return Section("summary", "Key finding", tuple(blocks))


def _finding(evidence: Evidence, split: str) -> Finding:
    arm, labels = evidence.arms[0], evidence.labels(split)
    macro = evidence.estimate(arm, split, MACRO, "auroc")
    several = macro is not None and len(labels) > 1
    name = "Macro-averaged AUROC" if several else f"AUROC for {labels[0]}" if labels else "AUROC"
    estimate = macro if several else evidence.estimate(arm, split, labels[0], "auroc") if labels else macro
    if estimate is None:
        return Finding(number(None), "", name, "", "The area under the ROC curve was not computed.")
    detail = (
        f"{evidence.coverage} confidence interval, {SPLIT_NAMES[split]}"
        if estimate.low == estimate.low
        else SPLIT_NAMES[split]
    )
    return Finding(number(estimate.value), interval(estimate), name, detail, _sentence(evidence, split, name, estimate))


def _sentence(evidence: Evidence, split: str, name: str, estimate: Estimate) -> str:
    labels = evidence.labels(split)
    arm = evidence.arms[0]
    seeds = [seed for seed in evidence.seeds(arm) if seed >= 0]
    model = f"an ensemble of {len(seeds)} seeds of “{arm}”" if evidence.main_seed(arm) < 0 and seeds else f"“{arm}”"
    data = _data(evidence, estimate)
    if estimate.reason:
        return f"On {data}, {model} could not be judged: {estimate.reason}."
    area = name[0].lower() + name[1:] if name.startswith("Macro") else name
    # of scores that were made elsewhere nobody here knows what they were fitted on
    unseen = "" if evidence.is_scores_alone else " that took no part in fitting"
    text = f"On {data}{unseen}, {model} reached a{'n' if area[0] == 'A' else ''} {area} of "
    text += f"{number(estimate.value)} {interval(estimate)}".strip()
    if len(labels) > 1:
        text += f" over {_averaged(estimate, labels)}"
        best, worst = _extremes(evidence, split)
        text += f"; single labels reached from {worst} to {best}" if best and worst else ""
    return text + "." + _external(evidence, split)


def _extremes(evidence: Evidence, split: str) -> _Extremes:
    found = [(label, evidence.estimate(evidence.arms[0], split, label, "auroc")) for label in evidence.labels(split)]
    known = sorted((e.value, label) for label, e in found if e is not None and not e.reason)
    if not known:
        return _Extremes("", "")
    best, worst = (f"{number(amount)} for {label}" for amount, label in (known[-1], known[0]))
    return _Extremes(best, worst)


def _averaged(estimate: Estimate, labels: tuple[str, ...]) -> str:
    some = SOME_LABELS.search(estimate.method)
    return f"{some[0]} (the others have too few events)" if some else f"{len(labels)} labels"


def _data(evidence: Evidence, estimate: Estimate) -> str:
    data = f"{count(estimate.n)} {evidence.counted}"
    notes = evidence.evaluation.notes if evidence.evaluation else ()
    if NO_PATIENTS in notes:
        return f"{data} (each counted as its own patient)"
    return f"{data} of {count(estimate.clusters)} patients"


def _external(evidence: Evidence, split: str) -> str:
    if split != "test" or "external" not in evidence.test_splits:
        return ""
    labels = evidence.labels("external")
    label = MACRO if len(labels) > 1 else (labels or (MACRO,))[0]
    estimate = evidence.estimate(evidence.arms[0], "external", label, "auroc")
    if estimate is None or estimate.reason:
        return ""
    return (
        f" On external data ({count(estimate.n)} {evidence.counted} of {count(estimate.clusters)} patients) it was "
        f"{number(estimate.value)} {interval(estimate)}."
    )


def _warnings(evidence: Evidence) -> list[Notice]:
    notices = [Notice(evidence.simulation_notice, tone="warning")] if evidence.simulation_notice else []
    notes = evidence.evaluation.notes if evidence.evaluation else ()
    notices += [Notice(note, tone="warning") for note in notes if note.startswith(SEEN_BEFORE)]
    if evidence.study.get("input", {}).get("ingest", {}).get("unit") == "arbitrary":
        text = "The signals have no millivolts: voltage criteria can’t be judged, and ECGs are drawn in relative units."
        notices.append(Notice(text, tone="warning"))
    return notices
