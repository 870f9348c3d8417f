"""The page of sources names every source and every setting."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from einthoven.cohort.sources import SOURCES
from einthoven.cohort.tables import TableSettings
from einthoven.registry import resolve

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "sources.md"


def test_every_source_and_setting_is_named():
    """A setting that nobody can find doesn't exist."""
    page = PAGE.read_text(encoding="utf-8")
    kinds = [resolve("sources", name, SOURCES) for name in SOURCES] + [TableSettings]
    keys = {field.name for kind in kinds for field in dataclasses.fields(kind)}
    named = {key for key in keys if f"`{key}`" in page or f"`{key}." in page}
    assert keys - named == set()
    assert all(f"| `{name}` |" in page for name in SOURCES)
