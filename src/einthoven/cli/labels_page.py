"""The page that documents labels and findings, made from their tables (``einthoven parse labels``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from einthoven.cohort.labels.label_sets import Label

__all__ = ["labels_page"]

_HEAD = """\
# Labels

<!-- einthoven parse labels > docs/reference/labels.md -->

`labels` and `auxiliary_labels` of a study take the name of a set, or names of labels and findings, or a list of both.
All wordings and codes (GE MUSE, Glasgow, Philips, SCP-ECG, SNOMED CT, AHA/ACC/HRS, PTB-XL's German reports) are
mapped to one vocabulary of findings, at the end of this page; a label is true when any of its findings is.

A finding is *present*, *absent* or *uncertain* ("possible", "cannot rule out", "consider"). What isn't mentioned by
an ECG that has statements is absent; an ECG without any statement has unknown labels. A finding that is present makes
those present that it implies. "Atrial fibrillation has replaced sinus rhythm" means the one present and the other
absent; "no significant change" and "QT has shortened" say nothing. A label from measurements is unknown where the
measurement is missing: PR in atrial fibrillation, a corrected QT between the two bounds in a patient of unknown sex.

This page is what `einthoven parse labels` prints.
"""
_SETS = {
    "einthoven46": (
        "46 labels of what an ECG machine says, for pretraining: 17 arrhythmias, 8 of conduction, 8 of "
        "ischaemia and infarction, 7 others, and 6 thresholds of measurements. The study that pretrained on "
        "46 such labels (JMIR Med Inform 2026;14:e83127) names about ten of them, among these the thresholds "
        "of PR, QRS and corrected QT; the others are our choice."
    ),
    "diagnoses68": (
        "68 diagnoses that hospital ECGs often carry, our own list; the number is that of EHJ Digital Health "
        "2025, ztaf051, which does not publish its list."
    ),
    "cinc2021": (
        "The 26 classes that the PhysioNet/CinC Challenge 2021 scores (doi:10.22489/CinC.2021.176), pairs "
        "that it takes for the same merged. ECGs that come with SNOMED CT codes are judged by these."
    ),
    "measured": (
        "Further thresholds of what was measured. `qtc_prolonged` of `einthoven46` goes by Bazett, as most machines "
        "print; a QT that no machine corrected is corrected from QT and heart rate."
    ),
    "ecgfounder150": (
        "The 150 outputs of ECGFounder (doi:10.1056/AIoa2401033) in their published order. Those without a "
        "finding are comparisons with an earlier ECG, or halves of sentences: always unknown."
    ),
}


def labels_page() -> str:
    """Return the page in Markdown."""
    from einthoven.cohort.labels.label_sets import LABEL_SETS
    from einthoven.cohort.labels.vocabulary import vocabulary

    words = vocabulary()
    lines = [_HEAD]
    for name, labels in LABEL_SETS.items():
        lines += [f"## `{name}`\n", f"{_SETS[name]}\n", *_set(labels), ""]
    lines += [
        "## Findings\n",
        f"{len(words.words)} in all.\n",
        "| finding | family | what | implies |",
        "|---|---|---|---|",
    ]
    for concept, told in words.words.items():
        implied = ", ".join(f"`{parent}`" for parent in sorted(words.implies[concept]))
        lines.append(f"| `{concept}` | {words.category[concept]} | {told} | {implied} |")
    return "\n".join(lines) + "\n"


def _set(labels: tuple[Label, ...]) -> Iterator[str]:
    yield "| label | group | what | true when |"
    yield "|---|---|---|---|"
    for label in labels:
        yield f"| `{label.name}` | {label.group} | {label.words} | {_true_when(label)} |"


def _true_when(label: Label) -> str:
    if label.measurement is not None:
        rule = label.measurement
        women = f", {rule.limit_women:g} in women" if rule.limit_women is not None else ""
        return f"`{rule.quantity}` {rule.sense} {rule.limit:g}{women}"
    found = ", ".join(f"`{concept}`" for concept in sorted(label.concepts))
    codes = f" (SNOMED CT {', '.join(sorted(label.codes))})" if label.codes else ""
    return found + codes if found else "always unknown"
