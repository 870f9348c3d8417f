"""SCP-ECG statements in PTB-XL: superclass, subclass, form, rhythm (Wagner 2020, doi:10.1038/s41597-020-0495-6)."""

from __future__ import annotations

import ast
import csv
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

import polars as pl

from einthoven.cohort.labels.presence import Presence
from einthoven.cohort.sources.source import LabelRequest
from einthoven.errors import CohortError
from einthoven.registry import nearest

__all__ = ["LABEL_SETS", "ScpVocabulary", "parse_statements", "superclasses_of_concepts"]

SUPERCLASSES = ("NORM", "MI", "STTC", "CD", "HYP")
LABEL_SETS = ("superclass", "subclass", "diagnostic", "form", "rhythm", "statements")


@dataclass(frozen=True, slots=True)
class ScpVocabulary:
    """Which statements exist and which class each belongs to.

    Attributes
    ----------
    members : dict of str to frozenset of str
        Every label (superclass, subclass or statement) with the statements that make it true.
    sets : dict of str to tuple of str
        The label sets by name: ``superclass``, ``subclass``, ``diagnostic``, ``form``, ``rhythm`` and ``statements``,
        which is all 71.
    diagnostic : frozenset of str
        Statements that carry a likelihood; form and rhythm statements don't.
    """

    members: dict[str, frozenset[str]]
    sets: dict[str, tuple[str, ...]]
    diagnostic: frozenset[str]

    @classmethod
    def from_table(cls, table: pl.DataFrame) -> ScpVocabulary:
        """Read ``scp_statements.csv``; its first column has no name and holds the statement."""
        codes = table.to_series(0).to_list()
        flags = {kind: _flagged(table, codes, kind) for kind in ("diagnostic", "form", "rhythm")}
        superclass = dict(zip(codes, table["diagnostic_class"], strict=True))
        subclass = dict(zip(codes, table["diagnostic_subclass"], strict=True))
        sub_names = tuple(dict.fromkeys(name for name in subclass.values() if name))
        members = {code: frozenset({code}) for code in codes}
        # a subclass that shares its name with a statement keeps the wider meaning, as in the benchmark of PTB-XL
        members |= {name: frozenset(c for c in codes if subclass[c] == name) for name in sub_names}
        members |= {name: frozenset(c for c in codes if superclass[c] == name) for name in SUPERCLASSES}
        sets = {"superclass": SUPERCLASSES, "subclass": sub_names, "statements": tuple(codes)} | flags
        return cls(members, sets, frozenset(flags["diagnostic"]))

    def resolve(self, request: LabelRequest) -> dict[str, frozenset[str]]:
        """Return label -> statements for the name of a set or for a list of labels.

        In a set of statements a name means the statement alone; in a list the widest meaning: superclass, else
        subclass, else statement.
        """
        if isinstance(request, str):
            if request not in self.sets:
                raise CohortError(f"PTB-XL has no label set {request!r}{nearest(request, LABEL_SETS)}")
            single = request in ("diagnostic", "form", "rhythm", "statements")
            return {name: frozenset({name}) if single else self.members[name] for name in self.sets[request]}
        unknown = next((name for name in request if name not in self.members), None)
        if unknown is not None:
            raise CohortError(f"PTB-XL has no label {unknown!r}{nearest(unknown, self.members)}")
        return {name: self.members[name] for name in request}


def parse_statements(text: str) -> dict[str, float]:
    """Return statement -> likelihood in percent from a cell such as ``{'NORM': 100.0, 'SR': 0.0}``.

    Examples
    --------
    >>> parse_statements("{'NORM': 80.0, 'SBRAD': 0.0}")
    {'NORM': 80.0, 'SBRAD': 0.0}
    """
    try:
        value = ast.literal_eval(text)
        return {str(code): float(likelihood) for code, likelihood in value.items()}
    except (ValueError, SyntaxError, AttributeError, TypeError) as error:
        raise CohortError(f"scp_codes must look like {{'NORM': 100.0}}, got {text!r}") from error


def superclasses_of_concepts(stated: Mapping[str, Presence], *, uncertain: bool = True) -> frozenset[str]:
    """Return the superclasses of the concepts that codes or a report state, by ``code_maps/ptb_xl_superclasses.csv``.

    Parameters
    ----------
    stated : mapping of concept to presence
        Without what they imply: subendocardial injury is MI in PTB-XL, while the ischaemia that it implies is STTC.
    uncertain : bool
        Whether an uncertain concept counts, as a statement of any likelihood does in the benchmark of PTB-XL.

    Examples
    --------
    >>> sorted(superclasses_of_concepts({"left_bundle_branch_block": "present", "inferior_infarction": "uncertain"}))
    ['CD', 'MI']
    """
    counted = {"present", "uncertain"} if uncertain else {"present"}
    classes = _superclasses()
    return frozenset(
        classes[concept] for concept, presence in stated.items() if concept in classes and presence in counted
    )


@functools.cache
def _superclasses() -> dict[str, str]:
    file = resources.files("einthoven.cohort.labels").joinpath("code_maps", "ptb_xl_superclasses.csv")
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return {row["concept"]: row["superclass"] for row in rows}


def _flagged(table: pl.DataFrame, codes: list[str], kind: str) -> tuple[str, ...]:
    return tuple(code for code, flag in zip(codes, table[kind], strict=True) if flag and float(flag) == 1)
