"""The pages of architectures and published models are what their tables and docstrings hold."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from einthoven.cli.main import app
from einthoven.cli.models_page import architectures_page, public_models_page
from einthoven.errors import UnknownNameError
from einthoven.models.architectures import ARCHITECTURES
from einthoven.models.public.catalogue import PUBLIC_MODELS, public_model
from einthoven.registry import resolve

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


@pytest.fixture(scope="module")
def architectures():
    return (REFERENCE / "architectures.md").read_text(encoding="utf-8")  # counting anew takes seconds


@pytest.fixture(scope="module")
def published():
    return (REFERENCE / "public_models.md").read_text(encoding="utf-8")


def _section(page, name):
    return page.partition(f"\n## `{name}`\n")[2].partition("\n## ")[0]


def test_the_page_of_architectures_is_up_to_date(architectures):
    remedy = "run: einthoven models page architectures > docs/reference/architectures.md"
    assert architectures == architectures_page(), remedy


def test_the_page_of_published_models_is_up_to_date(published):
    remedy = "run: einthoven models page published > docs/reference/public_models.md"
    assert published == public_models_page(), remedy


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_setting_of_an_architecture_is_documented_once_with_its_default(architectures, name):
    settings = resolve("architectures", name, ARCHITECTURES).settings_type
    rows = [line for line in _section(architectures, name).splitlines() if line.startswith("| `")]
    named = [one for row in rows for one in re.findall(r"`(\w+)`", row.split(" | ")[0])]
    assert sorted(named) == sorted(field.name for field in dataclasses.fields(settings))


def test_every_row_of_a_table_has_as_many_cells_as_its_heading(architectures, published):
    for table in re.findall(r"(?:^\|.*\n)+", architectures + published, re.MULTILINE):
        widths = {len(re.split(r"(?<!\\)\|", row)) for row in table.splitlines()}
        assert len(widths) == 1, table


@pytest.mark.parametrize("name", PUBLIC_MODELS)
def test_every_preset_warning_and_label_of_a_model_is_on_the_page(published, name):
    model, section = public_model(name), _section(published, name)
    assert all(f"preset `{preset}`" in section for preset in model.presets)
    assert section.count("\n- beware: ") == len(model.warnings)
    assert all(source.file in section for source in model.sources)
    twin = re.search(r"those of \[`(\w+)`\]", section)
    listed = _section(published, twin[1]) if twin else section
    assert all(f"{index} {label}" in listed for index, label in enumerate(model.labels))


@pytest.mark.parametrize("page", ["architectures", "published"])
def test_links_lead_to_a_file_and_a_heading(architectures, published, page):
    text = {"architectures": architectures, "published": published}
    headings = {
        file: {f"#{heading.lower()}" for heading in re.findall(r"^## `(\w+)`", text[name], re.MULTILINE)}
        for name, file in (("architectures", "architectures.md"), ("published", "public_models.md"))
    }
    own = "architectures.md" if page == "architectures" else "public_models.md"
    for link in re.findall(r"\]\(([^)]*)\)", text[page]):
        if not link.startswith("https://"):
            file, _, anchor = link.partition("#")
            assert not file or (REFERENCE / file).exists(), link
            assert not anchor or f"#{anchor}" in headings[file or own], link


def test_a_page_that_does_not_exist_is_refused():
    with pytest.raises(UnknownNameError, match="did you mean 'published'"):
        CliRunner().invoke(app, ["models", "page", "publishd"], catch_exceptions=False)
