"""The parameters of the simulated people."""

from __future__ import annotations

import math
import tomllib
from importlib import resources

import pytest

from einthoven.errors import SpecificationError
from einthoven.simulation.people.parameters import expit, parameters, risk


def _sections(table, path=""):
    """Yield each table that holds numbers of its own."""
    if any(not isinstance(value, dict) for value in table.values()):
        yield path, table
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _sections(value, f"{path}.{name}".strip("."))


def _file():
    text = resources.files("einthoven.simulation.people").joinpath("parameters.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def test_every_section_names_a_source_that_is_listed():
    """A section without a source of its own belongs to one that has it."""
    table = _file()
    sources = table.pop("sources")
    for path, section in _sections(table):
        parents = [path.rsplit(".", depth)[0] for depth in range(path.count(".") + 1)]
        found = [parameters(parent).get("source") for parent in parents]
        assert any(source in sources for source in found), path
        assert section.get("source", "assumption") in sources, path


def test_every_source_is_used():
    """No citation stands there for show."""
    text = resources.files("einthoven.simulation.people").joinpath("parameters.toml").read_text(encoding="utf-8")
    head, _, body = text.partition("[body]")
    del head
    assert [source for source in _file()["sources"] if source not in body] == []


def test_a_section_that_does_not_exist_is_named():
    """The message says what there is."""
    with pytest.raises(SpecificationError, match="conditions"):
        parameters("condition.lvsd")


def test_risks_add_up_what_is_known_of_a_patient():
    """An odds ratio is the exponential of its term."""
    lvsd = risk("conditions.lvsd")
    none, diabetic = lvsd.log_odds({}), lvsd.log_odds({"diabetes": 1.0, "unheard_of": 1.0})
    assert math.exp(diabetic - none) == pytest.approx(math.exp(parameters("conditions.lvsd")["diabetes"]))
    assert expit(800.0) == pytest.approx(1.0)
    assert expit(-800.0) == pytest.approx(0.0)
