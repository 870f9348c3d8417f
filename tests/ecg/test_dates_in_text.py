"""No date of a free text stays, and nothing else of it goes."""

from __future__ import annotations

import pytest

from einthoven.ecg.dates_in_text import without_dates


@pytest.mark.parametrize(
    "date",
    [
        "2019-03-14", "2019/3/14", "20190314", "20190314101233", "14.03.2019", "14.3.19", "3/14/2019", "3/14/19",
        "14-MAR-2019", "14-Mar-19", "14 March 2019", "14th of March, 2019", "14. März 2019", "14 août 2019",
        "14 de marzo de 2019", "MAR 14, 2019", "March 2019", "2019年3月14日", "14. 03. 2019",
    ],
)  # fmt: skip
def test_a_date_is_taken_out_in_the_orders_of_many_countries(date):
    assert without_dates(f"compared with ECG of {date}, QT is longer") == "compared with ECG of [date], QT is longer"
    assert without_dates(date) == "[date]"


@pytest.mark.parametrize(
    "text",
    [
        "V2 may be due to lead misplacement", "lead 2 may 10:12 differ", "QT/QTc 400/410 ms", "axis -30, 120/80 mmHg",
        "ratio 1/2, 2:1 block", "HR 72.5, PR 160", "MAC55 010C, 12SL v239", "version 1.04.01.2", "in 3 of 12 beats",
        "2000 ms pause", "MI probably old, seen at 10:12", "Marked ST depression 0.2 mV in V4-V6",
    ],
)  # fmt: skip
def test_numbers_that_are_no_dates_stay(text):
    assert without_dates(text) == text
