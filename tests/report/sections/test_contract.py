"""Every section renders with full, empty and one-class evidence, is documented, and stands in the table."""

from __future__ import annotations

from pathlib import Path

import pytest

import einthoven.report.sections as package
from einthoven.registry import resolve
from einthoven.report.blocks import FigureBlock, Notice, Section, TableBlock
from einthoven.report.html import sections_of
from einthoven.report.sections import SECTIONS

ONLY_WHEN_IT_APPLIES = {"analyses", "baseline", "comparison", "more_curves", "subgroups", "training"}


@pytest.mark.parametrize("name", SECTIONS)
@pytest.mark.parametrize("kind", ["full", "empty", "one_class"])
def test_a_section_renders_with(name, kind, request):
    made = resolve("report_sections", name, SECTIONS)(request.getfixturevalue(kind))
    if made is None:
        assert name in ONLY_WHEN_IT_APPLIES
        return
    assert isinstance(made, Section)
    assert (made.key, bool(made.title), bool(made.blocks)) == (name, True, True)


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_without_evidence_says_so(name, empty):
    made = resolve("report_sections", name, SECTIONS)(empty)
    assert made is None or any(isinstance(block, Notice) and block.tone == "absent" for block in made.blocks)


def test_with_full_evidence_nothing_is_absent(full):
    sections = sections_of(full)
    assert {section.key for section in sections} | {"analyses", "baseline", "more_curves"} == set(SECTIONS)
    assert [name for name in SECTIONS if name in {s.key for s in sections}] == [s.key for s in sections]
    for section in sections:
        for block in section.blocks:
            assert not (isinstance(block, Notice) and block.tone == "absent"), block


def test_rows_fit_their_columns_and_captions_end_with_a_stop(full):
    for section in sections_of(full):
        for block in section.blocks:
            if isinstance(block, TableBlock):
                assert {len(row.cells) for row in block.rows if row.style != "heading"} == {len(block.columns)}
            if isinstance(block, TableBlock | FigureBlock):
                assert block.caption.endswith(".")


def test_every_file_of_the_package_is_in_the_table():
    files = {path.stem for path in Path(package.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == set(SECTIONS)


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_is_documented(name):
    function = resolve("report_sections", name, SECTIONS)
    assert function.__doc__
    assert __import__(function.__module__, fromlist=["x"]).__doc__
