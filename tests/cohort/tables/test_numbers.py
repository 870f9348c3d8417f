"""Numbers are read in the stated unit and spelling, and kept in the quantity's."""

from __future__ import annotations

import polars as pl
import pytest

from einthoven.cohort.tables.numbers import DECIMAL_COMMA, read_numbers
from einthoven.errors import SpecificationError


def values(*cells, column="lvef", **settings):
    """Read a column of cells and return its values."""
    read = read_numbers(pl.Series(cells, strict=False), column=column, **settings)
    return [None if value is None else pytest.approx(value) for value in read.values.to_list()]


@pytest.mark.parametrize(
    ("cells", "settings", "expected"),
    [
        (("55", "55.5", "+55", "5.5e1", None), {}, [55, 55.5, 55, 55, None]),
        (("45 %", "45%", "45 percent"), {}, [45, 45, 45]),
        (("45 %",), {"unit": "%"}, [45]),
        (("0.45",), {"unit": "fraction"}, [45]),
        (("45,5",), {"spelling": DECIMAL_COMMA}, [45.5]),
        ((0.45, None), {"unit": "fraction"}, [45, None]),
        ((45,), {}, [45]),
        (("4.5 cm", "45", "45 mm"), {"column": "lvidd_mm"}, [45, 45, 45]),
        (("4.5", "4.6 cm"), {"column": "lvidd_mm", "unit": "cm"}, [45, 46]),
        (("24",), {"column": "age_years", "unit": "months"}, [2]),
        (("3652.5",), {"column": "age_years", "unit": "days"}, [10]),
        (("063Y",), {"column": "age_years"}, [63]),
        (("1.5 mg/dl",), {"column": "covariate.crp", "unit": "mg/dl"}, [1.5]),
        (("45.0", "46"), {"column": "covariate.lvef"}, [45, 46]),
        (("0.5",), {"column": "share", "unit": "fraction"}, [50]),
        (("9.6",), {"column": "measurement.qrs_ms", "unit": "ms"}, [9.6]),
        (("0.096",), {"column": "measurement.qrs_ms", "unit": "s"}, [96]),
        ((True, False), {"column": "covariate.smoker"}, [1, 0]),
    ],
)
def test_numbers_are_read(cells, settings, expected):
    """Whatever unit the table has, the column has one."""
    assert values(*cells, **settings) == expected


@pytest.mark.parametrize(
    ("cell", "settings", "reason"),
    [
        ("55,5", {}, "state format = 'decimal comma'"),
        ("1.234,5", {"spelling": DECIMAL_COMMA}, "it is no number"),
        ("55.5", {"spelling": DECIMAL_COMMA}, "it is no number"),
        (">55", {}, "it is no number in %"),
        ("50-55", {}, "it is no number in %"),
        ("45 mm", {}, "it is no number in %"),
        ("45 mm", {"column": "lvidd_mm", "unit": "cm"}, "it is no number in cm"),
        ("inf", {}, "it is no number"),
        ("1e999", {}, "it is no number"),
        ("12 beats", {"column": "covariate.x"}, "it is no number"),
    ],
)
def test_what_is_no_number_says_why(cell, settings, reason):
    """A comma may divide thousands, and a unit must agree."""
    read = read_numbers(pl.Series([cell]), **({"column": "lvef"} | settings))
    assert read.values.to_list() == [None]
    assert reason in read.unreadable[0]


def test_values_that_cannot_be_true_are_left_out():
    """Limits are those of the quantity, in its own unit."""
    read = read_numbers(pl.Series(["0.45", "1.4"]), column="lvef", unit="fraction")
    assert read.values.to_list() == [pytest.approx(45), None]
    assert read.implausible.to_list() == [None, "outside 1 to 100 %"]
    assert read_numbers(pl.Series([-1.0, 131.0]), column="age_years").values.null_count() == 2


def test_unit_of_another_dimension_is_refused():
    """An ejection fraction isn't measured in millimetres."""
    with pytest.raises(SpecificationError, match=r"lvef is kept in %, got the unit 'mm'"):
        read_numbers(pl.Series(["1"]), column="lvef", unit="mm")
    with pytest.raises(SpecificationError, match="decimal comma"):
        read_numbers(pl.Series(["1"]), column="lvef", spelling="comma")


@pytest.mark.parametrize("dtype", [pl.String, pl.Float64, pl.Float32])
def test_converted_numbers_are_exact(dtype):
    """55.00000000000001 would not be ``<= 55``."""
    percent = list(range(1, 101))
    cells = pl.Series([f"{value / 100:.2f}" for value in percent]).cast(dtype)
    read = read_numbers(cells, column="lvef", unit="fraction")
    assert read.values.to_list() == [float(value) for value in percent]
    assert read_numbers(cells, column="covariate.x").values[54] == 0.55
