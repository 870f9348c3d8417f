"""St Petersburg INCART 12-lead Arrhythmia Database: 75 records of 30 minutes at 257 Hz, from Holter ECGs of 32 persons.

https://physionet.org/content/incartdb/1.0.0/, doi:10.13026/C2V88N. Each header ``I01.hea`` names age, sex and, of about
half of them, diagnoses; the number of the person; and what is to be seen in these 30 minutes, somewhere in them: no
window of a record is known to show it. ``incart_statements.csv`` beside this file says what the words mean. "Transient
ischemic attack" is angina pectoris there, as the owners explain. 74 of the records are in ``cinc2021``, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from einthoven.cohort.labels.presence import Presence
from einthoven.cohort.labels.vocabulary import vocabulary
from einthoven.cohort.sources.source import LabelRequest, SourceData
from einthoven.cohort.sources.stated_labels import (
    Stated,
    concept_map,
    counted,
    merged_findings,
    named_concepts,
    requested_columns,
    unknown_statements,
)
from einthoven.cohort.sources.wfdb_headers import CommentedHeader, header_locations, header_rows, read_headers
from einthoven.ecg.formats.patient_words import age_in_years, parse_sex
from einthoven.errors import CohortError

__all__ = ["Incart"]

STATEMENTS = "incart_statements.csv"
PATIENTS = "files-patients-diagnoses.txt"
PERSON = re.compile(r"<age>:?\s*(?P<age>\d*)\S*\s*<sex>:?\s*(?P<sex>\w*)\s*(?:<diagnoses>:?(?P<diagnoses>.*))?")
PATIENT = re.compile(r"patient\s+(\d+)", re.IGNORECASE)
BETWEEN_STATEMENTS = re.compile(r"[,;.]|\s(?:on|as|and|with|in)\s")
# kinds of findings that the records were looked through for; others are unknown where they aren't named
ANSWERED_CATEGORIES = frozenset({"rhythm", "ectopy", "conduction"})


@dataclass(frozen=True)
class Incart:
    """Settings of the source.

    Attributes
    ----------
    path : str
        The folder with ``I01.hea`` to ``I75.hea``.
    """

    path: str

    def load(
        self, labels: LabelRequest = ("premature_ventricular_complex",), auxiliary: LabelRequest = ()
    ) -> SourceData:
        """Read the headers, and whose they are.

        Raises
        ------
        CohortError
            For a folder without such headers, a record of no known person, or an unknown label.
        """
        folder = Path(self.path)
        headers = read_headers(folder, "I[0-9][0-9].hea")
        statements = [_statements(header.comments) for header in headers]
        meanings = {statement: _meaning(statement) for each in statements for statement in each}
        stated = Stated(
            owner="INCART",
            marks=statements,
            findings=[merged_findings([meanings[one] or {} for one in each]) for each in statements],
            answered=_answered(),
        )
        asked, targets = requested_columns(stated, labels, auxiliary)
        columns = _rows(folder, headers)
        unknown = [
            (row, header.record_id, statement)
            for row, (header, each) in enumerate(zip(headers, statements, strict=True), start=1)
            for statement in each
            if meanings[statement] is None
        ]
        return SourceData(
            columns=columns | targets,
            locations=header_locations(folder, columns),
            flow=(counted("records in the folder", columns["patient_id"]),),
            labels=asked.outcomes,
            auxiliary=asked.auxiliary,
            dropped=unknown_statements(unknown, column="comment", reason="these words have no meaning here"),
        )


def _statements(comments: Sequence[str]) -> tuple[str, ...]:
    """Return the diagnoses and findings of a header, one by one."""
    texts = []
    for comment in comments:
        person = PERSON.match(comment)
        if not PATIENT.fullmatch(comment):
            texts.append((person["diagnoses"] or "") if person else comment)
    parts = [part.strip().lower() for text in texts for part in BETWEEN_STATEMENTS.split(text)]
    return tuple(dict.fromkeys(part for part in parts if part))


def _meaning(statement: str) -> Mapping[str, Presence] | None:
    """Return the findings of the first pattern in the statement, None where there is no pattern in it."""
    return next((found for pattern, found in concept_map(STATEMENTS).items() if re.search(pattern, statement)), None)


def _answered() -> frozenset[str]:
    """Return the rhythms, extra beats and blocks for which there is a word: nobody looked for what only they imply."""
    categories = vocabulary().category
    return frozenset(name for name in named_concepts(STATEMENTS) if categories[name] in ANSWERED_CATEGORIES)


def _rows(folder: Path, headers: Sequence[CommentedHeader]) -> dict[str, list[object]]:
    listed = _listed_patients(folder)
    persons = [next(filter(None, map(PERSON.match, header.comments)), None) for header in headers]
    columns = header_rows(folder, headers, patients=[_patient(header, listed) for header in headers])
    columns["age_years"] = [age_in_years(float(found["age"])) if found and found["age"] else None for found in persons]
    columns["sex"] = [parse_sex(found["sex"]) if found else "U" for found in persons]
    return columns


def _patient(header: CommentedHeader, listed: Mapping[str, str]) -> str:
    named = next(filter(None, map(PATIENT.fullmatch, header.comments)), None)
    number = named[1] if named else listed.get(header.record_id)
    if number is None:
        raise CohortError(
            f"{header.path} has no comment 'patient N', and {PATIENTS} beside it doesn't name it: several records are "
            "of one person, without knowing whose they are there is no honest split"
        )
    return number


def _listed_patients(folder: Path) -> dict[str, str]:
    """Return record -> number of the person from the owners' list: a line ``patient 1``, then one of records."""
    listed: dict[str, str] = {}
    file = folder / PATIENTS
    if file.is_file():
        number = ""
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            person = PATIENT.match(line.strip())
            number = person[1] if person else number
            listed |= dict.fromkeys(re.findall(r"\bI\d\d\b", line), number)
    return listed
