"""How many millivolts one stored unit is."""

from __future__ import annotations

import math
import re

from einthoven.errors import UnitError

__all__ = ["millivolts_per_unit"]

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
    quantity = _QUANTITY.fullmatch(unit.strip()) if len(unit) <= _MAX_CHARACTERS else None
    known = _MILLIVOLTS.get(quantity["unit"].strip().lower()) if quantity else None
    factor = known * float((quantity and quantity["count"]) or 1) if known else 0.0
    if not 0 < factor < math.inf:
        said = (
            f"gives the amplitude unit {unit[:_MAX_CHARACTERS]!r}" if unit.strip() else "doesn't say its amplitude unit"
        )
        raise UnitError(
            f"{where} {said}: how much is one stored unit worth? unit must be mV, uV, nV or V, or a multiple such as "
            "4.88 uV; if you know it, declare it: --unit uV on the command line, options={'unit': 'uV'} in Python"
        )
    return factor
