"""What the reader of reports knows: ``rules.toml``, compiled once."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal

from einthoven.cohort.reports.wording import Tree, expand, grow
from einthoven.errors import CohortError
from einthoven.registry import nearest

__all__ = ["QuantityRule", "Rules", "Tags", "rules"]

Tags = Mapping[str, str]
"""What a wording means, by kind: {"quantity": "lvef"}, {"method": "simpson", "single_plane": ""} ..."""
OTHER = "-"
"""The quantity of whatever owns a number and isn't wanted."""


@dataclass(frozen=True, slots=True)
class QuantityRule:
    """How numbers of one quantity are read; the fields are those of ``rules.toml``."""

    name: str
    unit: str
    kind: Literal["number", "signed", "grade"]
    units: Mapping[str, float]
    bare: Mapping[str, float]
    low: float
    high: float
    bare_low: float
    methods: frozenset[str]
    words: str


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules.

    Attributes
    ----------
    quantities : dict of name to QuantityRule
    tables : dict
        The parsed ``rules.toml``.
    wordings : dict of str to Tags
        What each wording means.
    capitals : dict of wording to dict of cased wording to Tags
        The same of wordings that count only as they are written.
    tree : Tree
        All wordings.
    unit_of : dict of spelling without spaces to unit
    """

    quantities: Mapping[str, QuantityRule]
    tables: Mapping[str, Any]
    wordings: Mapping[str, Tags]
    capitals: Mapping[str, Mapping[str, Tags]]
    tree: Tree
    unit_of: Mapping[str, str]

    def check(self, name: str) -> str:
        """Return a quantity's name, or refuse an unknown one with the nearest."""
        if name not in self.quantities:
            raise CohortError(f"reports aren't read for {name!r}{nearest(name, self.quantities)}")
        return name


@functools.cache
def rules() -> Rules:
    """Return the rules that einthoven ships."""
    text = resources.files("einthoven.cohort.reports").joinpath("rules.toml").read_text(encoding="utf-8")
    return compile_rules(tomllib.loads(text))


def compile_rules(tables: Mapping[str, Any]) -> Rules:
    """Return the rules of a parsed TOML file."""
    wordings: dict[str, dict[str, str]] = {}
    capitals: dict[str, dict[str, dict[str, str]]] = {}
    texts: set[str] = set()
    for tags, wording in _meanings(tables):
        for text in _spelt(wording, tables["misspellings"]):
            lower = text.lower()
            texts.add(lower)
            entry = wordings if lower == text else capitals.setdefault(lower, {})
            known = entry.setdefault(text, {})
            _add(known, tags)
    return Rules(
        quantities={name: _quantity(name, table) for name, table in tables["quantity"].items()},
        tables=tables,
        wordings=wordings,
        capitals=capitals,
        tree=grow(texts),
        unit_of={re.sub(r"\s", "", one): unit for unit, spellings in tables["units"].items() for one in spellings},
    )


def _add(known: dict[str, str], tags: Mapping[str, str]) -> None:
    """Add what a wording means; a second quantity of the same name counts where the first doesn't."""
    if known.get("quantity", OTHER) != OTHER and tags.get("quantity", OTHER) not in {OTHER, known["quantity"]}:
        known |= {"second quantity": tags["quantity"], "second role": tags["role"]}
        return
    for kind, meaning in tags.items():
        known.setdefault(kind, meaning)


def _spelt(wording: str, misspellings: Mapping[str, list[str]]) -> set[str]:
    """Return all texts of a wording, and those with one word as it is often misspelt."""
    texts = set(expand(wording))
    for word, wrong in misspellings.items():
        where = re.compile(rf"\b{word}\b")
        texts |= {where.sub(one, text) for text in texts if word in text for one in wrong}
    return texts


def _quantity(name: str, table: Mapping[str, Any]) -> QuantityRule:
    return QuantityRule(
        name=name,
        unit=table["unit"],
        kind=table.get("kind", "number"),
        units=table.get("units", {}),
        bare=table.get("bare", {}),
        low=table["low"],
        high=table["high"],
        bare_low=table.get("bare_low", table["low"]),
        methods=frozenset(table.get("methods", ())),
        words=table.get("words", ""),
    )


def _meanings(tables: Mapping[str, Any]) -> Iterator[tuple[dict[str, str], str]]:
    """Yield each wording with its tags; of two meanings of one kind the first holds."""
    yield from _names(tables)
    for kind, words in tables["words"].items():
        yield from _each({kind: ""}, words)
    for side in ("inequality_before", "decade"):
        for meaning, words in tables[side].items():
            yield from _each({side: meaning}, words["before"] if side == "decade" else words)
    yield from _methods(tables)
    for scale, levels in tables["words_for"].items():
        for level, table in levels.items():
            yield from _each({f"word {scale}": level}, table["words"])
    for table_name, kind in (("degrees", "degree"), ("valves", "valve")):
        for meaning, words in tables[table_name].items():
            yield from _each({kind: meaning}, words)
    for lesion, table in tables["lesions"].items():
        yield from _each({"lesion": lesion}, table["words"])
    yield from _each({"quantity": OTHER, "role": ""}, tables["other"]["names"])


def _names(tables: Mapping[str, Any]) -> Iterator[tuple[dict[str, str], str]]:
    for quantity, table in tables["quantity"].items():
        for role in ("names", "names_of_disease", "names_of_dysfunction", "names_with_unit", "names_with"):
            strength = role.removeprefix("names").removeprefix("_of_").removeprefix("_")
            yield from _each({"quantity": quantity, "role": strength}, table.get(role, ()))
        yield from _each({"context": quantity}, table.get("context", ()))
    for pair, names in tables["pairs"].items():
        yield from _each({"quantity": OTHER, "role": "", "pair": pair}, names)


def _methods(tables: Mapping[str, Any]) -> Iterator[tuple[dict[str, str], str]]:
    for method, table in tables["methods"].items():
        for kind in ("single_plane", "both_planes", "not_alone", "agent"):
            yield from _each({"method": method, kind: ""}, table.get(kind, ()))
        yield from _each({"method": method}, table["words"])


def _each(tags: dict[str, str], wordings: Iterable[str]) -> Iterator[tuple[dict[str, str], str]]:
    for wording in wordings:
        yield tags, wording
