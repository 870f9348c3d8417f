from __future__ import annotations

import pytest

from einthoven.ecg.formats.units import millivolts_per_unit
from einthoven.errors import UnitError


@pytest.mark.parametrize(
    ("unit", "factor"),
    [("mV", 1), ("mv", 1), ("uV", 1e-3), ("µV", 1e-3), ("μV", 1e-3), ("V", 1e3), ("nV", 1e-6), ("5 uV", 5e-3)],
)
def test_voltages_are_known_in_any_case(unit, factor):
    assert millivolts_per_unit(unit, where="x") == pytest.approx(factor)


@pytest.mark.parametrize(
    "unit", ["", "NU", "mmHg", "0 uV", "1e400 uV", "kV", "adu", "arbitrary", "1" + " " * 10**6 + "1"]
)
def test_anything_else_is_refused_with_the_remedy(unit):
    with pytest.raises(UnitError, match=r"record 7 .*: how much is one stored unit worth.* if you know it, declare it"):
        millivolts_per_unit(unit, where="record 7")


def test_a_unit_of_a_million_blanks_is_refused_at_once_and_in_few_words():
    with pytest.raises(UnitError) as error:
        millivolts_per_unit("1" + " " * 1_000_000 + "1", where="record 7")
    assert len(str(error.value)) < 500
