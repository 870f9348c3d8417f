"""PTB Diagnostic ECG Database: 549 recordings of 290 persons, 32 to 120 s at 1,000 Hz (Bousseljot 1995).

doi:10.1515/bmte.1995.40.s1.317, https://physionet.org/content/ptbdb/1.0.0/. Two releases, told apart by the names of
their files:

- the original: ``patient001/s0010_re.hea`` with 12 leads, three Frank leads (left out when read) and a history. The
  folder says whose it is. Its diagnoses are the clinic's, at admission: infarctions were localised by all that was
  known, and an "acute" one may be days old. Nobody described the ECGs: findings other than infarction are unknown.
- the one in the CinC challenges 2020 and 2021: ``S0001.hea`` with SNOMED CT codes. It doesn't say whose ECG it is: each
  is taken for a patient, though 113 persons have several. ``cinc2021`` holds the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from einthoven.cohort.labels.presence import Presence
from einthoven.cohort.labels.vocabulary import vocabulary
from einthoven.cohort.sources.coded_headers import coded_data
from einthoven.cohort.sources.source import LabelRequest, SourceData
from einthoven.cohort.sources.stated_labels import Stated, counted, requested_columns, unknown_statements
from einthoven.cohort.sources.wfdb_headers import (
    CommentedHeader,
    find_files,
    header_locations,
    header_rows,
    read_headers,
)
from einthoven.ecg.formats.wfdb.comments import named_value
from einthoven.errors import CohortError

__all__ = ["Ptb"]

ORIGINAL, CHALLENGE = "s[0-9]*re.hea", "S[0-9]*.hea"
REASONS = (
    *("myocardial_infarction", "healthy_control", "cardiomyopathy", "bundle_branch_block", "dysrhythmia"),
    *("hypertrophy", "valvular_heart_disease", "myocarditis", "stable_angina", "unstable_angina", "heart_failure"),
    "palpitation",
)
SAID_NOTHING = frozenset({"", "n/a", "unknown"})
# beginnings of the words in "infero-postero-lateral", "antero-septo-lateral", "infero-latera" (sic)
WALLS = {"ant": "anterior", "sept": "septal", "lat": "lateral", "inf": "inferior", "post": "posterior"}
WHEN = {"Acute infarction (localization)": "acute_infarction", "Former infarction (localization)": "old_infarction"}
ANSWERED = frozenset({"infarction", *WHEN.values(), *(f"{wall}_infarction" for wall in WALLS.values())})


@dataclass(frozen=True)
class Ptb:
    """Settings of the source.

    Attributes
    ----------
    path : str
        The folder of either release.
    """

    path: str

    def load(self, labels: LabelRequest = ("infarction",), auxiliary: LabelRequest = ()) -> SourceData:
        """Read the headers.

        Labels of the original may also be reasons for admission, ``admission_myocardial_infarction``,
        ``admission_healthy_control`` and so on, or all twelve: ``admission``.

        Raises
        ------
        CohortError
            For a folder without such headers, an original header in no folder ``patientNNN``, or an unknown label.
        """
        folder = Path(self.path)
        files = find_files(folder, ORIGINAL, CHALLENGE)
        if any(Path(file).name.startswith("s") for file in files):
            return _original(folder, read_headers(folder, ORIGINAL), labels=labels, auxiliary=auxiliary)
        headers = read_headers(folder, CHALLENGE)
        return coded_data(folder, headers, labels=labels, auxiliary=auxiliary, owner="PTB of the CinC challenge")


def _original(
    folder: Path, headers: Sequence[CommentedHeader], *, labels: LabelRequest, auxiliary: LabelRequest
) -> SourceData:
    histories = [dict(named_value(comment) for comment in reversed(header.comments)) for header in headers]
    reasons = [_reason(history.get("Reason for admission", "")) for history in histories]
    every = dict.fromkeys((*REASONS, *(reason for reason in reasons if reason)))
    stated = Stated(
        owner="PTB",
        marks=[frozenset({reason}) if reason else None for reason in reasons],
        findings=[_findings(history, reason) for history, reason in zip(histories, reasons, strict=True)],
        own={f"admission_{reason}": {reason} for reason in every},
        own_sets={"admission": tuple(f"admission_{reason}" for reason in REASONS)},
        answered=ANSWERED,
    )
    asked, targets = requested_columns(stated, labels, auxiliary)
    columns = header_rows(folder, headers, patients=[_patient(header) for header in headers])
    columns["ecg_time"] = [header.about.time for header in headers]
    unknown = [
        (row, header.record_id, history[where])
        for row, (header, history) in enumerate(zip(headers, histories, strict=True), start=1)
        for where in WHEN
        if _walls(history.get(where, "")) is None
    ]
    return SourceData(
        columns=columns | targets,
        locations=header_locations(folder, columns),
        flow=(counted("ECGs in the folder", columns["patient_id"]),),
        labels=asked.outcomes,
        auxiliary=asked.auxiliary,
        date_only=frozenset({"ecgs"}),
        dropped=unknown_statements(unknown, column="localization", reason="no wall of the heart is known by this word"),
    )


def _patient(header: CommentedHeader) -> str:
    name = Path(header.path).parent.name
    if not re.fullmatch(r"patient\d+", name):
        raise CohortError(
            f"{header.path} is in no folder patientNNN, which says whose ECG it is: keep the folders as published"
        )
    return name


def _reason(text: str) -> str | None:
    """Return the reason for admission as part of a label's name.

    Examples
    --------
    >>> _reason("Heart failure (NYHA 3)"), _reason("n/a")
    ('heart_failure', None)
    """
    if text.lower() in SAID_NOTHING:
        return None
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"\(.*?\)", "", text.lower())).strip("_")


def _findings(history: dict[str, str], reason: str | None) -> dict[str, Presence] | None:
    """Return what is known of infarctions; None where neither reason nor localisation is given."""
    found: dict[str, Presence] = {}
    for where, concept in WHEN.items():
        walls = _walls(history.get(where, "")) or ()
        found |= dict.fromkeys((f"{wall}_infarction" for wall in walls), "present")
        if walls:
            found[concept] = "present"
    if reason is None and not found:
        return None
    if reason == "myocardial_infarction" and not found:
        found |= dict.fromkeys(sorted(ANSWERED), "uncertain")
        found["infarction"] = "present"
    return vocabulary().closure(found)


def _walls(text: str) -> tuple[str, ...] | None:
    """Return the walls that a localisation names, None for one that isn't understood.

    Examples
    --------
    >>> _walls("infero-latera"), _walls("no"), _walls("elsewhere")
    (('inferior', 'lateral'), (), None)
    """
    if text.lower() in SAID_NOTHING or text.lower() == "no":
        return ()
    words = [word for word in re.split(r"[^a-z]+", text.lower()) if word]
    walls = [next((wall for start, wall in WALLS.items() if word.startswith(start)), None) for word in words]
    return None if None in walls else tuple(dict.fromkeys(wall for wall in walls if wall))
