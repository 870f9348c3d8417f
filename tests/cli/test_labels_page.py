"""The page of labels is what the tables hold."""

from __future__ import annotations

from pathlib import Path

from einthoven.cli.labels_page import labels_page
from einthoven.cohort.labels.label_sets import LABEL_SETS
from einthoven.cohort.labels.vocabulary import vocabulary

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "labels.md"


def test_the_page_in_the_documentation_is_up_to_date():
    """`einthoven parse labels > docs/reference/labels.md` writes it."""
    assert PAGE.read_text(encoding="utf-8") == labels_page()


def test_every_label_and_every_finding_is_on_the_page():
    """One row each."""
    page = labels_page()
    for labels in LABEL_SETS.values():
        assert all(f"| `{label.name}` | {label.group} |" in page for label in labels)
    assert all(f"| `{concept}` |" in page for concept in vocabulary().words)
