"""Every named quantity has a unit that is known, and limits in order."""

from __future__ import annotations

import pytest

from einthoven.cohort.tables.units import _quantities, _units, factor_between, quantity_of, unit_of


def test_quantities_have_known_units_and_limits():
    """The tables of units and quantities agree."""
    for name, quantity in _quantities().items():
        assert quantity.unit is not None, name
        assert unit_of(quantity.unit) is not None, name
        assert quantity.low < quantity.high, name


def test_each_dimension_has_one_first_unit():
    """All spellings of a dimension count in the same unit, which is worth 1."""
    firsts = {}
    for unit in _units().values():
        assert firsts.setdefault(unit.dimension, unit.first) == unit.first
    for first in firsts.values():
        assert unit_of(first).factor == 1


@pytest.mark.parametrize(
    ("unit", "target", "factor"),
    [("cm", "mm", 10), ("fraction", "%", 100), ("months", "years", 1 / 12), ("days", "years", 1 / 365.25)],
)
def test_factors(unit, target, factor):
    """A year is 12 months, or 365.25 days."""
    assert factor_between(unit, target, column="x") == pytest.approx(factor)


def test_unit_behind_a_name_is_the_columns():
    """``root_mm`` is kept in mm, ``days_x`` and ``perfusion`` say nothing."""
    assert quantity_of("root_mm").unit == "mm"
    assert quantity_of("measurement.qrs_axis_deg").unit == "deg"
    assert quantity_of("perfusion").unit is None
    assert quantity_of("root_cm").unit is None
