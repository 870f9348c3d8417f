"""Sets of labels, each label made of concepts or of a measurement: the CSV files in ``label_sets/``.

========== ========================================================================================================
set        what it is
========== ========================================================================================================
einthoven46    17 arrhythmias, 8 of conduction, 8 of ischaemia and infarction, 7 others, 6 from measurements
diagnoses68    68 diagnoses that hospital ECGs often carry; our own list
cinc2021       the 26 classes that the PhysioNet/CinC Challenge 2021 scores (doi:10.22489/CinC.2021.176), the four
               pairs that it takes for the same merged
measured       further thresholds: QT corrected after Bazett or Fridericia, QRS above 120 ms
ecgfounder150  the 150 outputs of ECGFounder (Li 2025, doi:10.1056/AIoa2401033) in the order of ``tasks.txt`` in
               github.com/PKUDigitalHealth/ECGFounder
========== ========================================================================================================

A label without concepts and measurement is always unknown: of the 150, 22 compare with an earlier ECG and 34 are halves
of sentences ("blocked"), or finer or wider than any concept ("marked sinus bradycardia").
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import resources

from einthoven.cohort.labels.measurement_labels import MeasurementRule
from einthoven.cohort.labels.vocabulary import vocabulary
from einthoven.errors import CohortError
from einthoven.registry import nearest

__all__ = ["LABEL_SETS", "Label", "resolve_labels"]

SET_NAMES = ("einthoven46", "diagnoses68", "cinc2021", "ecgfounder150", "measured")


@dataclass(frozen=True, slots=True)
class Label:
    """One outcome that an ECG's statements or measurements decide.

    Attributes
    ----------
    name, words, group : str
    concepts : frozenset of str
        Any of them makes the label true.
    measurement : MeasurementRule, optional
        Decides instead of concepts.
    codes : frozenset of str
        SNOMED CT codes that make the label true where an ECG's codes are known, so that the Challenge's classes are
        its own: by concepts, a left bundle branch block is a bundle branch block too. Only in a whole set.
    """

    name: str
    words: str
    group: str
    concepts: frozenset[str]
    measurement: MeasurementRule | None = None
    codes: frozenset[str] = frozenset()


def _read(set_name: str) -> tuple[Label, ...]:
    folder = resources.files("einthoven.cohort.labels").joinpath("label_sets")
    text = folder.joinpath(f"{set_name}.csv").read_text(encoding="utf-8")
    return tuple(
        Label(
            row["label"],
            row["words"],
            row["group"],
            frozenset((row.get("concepts") or "").split()),
            MeasurementRule.parse(row["measurement"]) if row.get("measurement") else None,
            frozenset((row.get("codes") or "").split()),
        )
        for row in csv.DictReader(text.splitlines())
    )


LABEL_SETS: Mapping[str, tuple[Label, ...]] = {name: _read(name) for name in SET_NAMES}


def resolve_labels(request: str | tuple[str, ...]) -> dict[str, Label]:
    """Return name -> label for a set, a label, a concept, or a list of them; in the order asked for.

    A name that is a label of a set means that label (sets in the order of ``LABEL_SETS``), else the concept. Of two
    sets that share a name, the first asked for gives the label. Nothing asked for is no label.

    Raises
    ------
    CohortError
        For an unknown name, with the nearest one.

    Examples
    --------
    >>> len(resolve_labels("einthoven46"))
    46
    >>> resolve_labels(("brugada_pattern", "qrs_above_140"))["brugada_pattern"].words
    'Brugada pattern'
    """
    names = (request,) if isinstance(request, str) else request
    labels: dict[str, Label] = {}
    for name in names:
        if name in LABEL_SETS:
            labels |= {label.name: label for label in LABEL_SETS[name] if label.name not in labels}
        elif name:
            labels.setdefault(name, _single(name))
    return labels


def _single(name: str) -> Label:
    for labels in LABEL_SETS.values():
        for label in labels:
            if label.name == name:
                return replace(label, codes=frozenset())
    words = vocabulary()
    if name in words.words:
        return Label(name, words.words[name], words.category[name], frozenset({name}))
    known = [*LABEL_SETS, *(label.name for labels in LABEL_SETS.values() for label in labels), *words.words]
    raise CohortError(f"there is no label set, label or ECG finding {name!r}{nearest(name, known)}")
