from __future__ import annotations

import pytest

from einthoven.cohort.reports.choose import choose
from einthoven.cohort.reports.read import read_report


@pytest.mark.parametrize(
    ("text", "value", "method"),
    [
        ("EF 62 % by M-mode, 58 % by Simpson", 58, "simpson"),
        ("EF(A4C) 48 %, EF(A2C) 52 %, EF(BP) 50 %", 50, "simpson"),
        ("EF 60 % (visual), 62 % (Teichholz)", 62, "m_mode"),
        ("EF 45 % by MUGA. EF 50 %.", 45, "other"),
        ("EF 45 %. Visually EF 50 %.", 50, "visual"),
        ("EF 57 % (biplane). Conclusion: EF 55 % (biplane).", 57, "simpson"),
        ("Stress EF 70 %, rest EF 60 %", 60, "unnamed"),
    ],
)
def test_the_best_measured_value_is_chosen_and_of_equals_the_first(text, value, method):
    chosen = choose(read_report(text, quantities=["lvef"]))["lvef"]
    assert (chosen.value, chosen.method) == (value, method)


def test_a_value_under_stress_is_never_chosen():
    assert choose(read_report("Peak stress EF 70 %")) == {}


def test_each_quantity_has_one():
    chosen = choose(read_report("LVEF 55 %, mild MR, TAPSE 20 mm. LVEF 54 % (biplane)."))
    assert {name: one.value for name, one in chosen.items()} == {
        "lvef": 54,
        "mitral_regurgitation": 1,
        "tapse_mm": 20,
    }
