from __future__ import annotations

import pytest

from einthoven.ecg.formats.units import millivolts_per_unit
from einthoven.errors import UnitError


@pytest.mark.parametrize(
    ("unit", "factor"), [("mV", 1), ("mv", 1), ("uV", 1e-3), ("µV", 1e-3), ("μV", 1e-3), ("V", 1e3)]
)
def test_voltages_are_known_in_any_case(unit, factor):
    assert millivolts_per_unit(unit, where="x") == factor


@pytest.mark.parametrize("unit", ["", "NU", "mmHg", "nV", "kV", "adu", "arbitrary"])
def test_anything_else_is_refused_with_the_remedy(unit):
    with pytest.raises(UnitError, match="in record 7; if you know it, declare it"):
        millivolts_per_unit(unit, where="record 7")
