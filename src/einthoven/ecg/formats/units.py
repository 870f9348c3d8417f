"""How many millivolts one stored unit is."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from einthoven.errors import UnitError

__all__ = ["declaration_notes", "millivolts_per_unit", "unit_in_force"]

_MILLIVOLTS = {
    "nv": 1e-6,
    "uv": 1e-3,
    "\N{MICRO SIGN}v": 1e-3,
    "\N{GREEK SMALL LETTER MU}v": 1e-3,
    "mv": 1.0,
    "v": 1e3,
    "nanovolts": 1e-6,
    "microvolts": 1e-3,
    "millivolts": 1.0,
    "volts": 1e3,
}
_MAX_CHARACTERS = 80
_QUANTITY = re.compile(r"(?P<count>\d+(?:\.\d*)?(?:e[+-]?\d+)?)?\s*(?P<unit>\D+)", re.IGNORECASE)


def millivolts_per_unit(unit: str, *, where: str) -> float:
    """Return the millivolts in one ``unit``, which may be a multiple (``4.88 uV``).

    Case doesn't matter (``1000/mv`` is common, megavolts are not).

    Raises
    ------
    UnitError
        For anything but nV, uV, mV and V (or their names in full), with the question that a human must answer.

    Examples
    --------
    >>> [millivolts_per_unit(unit, where="record 1") for unit in ("uV", "5 uV", "MICROVOLTS")]
    [0.001, 0.005, 0.001]
    """
    factor = _factor(unit)
    if not factor:
        said = (
            f"gives the amplitude unit {unit[:_MAX_CHARACTERS]!r}" if unit.strip() else "doesn't say its amplitude unit"
        )
        raise UnitError(
            f"{where} {said}: how much is one stored unit worth? unit must be mV, uV, nV or V, or a multiple such as "
            "4.88 uV; if you know it, declare it: --unit uV on the command line, options={'unit': 'uV'} in Python"
        )
    return factor


def unit_in_force(stated: str, declared: str | None, *, where: str) -> str:
    """Return the unit that a file states when it is a voltage, else the one that a human declared.

    A declaration answers what a file doesn't say. It overrules no file that does: in a folder of many exports that
    would make some of them wrong by a factor of 1,000.

    Raises
    ------
    UnitError
        When the declared unit is none.

    Examples
    --------
    >>> [unit_in_force(stated, "uV", where="record 1") for stated in ("", "adu", "mV")]
    ['uV', 'uV', 'mV']
    """
    if declared is None:
        return stated
    millivolts_per_unit(declared, where=where)
    return stated if _factor(stated) else declared


def declaration_notes(declared: str | None, *, stated: Sequence[str], in_force: Sequence[str]) -> list[str]:
    """Return what a human should know of a declared unit: that it was used, or that the file said another.

    Examples
    --------
    >>> declaration_notes("uV", stated=["", ""], in_force=["uV", "uV"])
    ['unit uV declared, the file says nothing']
    """
    if declared is None:
        return []
    said = ", ".join(dict.fromkeys(unit for unit in stated if unit)) or "nothing"
    needless = " but not needed" if list(stated) == list(in_force) else ""
    return [f"unit {declared} declared{needless}, the file says {said}"]


def _factor(unit: str) -> float:
    """Return the millivolts in one unit, 0 when it is no voltage."""
    quantity = _QUANTITY.fullmatch(unit.strip()) if len(unit) <= _MAX_CHARACTERS else None
    known = _MILLIVOLTS.get(quantity["unit"].strip().lower()) if quantity else None
    factor = known * float((quantity and quantity["count"]) or 1) if known else 0.0
    return factor if 0 < factor < math.inf else 0.0
