from __future__ import annotations

import pytest

from einthoven.cohort.reports.plain import plain
from einthoven.cohort.reports.tokens import tokenize


@pytest.mark.parametrize(
    ("written", "low", "high", "unit"),
    [
        ("55 %", 55, 55, "%"),
        ("55,5%", 55.5, 55.5, "%"),
        (".45", 0.45, 0.45, ""),
        ("50-55%", 50, 55, "%"),
        ("50 % – 55 %", 50, 55, "%"),
        ("60 to 55", 55, 60, ""),
        ("between 50 and 55 %", 50, 55, "%"),
        ("55±5%", 55, 55, "%"),
        ("≥ 55%", 55, None, "%"),
        ("less than 20%", None, 20, "%"),
        ("50% 이상", 50, None, "%"),
        ("low 50s", 50, 53, ""),
        ("５５％", 55, 55, "%"),
        ("fifty-five percent", 55, 55, "%"),
        ("5O%", 50, 50, "%"),
        ("1.2 m/s", 1.2, 1.2, "m/s"),
        ("34 mL/m²", 34, 34, "ml/m2"),
    ],
)
def test_a_number_is_read_with_its_bounds_and_unit(written, low, high, unit):
    [number] = [token.number for token in tokenize(written) if token.number]
    assert (number.low, number.high, number.unit) == (low, high, unit)


@pytest.mark.parametrize(
    "written", ["2019-03-02", "3/2/2019", "Mar 2019", "12 March 2019", "2019년 3월", "12:30", "02-555-1234"]
)
def test_dates_times_and_telephone_numbers_are_no_numbers(written):
    assert [token.kind for token in tokenize(written)] == ["date"]


def test_plain_text_is_as_long_as_the_report():
    report = "ＬＶＥＦ≧５５％ – İß\u0130\u00a0ﬁ 구혈률"
    assert len(plain(report)) == len(report)


@pytest.mark.parametrize("written", ["Ejecton Fractoin", "ejection franction", "EJACTION FRACION"])
def test_a_misspelt_ejection_fraction_is_one(written):
    assert [token.tags["quantity"] for token in tokenize(written)] == ["lvef"]


@pytest.mark.parametrize("written", ["ejection function", "effusion fraction", "emptying fraction of"])
def test_other_words_are_no_ejection_fraction(written):
    assert all(token.tags.get("quantity") != "lvef" for token in tokenize(written))


def test_a_blood_pressure_is_neither_biplane_nor_numbers():
    assert [(token.kind, token.tags) for token in tokenize("BP 132/84")] == [("other", {})]
