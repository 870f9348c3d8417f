"""What makes a hospital's prevalences: shifts of intercepts, and whether AF and LBBB have to do with anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from einthoven.simulation.people.parameters import Risk, risk

__all__ = ["AF", "CALIBRATED", "ECHO", "LBBB", "LVSD", "Dials"]

LVSD, AF, LBBB = "conditions.lvsd", "conditions.atrial_fibrillation", "conditions.left_bundle_branch_block"
CALIBRATED = (LVSD, AF, LBBB)
ECHO = "echo.ever"
INDEPENDENT = ("atrial_fibrillation", "left_bundle_branch_block")


@dataclass(frozen=True, slots=True)
class Dials:
    """How one hospital's risks differ from those of ``parameters.toml``.

    Attributes
    ----------
    shifts : mapping of section to log odds
        Added to the intercepts of ``CALIBRATED`` and ``ECHO``.
    independent : bool
        AF and LBBB depend on nothing, and nothing depends on them.
    """

    shifts: Mapping[str, float] = field(default_factory=dict)
    independent: bool = False

    def risk(self, section: str) -> Risk:
        """Return the log odds of a section like ``"conditions.stroke"`` in this hospital."""
        return _risk(section, self.shifts.get(section, 0.0), self.independent)


@lru_cache(maxsize=1024)
def _risk(section: str, shift: float, independent: bool) -> Risk:  # noqa: FBT001 - a key of the cache
    found = risk(section)
    terms = found.terms
    if independent:
        alone = section.rpartition(".")[2] in INDEPENDENT
        terms = () if alone else tuple(term for term in terms if term[0] not in INDEPENDENT)
    return Risk(found.intercept + shift, terms)
