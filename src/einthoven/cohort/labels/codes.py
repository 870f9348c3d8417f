"""Codes of ECG findings -> concepts: SNOMED CT, AHA/ACC/HRS and SCP-ECG statements, by the CSV files in ``code_maps/``.

====== =============================================================================================================
system what the map holds
====== =============================================================================================================
snomed all 133 SNOMED CT codes of the PhysioNet/CinC Challenge 2021 (Reyna 2021, doi:10.23919/CinC53138.2021.9662687);
       which codes there are is taken from the Challenge's public tables, names and concepts are our own
aha    the statements of AHA/ACC/HRS (Mason 2007, doi:10.1161/CIRCULATIONAHA.106.180201): primary 1 to 190, secondary
       200 to 231, comparisons 400 to 406, convenience 500 to 503, and the modifiers 301 to 369
scp    the 71 SCP-ECG statements of PTB-XL (Wagner 2020, doi:10.1038/s41597-020-0495-6)
====== =============================================================================================================
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Literal

from einthoven.cohort.labels.presence import Presence
from einthoven.cohort.labels.vocabulary import vocabulary
from einthoven.errors import CohortError
from einthoven.registry import nearest

__all__ = ["CODE_SYSTEMS", "CodeSystem", "concepts_of_codes", "stated_concepts", "unknown_codes"]

CodeSystem = Literal["snomed", "aha", "scp"]
CODE_SYSTEMS: tuple[CodeSystem, ...] = ("snomed", "aha", "scp")
STATEMENT_SEPARATOR = ";"
MODIFIER_SEPARATOR = "+"


@dataclass(frozen=True, slots=True)
class _Meaning:
    concepts: tuple[str, ...]
    is_uncertain: bool


@dataclass(frozen=True, slots=True)
class _Modifier:
    makes_uncertain: bool
    concepts_by_statement: Mapping[str, tuple[str, ...]]


def concepts_of_codes(
    codes: Iterable[str], *, system: CodeSystem, uncertain: Iterable[str] = ()
) -> dict[str, Presence]:
    """Return the concepts of the codes of one ECG with all that they imply.

    Parameters
    ----------
    codes : iterable of str
        For ``aha`` also as SPH writes them: several statements as ``22;23``, a statement with its modifiers as
        ``60+310``; a modifier such as 312 (possible) makes its statement uncertain. A code that the map lacks says
        nothing here: report it by ``unknown_codes``.
    system : snomed, aha or scp
    uncertain : iterable of str
        Further codes that their source gives as uncertain (SCP statements of low likelihood, say).

    Raises
    ------
    CohortError
        For an unknown system.

    Examples
    --------
    >>> concepts_of_codes(["22;23", "142+312"], system="aha")["left_ventricular_hypertrophy"]
    'uncertain'
    """
    return vocabulary().closure(stated_concepts(codes, system=system, uncertain=uncertain))


def stated_concepts(codes: Iterable[str], *, system: CodeSystem, uncertain: Iterable[str] = ()) -> dict[str, Presence]:
    """Return the concepts of the codes alone, without what they imply; otherwise as ``concepts_of_codes``."""
    _check(system)
    found: dict[str, Presence] = {}
    for is_doubted, some in ((False, codes), (True, uncertain)):
        for statement in _statements(some, system):
            for concept, is_uncertain in _read(statement, system):
                if not (is_doubted or is_uncertain):
                    found[concept] = "present"
                else:
                    found.setdefault(concept, "uncertain")
    return found


def unknown_codes(codes: Iterable[str], *, system: CodeSystem) -> tuple[str, ...]:
    """Return the codes that the map lacks, each once, in the order given.

    Examples
    --------
    >>> unknown_codes(["22;999", "142+312"], system="aha")
    ('999',)
    """
    _check(system)
    known = _map(system).keys() | (_modifiers().keys() if system == "aha" else set())
    parts = (part for statement in _statements(codes, system) for part in statement)
    return tuple(dict.fromkeys(part for part in parts if part not in known))


def _check(system: str) -> None:
    if system not in CODE_SYSTEMS:
        raise CohortError(f"there is no code system {system!r}{nearest(system, CODE_SYSTEMS)}")


def _statements(codes: Iterable[str], system: CodeSystem) -> Iterator[list[str]]:
    """Yield each statement as its parts: one code, or with AHA codes a statement, its companions and modifiers."""
    for given in codes:
        for statement in str(given).split(STATEMENT_SEPARATOR) if system == "aha" else (str(given),):
            parts = statement.split(MODIFIER_SEPARATOR) if system == "aha" else (statement,)
            named = [part.strip() for part in parts if part.strip()]
            if named:
                yield named


def _read(statement: list[str], system: CodeSystem) -> Iterator[tuple[str, bool]]:
    """Yield each concept of a statement and whether it is uncertain."""
    meanings = _map(system)
    modifiers = [_modifiers()[part] for part in statement if part in _modifiers()] if system == "aha" else []
    is_modified = any(modifier.makes_uncertain for modifier in modifiers)
    for part in statement:
        meaning = meanings.get(part)
        if meaning is None:
            continue
        added = [concept for modifier in modifiers for concept in modifier.concepts_by_statement.get(part, ())]
        for concept in (*meaning.concepts, *added):
            yield concept, is_modified or meaning.is_uncertain


def _rows(name: str) -> csv.DictReader[str]:
    file = resources.files("einthoven.cohort.labels").joinpath("code_maps", f"{name}.csv")
    return csv.DictReader(file.read_text(encoding="utf-8").splitlines())


@functools.cache
def _map(system: CodeSystem) -> dict[str, _Meaning]:
    return {
        row["code"]: _Meaning(tuple(row["concepts"].split()), row["presence"] == "uncertain") for row in _rows(system)
    }


@functools.cache
def _modifiers() -> dict[str, _Modifier]:
    uncertain: set[str] = set()
    concepts: dict[str, dict[str, tuple[str, ...]]] = {}
    for row in _rows("aha_modifiers"):
        by_statement = concepts.setdefault(row["code"], {})
        by_statement |= dict.fromkeys(row["applies_to"].split(), tuple(row["concepts"].split()))
        if row["presence"] == "uncertain":
            uncertain.add(row["code"])
    return {code: _Modifier(code in uncertain, by_statement) for code, by_statement in concepts.items()}
