"""ECGs whose WFDB headers carry SNOMED CT codes (``#Dx:``), as the PhysioNet/CinC Challenges 2020 and 2021 wrote them.

doi:10.1088/1361-6579/abc960, doi:10.23919/CinC53138.2021.9662687. Headers of the first months of 2020 carry the
abbreviations of CPSC 2018 instead (``#Dx: RBBB``); they are taken for their codes.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Collection, Mapping, Sequence
from importlib import resources
from pathlib import Path

from einthoven.cohort.flow import FlowStep
from einthoven.cohort.labels.codes import concepts_of_codes, unknown_codes
from einthoven.cohort.labels.presence import Presence
from einthoven.cohort.sources.source import LabelRequest, SourceData
from einthoven.cohort.sources.stated_labels import Stated, requested_columns, unknown_statements
from einthoven.cohort.sources.wfdb_headers import CommentedHeader, header_locations, header_rows
from einthoven.ecg.formats.wfdb.comments import named_value

__all__ = ["coded_data", "codes_of", "cpsc_codes"]

NOTHING = frozenset({"", "unknown", "n/a", "nan"})  # how headers write that nobody labelled the ECG


def coded_data(
    folder: Path,
    headers: Sequence[CommentedHeader],
    *,
    labels: LabelRequest,
    auxiliary: LabelRequest,
    owner: str,
    own: Mapping[str, Collection[str]] | None = None,
    own_sets: Mapping[str, Sequence[str]] | None = None,
    answered: frozenset[str] | None = None,
    scored_by_code: bool = True,
    patients: Sequence[str] | None = None,
    more: Mapping[str, list[object]] | None = None,
    excluded: Sequence[FlowStep] = (),
) -> SourceData:
    """Return the rows of a source of such headers.

    Parameters
    ----------
    folder : Path
    headers : sequence of CommentedHeader
    labels, auxiliary : label request
    owner, own, own_sets, answered
        As in ``Stated``.
    scored_by_code : bool
        Whether labels of sets that are defined by codes are decided by codes, as the challenge scores them, or by
        findings, as all other labels are.
    patients : sequence of str, optional
        Whose each ECG is; without it each is taken for a patient of its own.
    more : mapping of column to list, optional
        Further columns of the cohort.
    excluded : sequence of FlowStep
        What was left out before; the first box counts it, too.

    Raises
    ------
    CohortError
        For an unknown label.
    """
    codes = [codes_of(header.comments) for header in headers]
    findings = [None if given is None else findings_of(given) for given in codes]
    stated = Stated(owner, codes, findings, own or {}, own_sets or {}, answered, coded=scored_by_code)
    asked, targets = requested_columns(stated, labels, auxiliary)
    columns = header_rows(folder, headers, patients=patients)
    unknown = [
        (row, header.record_id, code)
        for row, (header, given) in enumerate(zip(headers, codes, strict=True), start=1)
        for code in _unknown(given or frozenset())
    ]
    return SourceData(
        columns=columns | dict(more or {}) | targets,
        locations=header_locations(folder, columns),
        flow=(_everyone(columns["patient_id"], excluded), *excluded),
        labels=asked.outcomes,
        auxiliary=asked.auxiliary,
        dropped=unknown_statements(unknown, column="Dx", reason="no ECG finding is known for this SNOMED CT code"),
    )


def _everyone(patients: Sequence[object], excluded: Sequence[FlowStep]) -> FlowStep:
    """Return the first box of the flow chart: those who are here, and those who were left out before."""
    return FlowStep(
        "ECGs in the folder",
        len(patients) + sum(step.records for step in excluded),
        len(set(patients)) + sum(step.patients for step in excluded),
    )


def codes_of(comments: Sequence[str]) -> frozenset[str] | None:
    """Return the codes of a header's diagnoses, None when it has none.

    Examples
    --------
    >>> sorted(codes_of(["Age: 50", "Dx: 426783006,RBBB"])), codes_of(["Dx: Unknown"])
    (['426783006', '59118001'], None)
    """
    named = (named_value(comment) for comment in comments)
    given = [word.strip() for name, value in named if name.lower() == "dx" for word in value.split(",")]
    words = [word for word in given if word.lower() not in NOTHING]
    return frozenset(cpsc_codes().get(word, word.lstrip("0")) for word in words) or None


@functools.cache
def findings_of(codes: frozenset[str]) -> dict[str, Presence]:
    """Return the concepts of a set of codes; 88,000 ECGs share some thousand sets."""
    return concepts_of_codes(sorted(codes), system="snomed")


@functools.cache
def _unknown(codes: frozenset[str]) -> tuple[str, ...]:
    return tuple(unknown_codes(sorted(codes), system="snomed"))


@functools.cache
def cpsc_codes() -> Mapping[str, str]:
    """Return abbreviation -> SNOMED CT code of the nine classes of CPSC 2018."""
    text = resources.files("einthoven.cohort.sources").joinpath("cpsc2018_classes.csv").read_text(encoding="utf-8")
    return {row["abbreviation"]: row["code"] for row in csv.DictReader(text.splitlines())}
