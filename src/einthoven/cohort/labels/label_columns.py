"""The cohort's columns of labels, from the findings and measurements of each ECG."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from einthoven.cohort.labels.label_sets import Label, resolve_labels
from einthoven.cohort.labels.measurement_labels import Measurements, measured_label
from einthoven.cohort.labels.presence import Presence
from einthoven.cohort.labels.vocabulary import vocabulary
from einthoven.errors import CohortError

__all__ = ["label_columns"]

Findings = Sequence[Mapping[str, Presence] | None]
VALUE: dict[Presence | None, float | None] = {"present": 1.0, "absent": 0.0, "uncertain": None, None: None}


def label_columns(
    findings: Findings,
    request: str | tuple[str, ...],
    *,
    measurements: Measurements | None = None,
    sex: Sequence[str] | None = None,
    codes: Sequence[Collection[str] | None] | None = None,
) -> dict[str, list[float | None] | list[bool]]:
    """Return the columns ``y.<label>`` (1, 0, None) and ``u.<label>`` (whether a statement left it uncertain).

    What is uncertain is unknown in ``y.``; what it counts as, a study says for all sources in ``cohort.uncertain``.

    Parameters
    ----------
    findings : sequence of (mapping of concept to presence) or None
        One per ECG, closed over what they imply, as the readers of statements and codes return them. None: the ECG has
        no statement at all, and all its labels of statements are unknown. Otherwise a concept that isn't mentioned
        is 0.
    request : str or tuple of str
        As ``resolve_labels`` takes it.
    measurements : mapping of name to sequence of float or None, optional
        One value per ECG; names as in ``ecg/formats/measurement_names.py``.
    sex : sequence of F, M or U, optional
    codes : sequence of (collection of str) or None, optional
        SNOMED CT codes of each ECG; they, and not the findings, decide the labels that a set defines by codes.

    Raises
    ------
    CohortError
        For an unknown label or concept, or columns of different lengths.

    Examples
    --------
    >>> columns = label_columns([{"atrial_flutter": "uncertain"}, {}, None], ("atrial_flutter",))
    >>> columns["y.atrial_flutter"], columns["u.atrial_flutter"]
    ([None, 0.0, None], [True, False, False])
    """
    labels = resolve_labels(request)
    n = len(findings)
    presence = _presence_columns(findings, labels)
    columns: dict[str, list[float | None] | list[bool]] = {}
    for name, label in labels.items():
        doubtful = [one == "uncertain" for one in presence[name]]
        if label.measurement:
            columns[f"y.{name}"] = measured_label(label.measurement, measurements or {}, n=n, sex=sex)
        elif label.codes and codes is not None:
            columns[f"y.{name}"] = _from_codes(label, codes, n=n)
            doubtful = [False] * n
        else:
            columns[f"y.{name}"] = [VALUE[one] for one in presence[name]]
        columns[f"u.{name}"] = doubtful
    return columns


def _presence_columns(findings: Findings, labels: Mapping[str, Label]) -> dict[str, list[Presence | None]]:
    """Return each label's presence in each ECG: any concept present, else any uncertain, else absent; None unknown."""
    _refuse_unknown(findings)
    silent: list[Presence | None] = [None if found is None else "absent" for found in findings]
    unknown: list[Presence | None] = [None] * len(findings)
    columns = {name: (silent if label.concepts else unknown).copy() for name, label in labels.items()}
    columns_of: dict[str, list[list[Presence | None]]] = {}
    for name, label in labels.items():
        for concept in label.concepts:
            columns_of.setdefault(concept, []).append(columns[name])
    for row, found in enumerate(findings):
        for concept, presence in (found or {}).items():
            for column in columns_of.get(concept, ()) if presence != "absent" else ():
                if column[row] != "present":
                    column[row] = presence
    return columns


def _refuse_unknown(findings: Findings) -> None:
    named: set[str] = set()
    for found in findings:
        named.update(found or ())
    for concept in named:
        vocabulary().check(concept)


def _from_codes(label: Label, codes: Sequence[Collection[str] | None], *, n: int) -> list[float | None]:
    if len(codes) != n:
        raise CohortError(f"there are codes of {len(codes)} ECGs and findings of {n}")
    return [None if given is None else float(not label.codes.isdisjoint(given)) for given in codes]
