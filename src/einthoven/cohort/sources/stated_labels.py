"""From what owners state of each ECG, in codes or words of their own, to the labels that a study asks for."""

from __future__ import annotations

import csv
import functools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources

import polars as pl

from einthoven.cohort.flow import FlowStep
from einthoven.cohort.labels.label_columns import label_columns
from einthoven.cohort.labels.presence import Presence
from einthoven.cohort.labels.vocabulary import vocabulary
from einthoven.cohort.sources.requested_labels import RequestedLabels, known_only
from einthoven.cohort.sources.source import LabelRequest
from einthoven.cohort.tables.typed_table import DROPPED

__all__ = [
    "Stated",
    "concept_map",
    "counted",
    "merged_findings",
    "named_concepts",
    "requested_columns",
    "unknown_statements",
]

Findings = Mapping[str, Presence]


@dataclass(frozen=True, slots=True, eq=False)
class Stated:
    """What the owners of a data set say of each ECG.

    Attributes
    ----------
    owner : str
        The data set, as errors call it.
    marks : sequence of (set of str) or None
        Codes, classes or words of each ECG as the owners write them; None: nothing is stated at all.
    findings : sequence of (mapping of concept to presence) or None, optional
        The same in concepts, closed over what they imply. Absent: the owners say nothing of findings.
    own : mapping of label to set of marks
        The owners' own labels: any of the marks makes one true.
    own_sets : mapping of str to sequence of labels
    answered : set of concepts, optional
        What the owners looked for in every ECG: anything else is unknown where it isn't stated. Without it all is
        taken as looked for.
    coded : bool
        Whether the marks are SNOMED CT codes that decide the labels of sets that are defined by codes.
    """

    owner: str
    marks: Sequence[Collection[str] | None]
    findings: Sequence[Findings | None] | None
    own: Mapping[str, Collection[str]] = field(default_factory=dict)
    own_sets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    answered: frozenset[str] | None = None
    coded: bool = False


def requested_columns(
    stated: Stated, labels: LabelRequest, auxiliary: LabelRequest
) -> tuple[RequestedLabels, dict[str, list[object]]]:
    """Return which labels are asked for, and their columns.

    Raises
    ------
    CohortError
        For a label that neither the owners nor the shared vocabulary know, with the nearest one.
    """
    asked = RequestedLabels.of(
        labels,
        auxiliary,
        owner=stated.owner,
        own=stated.own,
        own_sets=stated.own_sets,
        findings=stated.findings is not None,
    )
    columns: dict[str, list[object]] = {}
    if asked.shared and stated.findings is not None:
        codes = stated.marks if stated.coded else None
        for request in (auxiliary, labels):
            shared = label_columns(stated.findings, _shared(request, stated), codes=codes)
            columns |= {name: list(values) for name, values in shared.items()}
        if stated.answered is not None:
            columns = known_only(columns, answered=stated.answered)
    for name in asked.own:
        wanted = frozenset(stated.own[name])
        columns[f"y.{name}"] = [
            None if marks is None else float(not wanted.isdisjoint(marks)) for marks in stated.marks
        ]
    return asked, columns


def _shared(request: LabelRequest, stated: Stated) -> tuple[str, ...]:
    """Return the request without the owners' names; a set stays a set, in which a label may be defined by codes."""
    names = (request,) if isinstance(request, str) else request
    return tuple(name for name in names if name not in stated.own and name not in stated.own_sets)


@functools.cache
def concept_map(file: str) -> Mapping[str, Findings]:
    """Return statement -> findings of a CSV beside the sources: statement, and the concepts it means.

    A concept with a question mark is uncertain: ``infarction?``. The findings are closed over what they imply.
    """
    words = vocabulary()
    mapped: dict[str, Findings] = {}
    for statement, concepts in _rows(file):
        found: dict[str, Presence] = {
            words.check(name.rstrip("?")): "uncertain" if name.endswith("?") else "present" for name in concepts
        }
        mapped[statement] = words.closure(found)
    return mapped


def named_concepts(file: str) -> frozenset[str]:
    """Return the concepts that a CSV of ``concept_map`` names itself, without those that follow from them."""
    return frozenset(name.rstrip("?") for _, concepts in _rows(file) for name in concepts)


def _rows(file: str) -> list[tuple[str, list[str]]]:
    text = resources.files("einthoven.cohort.sources").joinpath(file).read_text(encoding="utf-8")
    return [(row[0], row[1].split()) for row in list(csv.reader(text.splitlines()))[1:]]


def merged_findings(each: Sequence[Findings]) -> dict[str, Presence]:
    """Return the findings of all statements of one ECG: present beats uncertain, uncertain beats absent.

    Examples
    --------
    >>> merged_findings([{"infarction": "uncertain"}, {"infarction": "present"}])
    {'infarction': 'present'}
    """
    rank = {"absent": 0, "uncertain": 1, "present": 2}
    merged: dict[str, Presence] = {}
    for findings in each:
        for concept, presence in findings.items():
            if concept not in merged or rank[presence] > rank[merged[concept]]:
                merged[concept] = presence
    return merged


def unknown_statements(unknown: Sequence[tuple[int, str, str]], *, column: str, reason: str) -> pl.DataFrame | None:
    """Return what could not be understood as ``SourceData.dropped``, None where there is nothing.

    Parameters
    ----------
    unknown : sequence of (row, record id, statement)
    column, reason : str
    """
    if not unknown:
        return None
    rows = [("ecgs", row, column, statement, f"{record_id}: {reason}") for row, record_id, statement in unknown]
    return pl.DataFrame(rows, schema=DROPPED, orient="row")


def counted(label: str, patients: Sequence[object], *, excluded: bool = False) -> FlowStep:
    """Return a box of the flow chart from the patient of each ECG in it."""
    return FlowStep(label, len(patients), len(set(patients)), excluded)
