"""Units of numbers: what a spelling means, and how a number goes from one unit to another.

``units.csv`` gives each spelling its dimension and its worth in the dimension's first unit (a year is 365.25 days of 12
months; 1 kPa is 7.5006 mmHg). ``quantities.csv`` gives the unit of each named quantity and limits that no true value
leaves; they are wider than any range of reference, and our own choice: beyond them lie slips of typing and wrong units.
"""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from importlib import resources

from einthoven.errors import SpecificationError
from einthoven.registry import nearest

__all__ = ["Quantity", "Unit", "factor_between", "quantity_of", "unit_of"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A spelling's dimension, its worth in the dimension's first unit, and how that is spelled."""

    dimension: str
    factor: float
    first: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a column of numbers is kept in; ``low`` and ``high`` (inclusive) where limits are known."""

    unit: str | None
    low: float = float("-inf")
    high: float = float("inf")


def unit_of(spelling: str) -> Unit | None:
    """Return what a unit's spelling means, None for one that is not in the table.

    Examples
    --------
    >>> unit_of("mL/m²")
    Unit(dimension='volume_index', factor=1.0, first='mL/m2')
    """
    plain = spelling.strip().lower().replace("²", "2").replace("^", "").replace("µ", "u").replace("μ", "u")
    return _units().get(plain)


def factor_between(unit: str, target: str, *, column: str) -> float:
    """Return what one ``unit`` is worth in ``target``.

    Raises
    ------
    SpecificationError
        When the units measure different things.

    Examples
    --------
    >>> factor_between("cm", "mm", column="lvidd_mm")
    10.0
    """
    if unit == target:
        return 1.0
    source, goal = unit_of(unit), unit_of(target)
    if source is None or goal is None or source.dimension != goal.dimension:
        known = [spelling for spelling, other in _units().items() if goal and other.dimension == goal.dimension]
        raise SpecificationError(
            f"{column} is kept in {target}, got the unit {unit!r}{nearest(unit, known or [target])}"
        )
    return source.factor / goal.factor


def quantity_of(column: str, *, unit: str | None = None) -> Quantity:
    """Return what a column is kept in: the named quantity's unit, else that of its name, else the stated one.

    Parameters
    ----------
    column : str
        Canonical name; ``covariate.lvef`` is the quantity ``lvef``.
    unit : str, optional
        As stated.

    Examples
    --------
    >>> quantity_of("lvef")
    Quantity(unit='%', low=1.0, high=100.0)
    >>> quantity_of("root_mm").unit, quantity_of("x").unit, quantity_of("x", unit="fraction").unit
    ('mm', None, '%')
    """
    name = column.rpartition(".")[2]
    if name in _quantities():
        return _quantities()[name]
    behind = unit_of(name.rpartition("_")[2]) if "_" in name else None
    if behind is not None and behind.factor == 1:
        return Quantity(behind.first)
    stated = unit_of(unit) if unit else None
    return Quantity(stated.first if stated else unit)


@functools.cache
def _units() -> dict[str, Unit]:
    return {row["spelling"]: Unit(row["dimension"], float(row["factor"]), row["unit"]) for row in _rows_of("units.csv")}


@functools.cache
def _quantities() -> dict[str, Quantity]:
    return {
        row["quantity"]: Quantity(row["unit"], float(row["low"]), float(row["high"]))
        for row in _rows_of("quantities.csv")
    }


def _rows_of(name: str) -> list[dict[str, str]]:
    text = resources.files("einthoven.cohort.tables").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
