"""How many millivolts one stored unit is."""

from __future__ import annotations

from einthoven.errors import UnitError

__all__ = ["millivolts_per_unit"]

_MILLIVOLTS = {"mv": 1.0, "uv": 1e-3, "\N{MICRO SIGN}v": 1e-3, "\N{GREEK SMALL LETTER MU}v": 1e-3, "v": 1e3}


def millivolts_per_unit(unit: str, *, where: str) -> float:
    """Return the millivolts in one ``unit``; case doesn't matter (``1000/mv`` is common, megavolts are not).

    Raises
    ------
    UnitError
        For anything but mV, uV and V.

    Examples
    --------
    >>> millivolts_per_unit("uV", where="record 1")
    0.001
    """
    try:
        return _MILLIVOLTS[unit.strip().lower()]
    except KeyError:
        raise UnitError(
            f"unit must be mV, uV or V, got {unit!r} in {where}; if you know it, declare it: "
            "options={'unit': 'uV'}, on the command line --unit uV"
        ) from None
